// SPDX-License-Identifier: Apache-2.0
// `scraped doctor` against a server behind a real nginx that is right, and behind each one that is wrong in its own way.
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, finish, freePort, node22, run, start, startNginx, startOrigin, startScraped, tempDir, test } from '../lib/harness.mjs'

/** { status, out, row(what), mend }: row gives the first line about something. */
async function doctor(env, args = []) {
	const child = start(binary, ['doctor', ...args], { env })
	const status = await child.ended
	const lines = child.out.split('\n')
	const row = what => lines.find(line => line.slice(6).startsWith(`${what}:`)) ?? ''
	const mend = what => lines[lines.findIndex(line => line.slice(6).startsWith(`${what}:`)) + 1] ?? ''
	const failed = lines.filter(line => line.startsWith('FAIL'))
	assert.equal(child.err, '')
	assert.doesNotMatch(child.out, /eyJ|sk_live_[0-9A-Za-z]{20}/, 'no secret is printed')
	assert.equal(status, failed.length ? 1 : 0, child.out)
	return { status, out: child.out, row, mend, failed }
}

function query({ env }, sql) {
	const script = 'console.log(JSON.stringify(new (require("node:sqlite").DatabaseSync)(process.argv[1]).prepare(process.argv[2]).all()))'
	const done = run(node22, ['--no-warnings', '-e', script, path.join(env.SCRAPED_DATA, 'scraped.db'), sql])
	assert.equal(done.status, 0, done.err)
	return JSON.parse(done.out)
}

/** A server whose public_url is an nginx in front of it; conf: more lines of nginx's location. */
async function behind(conf, { location = '/', env = {}, host = '127.0.0.1' } = {}) {
	const port = await freePort()
	const nginx = await startNginx({
		conf: `location ${location} { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $http_host; ${conf} }`,
	})
	const url = `http://${host}:${nginx.port}`
	const scraped = await startScraped({ port, env: { SCRAPED_PUBLIC_URL: url, ...env } })
	return { ...scraped, url, nginx }
}

const people = 'SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM clients) AS clients, (SELECT COUNT(*) FROM grants) AS grants,'
	+ ' (SELECT COUNT(*) FROM refresh) AS refresh, (SELECT COUNT(*) FROM codes) AS codes, (SELECT COUNT(*) FROM consents) AS consents,'
	+ ' (SELECT COUNT(*) FROM auth_requests) AS requests, (SELECT COUNT(*) FROM sessions WHERE account_id IS NOT NULL) AS sessions,'
	+ ' (SELECT COUNT(*) FROM accounts) AS accounts'

await test('all is well behind a right nginx, and nothing is left of the trial', async () => {
	const server = await behind('')
	const before = query(server, people)
	const r = await doctor(server.env)
	for (const what of ['settings', 'public_url', 'data folder', 'database', 'clock', 'server', 'bodies', 'resource metadata',
		'authorization server', 'signing keys', 'challenge', 'Authorization', 'sign-in'])
		assert.match(r.row(what), /^ok {4}/, `${what}\n${r.out}`)
	assert.equal(r.status, 0)
	assert.match(r.out, /^warn {2}users: nobody can sign in yet\n {6}-> scraped user add --admin NAME$/m)
	assert.match(r.out, /\n0 to mend, 1 to look at\n$/)
	assert.deepEqual(query(server, people), before)
	assert.deepEqual(query(server, "SELECT DISTINCT event FROM audit WHERE event IN ('sign-in', 'consent.given', 'token.revoked') ORDER BY event").map(row => row.event),
		['consent.given', 'sign-in', 'token.revoked'])
	assert.ok(server.nginx.log().some(row => row.path === '/token' && row.status === 200), 'it went through the proxy')
	await server.stop()
})

// what, nginx's lines, the row that must fail, its words, how to mend it
const wrong = [
	['drops Authorization', 'proxy_set_header Authorization "";', 'Authorization', /your proxy drops the Authorization header/, /proxy_set_header Authorization/],
	['rewrites bodies', 'sub_filter_types *; sub_filter_once off; proxy_set_header Accept-Encoding ""; sub_filter Markdown Markup;', 'bodies', /the proxy rewrites what the server sends: \/openapi\.json/, /sub_filter/],
	['rewrites names', 'sub_filter_types *; sub_filter_once off; proxy_set_header Accept-Encoding ""; sub_filter 127.0.0.1 localhost;', 'resource metadata', /resource is "http:\/\/localhost:\d+\/mcp" where clients expect "http:\/\/127\.0\.0\.1:\d+\/mcp"/, /rewrites bodies/],
	['hides the challenge', 'proxy_hide_header WWW-Authenticate;', 'challenge', /has no WWW-Authenticate/, /proxy_hide_header/],
	['drops cookies', 'proxy_set_header Cookie "";', 'sign-in', /pages: /, null],
	['asks for a password itself', 'auth_basic "no"; auth_basic_user_file /dev/null;', 'server', /\/v1\/health answers 401/, /proxy's log/],
]
for (const [name, conf, what, words, mend] of wrong)
	await test(`a proxy that ${name}`, async () => {
		const server = await behind(conf)
		const before = query(server, people)
		const r = await doctor(server.env)
		assert.match(r.row(what), /^FAIL /, r.out)
		assert.match(r.row(what), words)
		if (mend)
			assert.match(r.mend(what), mend)
		assert.deepEqual(query(server, people), before)
		await server.stop()
	})

await test('a proxy that hands on some paths alone', async () => {
	const server = await behind('', { location: '~ ^/(mcp|v1)' })
	const r = await doctor(server.env)
	assert.match(r.row('resource metadata'), /^FAIL .*answers 404 instead of 200/)
	assert.match(r.mend('resource metadata'), /hand on all paths/)
	await server.stop()
})

await test('a public_url that is not where clients come to', async () => {
	const server = await behind('', { env: { SCRAPED_PUBLIC_URL: 'https://other.example' } })
	const r = await doctor(server.env, ['--url', `${server.url}/mcp`])
	assert.match(r.row('resource metadata'), /^FAIL .*resource is "https:\/\/other\.example\/mcp" where clients expect/)
	assert.match(r.mend('resource metadata'), /public_url is https:\/\/other\.example, but clients come to http:\/\/127/)
	assert.match(r.row('challenge'), /^FAIL .*elsewhere: .*other\.example/)
	assert.equal(r.row('sign-in'), '')
	const changed = await doctor({ ...server.env, SCRAPED_PUBLIC_URL: server.url })
	assert.match(changed.mend('resource metadata'), /started with another public_url/)
	await server.stop()
})

await test('settings that cannot offer OAuth say why', async () => {
	const data = path.join(tempDir(), 'data')
	const env = { SCRAPED_DATA: data, SCRAPED_LISTEN: `127.0.0.1:${await freePort()}` }
	for (const [more, words] of [[{ SCRAPED_PUBLIC_URL: 'http://scrape.example' }, /^FAIL {2}OAuth: is not offered: public_url is plain http/m],
		[{ SCRAPED_LISTEN: '0.0.0.0:1', SCRAPED_BEHIND_PROXY: 'on' }, /^FAIL {2}OAuth: is not offered: public_url is not set/m],
		[{ SCRAPED_PUBLIC_URL: 'https://scrape.example' }, /^warn {2}public_url: .*a proxy must do TLS/m],
		[{ SCRAPED_BEHIND_PROXY: 'on' }, /^warn {2}trusted_proxies: is not set/m],
		[{ SCRAPED_OAUTH: 'off' }, /^ok {4}OAuth: is switched off/m],
		[{ SCRAPED_REGISTRATION: 'perhaps' }, /^FAIL {2}settings: .*registration/m]]) {
		const r = await doctor({ ...env, ...more, SCRAPED_CONFIG: '' }, more.SCRAPED_PUBLIC_URL ? ['--url', `http://${env.SCRAPED_LISTEN}`] : [])
		assert.match(r.out, words)
	}
	assert.ok(!fs.existsSync(data), 'the doctor makes nothing')
	assert.equal((await start(binary, ['doctor', '--url', 'ftp://x'], { env }).ended), 2)
})

await test('nobody answers: a failure only where somebody was said to be', async () => {
	const port = await freePort()
	const env = { SCRAPED_DATA: path.join(tempDir(), 'data'), SCRAPED_LISTEN: `127.0.0.1:${port}` }
	assert.match((await doctor(env)).row('server'), /^warn {2}/)
	const asked = await doctor(env, ['--url', `http://127.0.0.1:${port}`])
	assert.match(asked.row('server'), /^FAIL .*nobody answers/)
})

await test('a server with another database', async () => {
	const server = await startScraped()
	const other = await startScraped()
	const r = await doctor({ ...other.env, SCRAPED_LISTEN: server.env.SCRAPED_LISTEN })
	assert.match(r.row('sign-in'), /^FAIL .*another data folder/)
	const none = await doctor({ ...server.env, SCRAPED_DATA: path.join(tempDir(), 'none') })
	assert.match(none.row('sign-in'), /^warn .*was not played/)
	await server.stop()
	await other.stop()
})

await test('files with secrets and the data folder', async () => {
	const dir = tempDir()
	const env = { SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${await freePort()}` }
	fs.mkdirSync(env.SCRAPED_DATA, { mode: 0o755 })
	fs.chmodSync(env.SCRAPED_DATA, 0o755)
	const file = path.join(dir, 'password')
	fs.writeFileSync(file, 'x\n', { mode: 0o644 })
	fs.chmodSync(file, 0o644)
	const r = await doctor({ ...env, SCRAPED_ADMIN_USER: 'ada', SCRAPED_ADMIN_PASSWORD_FILE: file })
	assert.match(r.row('data folder'), /^warn .*others on this machine/)
	assert.match(r.row('admin_password_file'), /^FAIL .*everybody on this machine can read/)
	assert.match(r.mend('admin_password_file'), /chmod o= /)
	fs.chmodSync(file, 0o600)
	assert.match((await doctor({ ...env, SCRAPED_ADMIN_USER: 'ada', SCRAPED_ADMIN_PASSWORD_FILE: file })).row('admin_password_file'), /^ok /)
	const lost = await doctor({ ...env, SCRAPED_CA_FILE: path.join(dir, 'nothing') })
	assert.match(lost.row('ca_file'), /^FAIL .*cannot be read: No such file/)
})

/** A certificate for these names that holds for some days: { cert, key }. */
function certificate(names, days = 90) {
	const dir = tempDir()
	const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', String(days), '-subj', '/CN=test',
		'-addext', `subjectAltName=${names}`, '-keyout', path.join(dir, 'key.pem'), '-out', path.join(dir, 'cert.pem')])
	assert.equal(made.status, 0, made.err)
	fs.chmodSync(path.join(dir, 'key.pem'), 0o600)
	return { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') }
}

await test('a server that speaks TLS itself', async () => {
	const { cert, key } = certificate('DNS:localhost')
	const port = await freePort()
	const env = { SCRAPED_DATA: path.join(tempDir(), 'data'), SCRAPED_LISTEN: `127.0.0.1:${port}`, SCRAPED_TLS_CERT: cert, SCRAPED_TLS_KEY: key,
		SCRAPED_CA_FILE: cert, SCRAPED_PUBLIC_URL: `https://localhost:${port}` }
	const child = start(binary, ['serve'], { env })
	let r
	do
		r = await doctor(env)
	while (/nobody answers/.test(r.out))
	assert.equal(r.status, 0, r.out)
	assert.match(r.row('tls_cert'), /^ok .*holds for (89|90) days/)
	assert.match(r.row('sign-in'), /^ok /)
	child.kill('SIGTERM')
	assert.equal(await child.ended, 0, child.err)
})

await test('certificates that will not do', async () => {
	const soon = certificate('DNS:scrape.example', 5), right = certificate('DNS:scrape.example')
	const env = { SCRAPED_DATA: path.join(tempDir(), 'data'), SCRAPED_LISTEN: `127.0.0.1:${await freePort()}`, SCRAPED_PUBLIC_URL: 'https://scrape.example' }
	const look = (cert, key, more = {}) => doctor({ ...env, SCRAPED_TLS_CERT: cert, SCRAPED_TLS_KEY: key, ...more }, ['--url', `https://${env.SCRAPED_LISTEN}`])
	assert.match((await look(right.cert, right.key)).row('tls_cert'), /^ok /)
	assert.match((await look(soon.cert, soon.key)).row('tls_cert'), /^warn .*expires in [45] days/)
	assert.match((await look(right.cert, right.key, { SCRAPED_PUBLIC_URL: 'https://else.example' })).out, /^FAIL {2}tls_cert: .*not for else\.example/m)
	assert.match((await look(right.cert, soon.key)).row('tls'), /^FAIL .*not the key of tls_cert|^FAIL .*tls_key/)
	fs.chmodSync(right.key, 0o644)
	assert.match((await look(right.cert, right.key)).row('tls_key'), /^FAIL .*everybody/)
	assert.match((await look(right.cert, '')).row('tls'), /^FAIL .*belong together/)
})

await test('clocks that differ', async () => {
	const origin = await startOrigin((q, r) => {
		r.setHeader('Date', new Date(Date.now() - 600000).toUTCString())
		r.setHeader('Content-Type', 'application/json')
		r.statusCode = q.url === '/v1/health' ? 200 : 404
		r.end('{"version":"1"}')
	})
	const env = { SCRAPED_DATA: path.join(tempDir(), 'data') }
	const r = await doctor(env, ['--url', origin.url])
	assert.match(r.out, /^warn {2}clock: the server's is (599|600|601) s behind this machine's$/m)
})

await test('an outside issuer is asked for its metadata, and no sign-in is played', async () => {
	let answer = issuer => ({ issuer, jwks_uri: `${issuer}/jwks` })
	const issuer = await startOrigin((q, r) => {
		r.setHeader('Content-Type', 'application/json')
		r.end(JSON.stringify(q.url === '/jwks' ? { keys: [] } : answer(issuer.url)))
	})
	const server = await startScraped({ env: { SCRAPED_ISSUER: issuer.url } })
	const r = await doctor(server.env)
	assert.match(r.row('issuer'), /^ok /, r.out)
	assert.match(r.row('resource metadata'), /^ok /)
	assert.equal(r.row('sign-in'), '')
	assert.equal(r.row('authorization server'), '')
	answer = () => ({ issuer: 'https://else.example' })
	assert.match((await doctor(server.env)).row('issuer'), /^FAIL .*another issuer/)
	await server.stop()
})

await finish()
