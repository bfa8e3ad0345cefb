// SPDX-License-Identifier: Apache-2.0
// People from the command line, beside a running server that works on the same database.
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, finish, run, skip, start, startScraped, tempDir, test, until } from '../lib/harness.mjs'

const server = await startScraped({ env: { SCRAPED_ADMIN_USER: '', SCRAPED_LOG_LEVEL: 'debug' } })
const { env } = server
const password = 'correct horse 12'
const cli = (args, { input, more = {} } = {}) => run(binary, args, { env: { ...env, ...more }, input })
const add = (name, flags = []) => cli(['user', 'add', '--password-stdin', ...flags, name], { input: `${password}\n` })
/** The users by name: { id, role, state, password }. */
function users() {
	const [head, ...lines] = cli(['user', 'list']).out.trimEnd().split('\n')
	assert.match(head, /^ID +ROLE +STATE +PASSWORD +CREATED +SIGNED IN +NAME$/)
	return Object.fromEntries(lines.map(line => {
		const [id, role, state, has, created, signed_in, name] = line.split(/\s+/)
		assert.match(created, /^\d{4}-\d\d-\d\dT/)
		return [name, { id, role, state, password: has, signed_in }]
	}))
}

await test('users are made while the server runs', () => {
	assert.deepEqual(users(), {})
	const ann = add('Ann@Example.org', ['--admin'])
	assert.equal(ann.status, 0, ann.err)
	assert.match(ann.out, /^acc_[0-9a-z]{26}\n$/)
	assert.match(ann.err, /user Ann@Example\.org made, role admin/)
	const bob = add('bob')
	assert.equal(bob.status, 0, bob.err)
	assert.match(bob.err, /role member/)
	assert.deepEqual(users(), {
		'Ann@Example.org': { id: ann.out.trim(), role: 'admin', state: 'enabled', password: 'yes', signed_in: 'never' },
		bob: { id: bob.out.trim(), role: 'member', state: 'enabled', password: 'yes', signed_in: 'never' },
	})
})

// arguments, what stands on standard input, exit status, what stderr says
const wrong = [
	[['add', '--password-stdin', 'ANN@example.org'], password, 1, /there is a user "Ann@Example\.org" already/],
	[['add', '--password-stdin', 'two words'], password, 1, /name must be 1 to 100 letters/],
	[['add', '--password-stdin', 'eve'], 'short\n', 1, /password must be 12 to 256 bytes/],
	[['add', '--password-stdin', 'eve'], 'x'.repeat(257), 1, /password must be 12 to 256 bytes/],
	[['add', '--password-stdin', 'eve'], 'x'.repeat(100000), 1, /password must be 12 to 256 bytes/],
	[['add', '--password-stdin', 'eve'], 'Password1234\n', 1, /most common/],
	[['add', '--password-stdin', 'eve.of.sweden'], 'EVE.of.Sweden\n', 1, /must not be the name/],
	[['add', '--password-stdin', 'eve'], '', 1, /password must be/],
	[['add', 'eve'], password, 1, /no terminal: use --password-stdin/],
	[['add'], '', 2, /missing argument: NAME/],
	[['add', '--password-stdin=x', 'eve'], '', 2, /wrong use of option/],
	[['passwd', '--password-stdin', 'nobody'], password, 1, /there is no user "nobody"/],
	[['passwd', '--password-stdin', 'bob'], 'short', 1, /password must be/],
	[['disable', 'nobody'], '', 1, /there is no user "nobody"/],
	[['enable', 'nobody'], '', 1, /there is no user/],
	[['role', 'bob'], '', 2, /missing argument/],
	[['role', 'bob', 'king'], '', 2, /role must be admin or member/],
	[['role', 'nobody', 'admin'], '', 1, /there is no user/],
	[['disable', 'Ann@Example.org'], '', 1, /last administrator/],
	[['role', 'ann@example.org', 'member'], '', 1, /last administrator/],
]
await test('refusals are told on stderr and change nothing', () => {
	const before = users()
	for (const [args, input, status, words] of wrong) {
		const r = cli(['user', ...args], { input })
		assert.equal(r.status, status, `${args.join(' ')}: ${r.status} ${r.err}`)
		assert.match(r.err, words)
		assert.equal(r.out, '', args.join(' '))
	}
	assert.deepEqual(users(), before)
})

await test('disable, enable and role change a user, by a name in any case', () => {
	assert.equal(cli(['user', 'disable', 'BOB']).status, 0)
	assert.equal(users().bob.state, 'disabled')
	assert.equal(cli(['user', 'enable', 'bob']).status, 0)
	assert.equal(users().bob.state, 'enabled')
	assert.equal(cli(['user', 'role', 'Bob', 'admin']).status, 0)
	assert.equal(users().bob.role, 'admin')
	assert.equal(cli(['user', 'disable', 'ann@example.org']).status, 0, 'there is another administrator')
	assert.match(cli(['user', 'role', 'bob', 'member']).err, /last administrator/)
	assert.equal(cli(['user', 'enable', 'ann@example.org']).status, 0)
	assert.equal(cli(['user', 'role', 'bob', 'member']).status, 0)
	assert.equal(users().bob.role, 'member')
})

await test('an invitation is a link where the public URL is known, else its text', () => {
	const plain = cli(['user', 'invite'])
	assert.equal(plain.status, 0, plain.err)
	assert.match(plain.out, /^[0-9A-Za-z]{43}\n$/)
	assert.match(plain.err, /role member: good once, for 7 days; shown only now/)
	const link = cli(['user', 'invite', '--admin'], { more: { SCRAPED_PUBLIC_URL: 'https://scrape.example/' } })
	assert.match(link.out, /^https:\/\/scrape\.example\/join\?invite=[0-9A-Za-z]{43}\n$/)
	assert.match(link.err, /role admin/)
	assert.notEqual(plain.out.trim(), link.out.trim().split('=')[1])
})

/** Runs a line under a terminal of its own; say(answers): waits for each question, then types. */
async function terminal(line, answers) {
	if (!fs.existsSync('/usr/bin/script'))
		skip('util-linux script is not installed')
	const child = start('/usr/bin/script', ['-qfec', line, '/dev/null'], { env, stdin: 'pipe' })
	for (const [question, answer] of answers) {
		await until(() => question.test(child.out), String(question))
		child.stdin.write(answer)
	}
	const status = await child.ended
	return { status, out: child.out }
}
const quoted = `'${binary}'`

await test('on a terminal the password is asked for twice and not shown', async () => {
	const secret = 'battery staple 77'
	const r = await terminal(`${quoted} user add carl`, [[/Password/, `${secret}\r`], [/again/, `${secret}\r`]])
	assert.equal(r.status, 0, r.out)
	assert.ok(!r.out.includes('staple'), 'it was shown')
	assert.ok(users().carl)
	const other = await terminal(`${quoted} user passwd carl`, [[/Password/, `${secret}\r`], [/again/, 'something else\r']])
	assert.equal(other.status, 1)
	assert.match(other.out, /the two are not the same/)
})

await test('whoever gives up at the password has a terminal that shows what is typed', async () => {
	const r = await terminal(`sh -c 'trap : INT; ${binary} user add dora; stty -a; echo the end'`, [[/Password/, '\x03']])
	assert.match(r.out, /[^-]echo /)
	assert.match(r.out, /the end/)
	assert.ok(!users().dora)
})

await test('checklist.31 checklist.35 passwords are in no log and no file', async () => {
	const secret = 'very unusual words 4711'
	assert.equal(cli(['user', 'passwd', '--password-stdin', 'bob'], { input: `${secret}\r\nmore\n`, more: { SCRAPED_LOG_LEVEL: 'debug' } }).status, 0)
	for (const name of fs.readdirSync(env.SCRAPED_DATA)) {
		const bytes = fs.readFileSync(path.join(env.SCRAPED_DATA, name))
		assert.ok(!bytes.includes(secret) && !bytes.includes(password), name)
	}
	assert.ok(fs.readFileSync(path.join(env.SCRAPED_DATA, 'scraped.db-wal')).includes('$argon2id$v=19$m=65536,t=3,p=1$'))
	assert.ok(!server.child.err.includes(secret) && !server.child.err.includes(password))
})

await test('settings make the first administrator, once, and never overwrite', async () => {
	const dir = tempDir()
	const file = path.join(dir, 'secret')
	fs.writeFileSync(file, 'a first password\n', { mode: 0o644 })
	const more = { SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_ADMIN_USER: 'root', SCRAPED_ADMIN_PASSWORD_FILE: file }
	const list = () => run(binary, ['user', 'list'], { env: { ...env, ...more } }).out
	const first = await startScraped({ env: more })
	assert.match(first.child.err, /admin\.created name=root/)
	assert.match(first.child.err, /warn +admin\.password_file_is_open .*secret/)
	assert.ok(!(first.child.err + first.child.out).includes('a first password'))
	assert.match(list(), /admin +enabled +yes .* root\n$/)
	await first.stop()
	const again = await startScraped({ env: { ...more, SCRAPED_ADMIN_USER: 'other' } })
	assert.ok(!again.child.err.includes('admin.created'))
	assert.ok(!list().includes('other'))
	await again.stop()
	const odd = run(binary, ['serve'], { env: { ...env, ...more, SCRAPED_LISTEN: '127.0.0.1:0', SCRAPED_DATA: path.join(dir, 'new'), SCRAPED_ADMIN_PASSWORD_FILE: '' } })
	assert.equal(odd.status, 3)
	assert.match(odd.err, /setting admin_user: needs one of/)
})

await finish()
