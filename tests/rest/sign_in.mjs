// SPDX-License-Identifier: Apache-2.0
// Signing in over REST, beyond what one exchange shows: what ends a token, what the audit and the log say, many at once.
import path from 'node:path'
import { assert, binary, finish, node22, run, send, startScraped, test } from '../lib/harness.mjs'

const password = 'seven quiet mountains'
const server = await startScraped({ env: { SCRAPED_SESSION_MAX_MS: '1h' } })
const { env } = server
function query(sql) {
	const script = 'console.log(JSON.stringify(new (require("node:sqlite").DatabaseSync)(process.argv[1]).prepare(process.argv[2]).all()))'
	const done = run(node22, ['--no-warnings', '-e', script, path.join(env.SCRAPED_DATA, 'scraped.db'), sql])
	assert.equal(done.status, 0, done.err)
	return JSON.parse(done.out)
}
const add = (...args) => assert.equal(run(binary, ['user', 'add', '--password-stdin', ...args], { env, input: `${password}\n` }).status, 0)
const login = (email, secret = password) => send(`${server.url}/api/v1/auth/login`, { body: { email, password: secret } })
const keys = token => send(`${server.url}/api/v1/api-keys`, { headers: { 'X-API-KEY': token } })

await test('a new password ends the token; keys that were made with it stay', async () => {
	add('ada')
	const { token } = (await login('ada')).json
	const made = await send(`${server.url}/api/v1/api-keys`, { headers: { Authorization: `Bearer ${token}` }, body: { name: 'mine', scopes: ['keys:manage'] } })
	assert.equal(made.status, 201)
	const change = run(binary, ['user', 'passwd', '--password-stdin', 'ada'], { env, input: 'eight loud rivers here\n' })
	assert.equal(change.status, 0, change.err)
	assert.equal((await keys(token)).status, 401)
	assert.equal((await keys(made.json.key)).status, 200)
	assert.equal((await login('ada')).status, 401)
	assert.equal((await login('ada', 'eight loud rivers here')).status, 200)
})

await test('the token ends with the longest life of a session, and dead ones do not pile up', async () => {
	add('bob')
	const first = (await login('bob')).json
	const left = Date.parse(first.expires_at) - Date.now()
	assert.ok(left > 3500_000 && left <= 3600_000, String(left))
	await send(`${server.url}/api/v1/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${first.token}` } })
	await login('bob')
	const rows = query("SELECT k.revoked_ms FROM api_keys k JOIN users u ON u.account_id = k.account_id WHERE u.name = 'bob'")
	assert.deepEqual(rows, [{ revoked_ms: 0 }])
})

await test('a disabled user is out at once, with every credential', async () => {
	add('cleo')
	const { token } = (await login('cleo')).json
	assert.equal(run(binary, ['user', 'disable', 'cleo'], { env }).status, 0)
	assert.equal((await keys(token)).json.error, 'user_disabled')
	assert.equal((await login('cleo')).json.error, 'user_disabled')
	assert.equal((await login('cleo', 'not the password')).json.error, 'unauthorized')
})

await test('keys made, keys revoked and sign-ins are in the audit, with who and where from', async () => {
	const rows = query("SELECT a.event, a.peer, u.name FROM audit a JOIN users u ON u.account_id = a.account_id WHERE u.name IN ('ada', 'bob') AND a.event IN ('key.created', 'key.revoked', 'sign-in')")
	for (const event of ['key.created', 'key.revoked', 'sign-in']) {
		const row = rows.find(one => one.event === event)
		assert.ok(row, event)
		assert.equal(row.peer, '127.0.0.1', event)
	}
})

await test('who signs up is one user, however often it is sent at once', async () => {
	const invited = run(binary, ['user', 'invite'], { env })
	const invite = /\b[0-9A-Za-z]{43}\b/.exec(invited.out)[0]
	const answers = await Promise.all([1, 2, 3, 4].map(n =>
		send(`${server.url}/api/v1/auth/register`, { body: { email: `dan${n}`, password, invite } })))
	assert.deepEqual(answers.map(r => r.status).sort(), [201, 403, 403, 403], JSON.stringify(answers.map(r => r.json)))
	assert.equal(query("SELECT name FROM users WHERE name LIKE 'dan%'").length, 1)
})

await test('another site cannot sign a browser in or out', async () => {
	const headers = { Origin: 'https://evil.example', 'Content-Type': 'text/plain' }
	for (const what of ['login', 'register', 'logout']) {
		const r = await send(`${server.url}/api/v1/auth/${what}`, { method: 'POST', headers, body: '{}' })
		assert.equal(r.status, 403, what)
		assert.equal(r.headers['set-cookie'], undefined)
	}
})

await test('no password and no token is in the log', () => {
	assert.ok(server.child.err.includes('/api/v1/auth/login'))
	assert.doesNotMatch(server.child.err, /seven quiet|eight loud|sk_live_/)
})

await finish()
