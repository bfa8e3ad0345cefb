// SPDX-License-Identifier: Apache-2.0
// Clients without a person, made by an administrator: client_credentials with a secret and with
// signed assertions, and the device flow where the endpoints alone show it.
import crypto from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { assert, finish, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { bearer, claimsOf, Client, mcp, postForm, refused, scrape } from '../lib/oauth_client.mjs'
import { change, rows } from '../lib/database.mjs'
import { addUser } from '../lib/person.mjs'

const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1>'))
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host } })
const base = scraped.url, SECRET = 'machine-secret-0123456789'
addUser(scraped.env, 'ada', 'correct horse battery')
const [{ account_id }] = rows(scraped, 'SELECT account_id FROM users')

function makeClient(id, { scopes = 'scrape jobs:read', method = 'client_secret_basic', jwks, grants = ['client_credentials'] } = {}) {
	const metadata = { client_name: id, redirect_uris: [], grant_types: grants, response_types: [], token_endpoint_auth_method: method, ...(jwks ? { jwks } : {}) }
	change(scraped, `INSERT INTO clients (id, kind, name, metadata, secret_hash, account_id, scopes, created_ms, used_ms, fetched_ms, fresh_ms)
		VALUES (?, 'static', ?, ?, ?, ?, ?, 1, 0, 0, 0)`, id, id, JSON.stringify(metadata),
	method.startsWith('client_secret') ? crypto.createHash('sha256').update(SECRET).digest() : null, account_id, scopes)
}
const basic = id => ({ Authorization: `Basic ${Buffer.from(`${id}:${SECRET}`).toString('base64')}` })
const ask = (fields, headers) => postForm(`${base}/token`, { grant_type: 'client_credentials', ...fields }, headers)

await test('a secret gives a token for the account', async () => {
	makeClient('machine')
	for (const answer of [await ask({}, basic('machine')), await ask({ client_id: 'machine', client_secret: SECRET, resource: `${base}/mcp` })]) {
		assert.equal(answer.status, 200, answer.text)
		assert.deepEqual(Object.keys(answer.json).sort(), ['access_token', 'expires_in', 'scope', 'token_type'])
		assert.equal(answer.json.scope, 'scrape jobs:read')
		const claims = claimsOf(answer.json.access_token)
		assert.deepEqual([claims.sub, claims.client_id], [account_id, 'machine'])
		assert.equal((await scrape(base, bearer(answer.json.access_token), `${origin.url}/`)).json.result.isError, false)
	}
	assert.equal((await ask({ scope: 'scrape jobs:write' }, basic('machine'))).json.scope, 'scrape')
	refused(await ask({ scope: 'jobs:write' }, basic('machine')), 400, 'invalid_scope')
	refused(await ask({ scope: 'nothing' }, basic('machine')), 400, 'invalid_scope')
	refused(await ask({ resource: 'https://other.example/' }, basic('machine')), 400, 'invalid_target')
	refused(await ask({ client_id: 'machine' }), 401, 'invalid_client')
})

await test('who may not have them', async () => {
	const own = await Client.register(base, { token_endpoint_auth_method: 'client_secret_post' })
	refused(await own.token({ grant_type: 'client_credentials' }), 400, 'unauthorized_client')
	makeClient('codes', { grants: ['authorization_code'] })
	refused(await ask({}, basic('codes')), 400, 'unauthorized_client')
	makeClient('public', { method: 'none' })
	refused(await ask({ client_id: 'public' }), 400, 'unauthorized_client')
	makeClient('gone')
	const { json } = await ask({}, basic('gone'))
	assert.equal((await mcp(base, bearer(json.access_token))).status, 200)
	change(scraped, 'UPDATE clients SET disabled = 1 WHERE id = \'gone\'')
	refused(await ask({}, basic('gone')), 401, 'invalid_client')
})

await test('signed assertions count once', async () => {
	const { privateKey, publicKey } = await generateKeyPair('ES256'), other = await generateKeyPair('ES256')
	makeClient('signer', { method: 'private_key_jwt', jwks: { keys: [{ ...await exportJWK(publicKey), kid: 'k', alg: 'ES256', use: 'sig' }] } })
	const now = Math.floor(Date.now() / 1000)
	const sign = (claims = {}, key = privateKey, header = {}) => new SignJWT({ iss: 'signer', sub: 'signer', aud: base, exp: now + 300, jti: crypto.randomUUID(), ...claims })
		.setProtectedHeader({ alg: 'ES256', kid: 'k', ...header }).sign(key)
	const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
	const use = (client_assertion, fields = {}) => ask({ client_assertion_type: type, client_assertion, ...fields })
	for (const aud of [base, `${base}/token`, [base]]) {
		const { json } = await use(await sign({ aud }))
		assert.equal((await mcp(base, bearer(json.access_token))).status, 200)
	}
	assert.equal((await use(await sign(), { client_id: 'signer' })).status, 200)
	const once = await sign()
	const answers = await Promise.all(Array.from({ length: 8 }, () => use(once)))
	assert.equal(answers.filter(a => a.status === 200).length, 1)
	for (const a of answers.filter(a => a.status !== 200))
		refused(a, 401, 'invalid_client')
	for (const bad of [sign({ aud: 'https://other.example' }), sign({ sub: 'machine' }), sign({ iss: 'machine' }), sign({ exp: now - 1 }), sign({ exp: now + 86400 }),
		sign({ jti: undefined }), sign({ exp: undefined }), sign({}, other.privateKey), sign({}, privateKey, { typ: 'at+jwt' })])
		refused(await use(await bad), 401, 'invalid_client')
	for (const text of ['A=.x.y', 'x', 'a.b.c', `${await sign()}.x`])
		refused(await use(text, { client_id: 'signer' }), 401, 'invalid_client')
	refused(await ask({ client_id: 'signer', client_secret: SECRET }), 401, 'invalid_client')
	refused(await use(await sign(), { client_secret: SECRET }), 400, 'invalid_request')
})

await test('the device endpoints', async () => {
	const post = (fields, headers) => postForm(`${base}/device_authorization`, fields, headers)
	const device = await Client.register(base, { redirect_uris: undefined, response_types: [], grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'] })
	const { status, json, headers } = await post({ client_id: device.id })
	assert.equal(status, 200)
	assert.equal(headers['cache-control'], 'no-store')
	assert.deepEqual([json.verification_uri, json.verification_uri_complete, json.expires_in, json.interval],
		[`${base}/device`, `${base}/device?user_code=${json.user_code}`, 900, 5])
	const poll = () => device.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: json.device_code })
	refused(await poll(), 400, 'authorization_pending')
	refused(await poll(), 400, 'slow_down')
	change(scraped, 'UPDATE device_codes SET expires_ms = 1')
	refused(await poll(), 400, 'expired_token')
	refused(await post({ client_id: 'nobody' }), 401, 'invalid_client')
	refused(await post({ client_id: device.id, scope: 'nothing' }), 400, 'invalid_scope')
	refused(await post({ client_id: device.id, resource: 'https://other.example' }), 400, 'invalid_target')
	refused(await post({ client_id: (await Client.register(base)).id }), 400, 'unauthorized_client')
	refused(await device.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'unknown' }), 400, 'invalid_grant')
})

await scraped.stop()
await finish()
