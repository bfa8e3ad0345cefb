// SPDX-License-Identifier: Apache-2.0
// Jobs from the command line: in the store of this machine, with and without a server beside, and on a server over REST.
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, finish, skip, start, startOrigin, startScraped, tempDir, test, until } from '../lib/harness.mjs'

const held = []
const origin = await startOrigin((q, r) => {
	if (q.url.startsWith('/gone'))
		return r.writeHead(404).end()
	if (q.url.startsWith('/held'))
		return held.push(r)
	if (q.url === '/written')
		return r.writeHead(200, { 'Content-Type': 'text/html' }).end(`<meta property="og:title" content="Written"><nav>Menu</nav>
			<main><p>${'Words of the text, and more of them. '.repeat(20)}<a href="/there">a link</a> <img src="/i.png" alt="a sign"></main>`)
	r.writeHead(200, { 'Content-Type': 'text/html' }).end(`<title>t</title><h1>Page ${q.url}</h1><p class=x>Text of ${q.url}`)
})
const env = { SCRAPED_DATA: path.join(tempDir(), 'data'), SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_KEY: '', SCRAPED_JOB_RETRY_MS: '10ms' }
/** Runs it to its end while this process's origin answers: { status, out, err }. */
async function cli(args, { more = {}, input } = {}) {
	const child = start(binary, ['jobs', ...args], { env: { ...env, ...more }, stdin: input === undefined ? 'ignore' : 'pipe' })
	if (input !== undefined)
		child.stdin.end(input)
	return { status: await child.ended, out: child.out, err: child.err }
}
const page = n => `${origin.url}/p${n}`
const id = r => {
	assert.match(r.out, /^job_[0-9a-z]{26}\n/, r.err)
	return r.out.split('\n')[0]
}

// arguments, exit status, what stderr says
const wrong = [
	[['create'], 2, /there is no URL/],
	[['create', '--file', '/no/such/file'], 2, /No such file/],
	[['create', '--selector', 'h1', page(1)], 2, /--selector must be NAME=CSS/],
	[['create', '--selectors', '[]', page(1)], 2, /--selectors must be a JSON object/],
	[['create', '--selector', 'a=b[', page(1)], 1, /INVALID_SELECTOR/],
	[['create', 'ftp://a.example/'], 1, /UNSUPPORTED_SCHEME/],
	[['create', '--format', 'pdf', page(1)], 1, /format/],
	[['list', '--status', 'lost'], 2, /--status must be/],
	[['list', '--limit', '0'], 2, /--limit/],
	[['results', '--format', 'pdf', 'job_x'], 2, /--format must be/],
	[['show', 'job_x'], 1, /NOT_FOUND/],
	[['watch', 'job_x'], 1, /NOT_FOUND/],
	[['cancel', 'job_x'], 1, /NOT_FOUND/],
	[['results', 'job_x'], 1, /NOT_FOUND/],
	[['show', 'job_x', '--server', 'http://127.0.0.1:1'], 2, /--server needs a key/],
	[['show', 'job_x', '--server', 'http://127.0.0.1:1', '--key', 'k'], 1, /FETCH_FAILED/],
]
await test('wrong lines are told', async () => {
	for (const [args, status, words] of wrong) {
		const r = await cli(args)
		assert.equal(r.status, status, `${args.join(' ')}: ${r.status} ${r.err}`)
		assert.match(r.err, words)
		assert.equal(r.out, '')
	}
})

await test('a job without a server is worked on while it is watched', async () => {
	const made = await cli(['create', '--name', 'first', page(1), page(2)])
	assert.equal(made.status, 0, made.err)
	assert.match(made.err, /no server runs on this data folder: `scraped jobs watch job_/)
	assert.match((await cli(['show', id(made)])).out, /^status: queued$/m)
	const watched = await cli(['watch', id(made)])
	assert.equal(watched.status, 0, watched.err)
	assert.match(watched.out, /completed: 2 of 2 URLs done, 0 failed\n$/)
	assert.ok(!watched.err.includes('\r'), 'plain lines where there is no terminal')
	const list = await cli(['list', '--status', 'completed'])
	assert.match(list.out, new RegExp(`^${id(made)} +completed +2 +2 +0 .* first$`, 'm'))
})

await test('exit status, results and files', async () => {
	const input = `# a comment\n${page(3)}\n\n  ${origin.url}/gone/../gone?x=../../etc\n`
	const made = await cli(['create', '--file', '-', '--watch', '--selector', 'heading=h1', '--selector=text=p.x', page(4)], { input })
	assert.equal(made.status, 4, made.err)
	assert.match(made.out, /partial: 3 of 3 URLs done, 1 failed\n$/)
	const lines = (await cli(['results', id(made)])).out.trim().split('\n').map(line => JSON.parse(line))
	assert.deepEqual(lines.map(one => one.data ?? one.error.code), [{ heading: 'Page /p4', text: 'Text of /p4' }, { heading: 'Page /p3', text: 'Text of /p3' }, 'FETCH_FAILED'])
	const out = path.join(tempDir(), 'out')
	const files = await cli(['results', id(made), '--format', 'markdown', '--out', out])
	assert.equal(files.status, 0, files.err)
	assert.match(files.err, /3 results in/)
	const names = fs.readdirSync(out).sort()
	assert.equal(names.length, 3)
	for (const name of names)
		assert.match(name, /^0000\d-127\.0\.0\.1_[A-Za-z0-9._-]+\.md$/)
	assert.match(fs.readFileSync(path.join(out, names[0]), 'utf8'), /^# Page \/p4\n/)
	assert.match(fs.readFileSync(path.join(out, names[2]), 'utf8'), /FETCH_FAILED/)
	const text = (await cli(['results', id(made), '--format', 'text'])).out
	assert.ok(text.includes(`${page(4)}\n`) && text.includes('"heading"'), text)
	const failed = await cli(['create', '--watch', `${origin.url}/gone`])
	assert.equal(failed.status, 1, failed.err)
})

await test('a job is cancelled, and who waits is told', async () => {
	const made = id(await cli(['create', `${origin.url}/held/cancel`]))
	const watching = start(binary, ['jobs', 'watch', made], { env })
	await until(() => held.length > 0, 'the page is asked for')
	assert.match((await cli(['cancel', made])).out, /cancelled/)
	assert.equal(await watching.ended, 5, watching.err)
	const again = await cli(['cancel', made])
	assert.equal(again.status, 1)
	assert.match(again.err, /CONFLICT/)
})

await test('the terminal has a bar, and ctrl-c leaves the job', async () => {
	if (!fs.existsSync('/usr/bin/script'))
		skip('util-linux script is not installed')
	const made = id(await cli(['create', page(5), `${origin.url}/held/bar`]))
	const terminal = more => start('/usr/bin/script', ['-qfec', `stty cols 70; exec '${binary}' jobs watch ${made}`, '/dev/null'],
		{ env: { ...env, TERM: 'xterm', ...more }, stdin: 'pipe' })
	const child = terminal({ NO_COLOR: '1' })
	await until(() => / 50% \[#+-+\] 1\/2/.test(child.out), 'the bar')
	child.stdin.write('\x03')
	assert.equal(await child.ended, 6, child.out)
	assert.match(child.out, /waits for a server, or to be watched again: 1 of 2 URLs done; `scraped jobs watch job_/)
	assert.ok(!child.out.includes('\x1b[3'), 'no colours')
	for (const bar of child.out.split('\r\x1b[K').filter(part => part.includes('%')))
		assert.ok(bar.split(/[\r\n]/)[0].replace('^C', '').length < 70, bar)
	const second = terminal({ NO_COLOR: '' })
	await until(() => second.out.includes('\x1b[32m'), 'a bar in colour')
	held.splice(0).forEach(r => r.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>late'))
	await until(() => held.splice(0).map(r => r.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>late')).length >= 0 && second.exitCode !== null, 'the end')
	assert.equal(await second.ended, 0, second.out) // all that it said is there
	assert.match(second.out, /\r\x1b\[Kjob_.* completed: 2 of 2 URLs done, 0 failed/)
})

// How pages are written is told in the same words to the job's own process and to a server, over REST.
const written = ['--links', 'references', '--images', 'alt', '--structured', '--only-main']
async function writtenAsAsked(cli, there = []) {
	const made = await cli(['create', ...there, '--watch', ...written, `${origin.url}/written`])
	assert.equal(made.status, 0, made.err)
	const got = JSON.parse((await cli(['results', id(made), ...there])).out)
	assert.match(got.markdown, /\[a link\]\[1\][^]*a sign[^]*\n\[1\]: http:[^ ]*\/there\n$/)
	assert.doesNotMatch(got.markdown, /!\[|Menu/)
	assert.deepEqual(got.metadata.structured.openGraph, { title: 'Written' })
	const plain = await cli(['create', ...there, '--watch', `${origin.url}/written`])
	const other = JSON.parse((await cli(['results', id(plain), ...there])).out)
	assert.match(other.markdown, /Menu[^]*\[a link\]\(http:[^]*!\[a sign\]\(/)
	assert.equal(other.metadata.structured, undefined)
	for (const [option, value, said] of [['--links', 'all', /links must be .*references/], ['--images', 'all', /images must be .*alt/]]) {
		const bad = await cli(['create', ...there, option, value, page(1)])
		assert.equal(bad.status, 2, bad.err)
		assert.match(bad.err, said)
	}
}
await test('links, images, structured data', () => writtenAsAsked(cli))

await test('a server does the work, over REST and for those beside it', async () => {
	const server = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_JOB_RETRY_MS: '10ms' } })
	const there = ['--server', `${server.url}/`], more = { SCRAPED_KEY: server.key }
	const made = await cli(['create', ...there, '--watch', '--name', 'far', '--only-main', '--robots', '--selector', 'heading=h1', page(6), `${origin.url}/gone`], { more })
	assert.equal(made.status, 4, made.err)
	assert.match(made.out, /partial: 2 of 2 URLs done, 1 failed/)
	const far = await cli(['results', id(made), ...there, '--key', server.key])
	assert.equal(far.status, 0, far.err)
	const near = await cli(['results', id(made)], { more: { SCRAPED_DATA: server.env.SCRAPED_DATA } })
	assert.deepEqual(far.out.trim().split('\n').map(line => JSON.parse(line)), near.out.trim().split('\n').map(line => JSON.parse(line)))
	assert.match((await cli(['list', ...there], { more })).out, / partial .* far$/m)
	assert.match((await cli(['show', id(made), ...there], { more })).out, /^name: far\nstatus: partial\ntotal: 2\ndone: 2\nfailed: 1$/m)
	const key = ['--idempotency-key', 'one', page(7)]
	assert.equal(id(await cli(['create', ...there, ...key], { more })), id(await cli(['create', ...there, ...key], { more })))
	const wrongKey = await cli(['list', ...there, '--key', 'sk_live_nobody'])
	assert.equal(wrongKey.status, 1)
	assert.match(wrongKey.err, /UNAUTHORIZED/)
	await writtenAsAsked((args, how) => cli(args, { ...how, more }), there)
	const beside = await cli(['create', page(8)], { more: { SCRAPED_DATA: server.env.SCRAPED_DATA } })
	assert.equal(beside.err, '', 'a server runs on the folder')
	assert.equal((await cli(['watch', id(beside)], { more: { SCRAPED_DATA: server.env.SCRAPED_DATA } })).status, 0)
	await server.stop()
})
await finish()
