// SPDX-License-Identifier: Apache-2.0
// Clients that sign who they are (private_key_jwt, mcp.md 6.8): keys in the client's metadata or at its jwks_uri, clients that
// an administrator makes and clients that a document describes, ChatGPT's shape among them.
import fs from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { SignJWT } from 'jose'
import { assert, binary, finish, onFinish, run, send, startOrigin, startScraped, tempDir, test } from '../lib/harness.mjs'
import { bearer, Client, mcp, postForm, refused } from '../lib/oauth_client.mjs'
import { change, rows } from '../lib/database.mjs'
import { addUser, Person } from '../lib/person.mjs'
import { newKey } from '../lib/standin_issuer.mjs'

const place = tempDir()
const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
	'-keyout', `${place}/key.pem`, '-out', `${place}/ca.pem`, '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'])
assert.equal(made.status, 0, made.err)
const pages = new Map(), hits = new Map()
const server = https.createServer({ key: fs.readFileSync(`${place}/key.pem`), cert: fs.readFileSync(`${place}/ca.pem`) }, (q, r) => {
	hits.set(q.url, (hits.get(q.url) ?? 0) + 1)
	const page = pages.get(q.url)
	r.writeHead(page ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(page ?? {}))
})
await new Promise(done => server.listen(0, '127.0.0.1', done))
onFinish(() => new Promise(done => { server.closeAllConnections(); server.close(done) }))
const home = `https://127.0.0.1:${server.address().port}`

const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: '127.0.0.1', SCRAPED_CA_FILE: `${place}/ca.pem`, SCRAPED_LOG_LEVEL: 'debug' } })
const base = scraped.url, PASSWORD = 'correct horse battery'
addUser(scraped.env, 'ada', PASSWORD)
const person = new Person(base, { name: 'ada', password: PASSWORD })

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const signed = []
async function sign(client_id, key, claims = {}, header = {}) {
	const now = Math.floor(Date.now() / 1000)
	const all = { iss: client_id, sub: client_id, aud: base, iat: now, exp: now + 300, jti: crypto.randomUUID(), ...claims }
	const text = await new SignJWT(JSON.parse(JSON.stringify(all))).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
	signed.push(text)
	return text
}
const proof = client_assertion => ({ client_assertion_type: TYPE, client_assertion })
const token = fields => postForm(`${base}/token`, fields)
const machine = client_assertion => token({ grant_type: 'client_credentials', ...proof(client_assertion) })
const cli = args => run(binary, ['client', 'create', '--name', 'Signer', ...args], { env: scraped.env })
function create(args) {
	const answer = cli(args)
	assert.equal(answer.status, 0, answer.err)
	return /^client_id=(\S+)\n$/.exec(answer.out)[1] // and no secret
}
function publish(where, ...keys) {
	pages.set(where, { keys: keys.map(k => k.jwk) })
	return home + where
}

await test('metadata announces it', async () => {
	for (const where of ['oauth-authorization-server', 'openid-configuration']) {
		const { json } = await send(`${base}/.well-known/${where}`)
		for (const endpoint of ['token', 'revocation']) {
			assert.deepEqual(json[`${endpoint}_endpoint_auth_methods_supported`], ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
			assert.deepEqual(json[`${endpoint}_endpoint_auth_signing_alg_values_supported`], ['ES256', 'RS256', 'PS256'])
		}
	}
})

await test('client create takes keys', async () => {
	const file = path.join(place, 'jwks.json'), key = await newKey()
	const write = value => (fs.writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value)), file)
	create(['--jwks', write({ keys: [key.jwk] })])
	for (const [value, why] of [['{', /--jwks/], ['[]', /--jwks/], [{ keys: [] }, /no key/], [{ keys: [{ ...key.jwk, d: key.jwk.x }] }, /private/],
		[{ keys: [key.jwk, { ...key.jwk, d: key.jwk.x }] }, /public keys alone/], [{ keys: [key.jwk], x: 'a'.repeat(70000) }, /64 KiB/]]) {
		const answer = cli(['--jwks', write(value)])
		assert.equal(answer.status, 2, answer.out)
		assert.match(answer.err, why)
		assert.equal(answer.out, '')
	}
	write({ keys: [key.jwk] })
	for (const args of [['--jwks', `${file}.none`], ['--jwks-uri', 'http://app.example/keys'], ['--jwks-uri', 'keys'], ['--jwks', file, '--jwks-uri', `${home}/keys`],
		['--jwks', file, '--public', '--redirect', 'http://localhost/cb'], ['--jwks-uri', `${home}/keys`, '--public', '--redirect', 'http://localhost/cb']])
		assert.equal(cli(args).status, 2, String(args))
})

for (const alg of ['ES256', 'RS256', 'PS256'])
	await test(`a made client signs with ${alg}`, async () => {
		const key = await newKey(alg), file = path.join(place, `${alg}.json`)
		fs.writeFileSync(file, JSON.stringify({ keys: [key.jwk] }))
		for (const id of [create(['--jwks', file]), create(['--jwks-uri', publish(`/${alg}`, key)])]) {
			for (const aud of [base, `${base}/token`, [base, 'https://other.example']]) {
				const { json } = await machine(await sign(id, key, { aud }))
				assert.equal((await mcp(base, bearer(json.access_token))).status, 200)
			}
			assert.equal((await machine(await sign(id, key, {}, { kid: undefined }))).status, 200) // as the SDKs do
		}
		assert.equal(hits.get(`/${alg}`), 1)
	})

/** What is true of every client that signs, wherever its keys are. */
async function bad(id, key, use) {
	const now = Math.floor(Date.now() / 1000), other = await newKey(key.alg)
	for (const claims of [{ aud: 'https://other.example' }, { aud: `${base}/mcp` }, { aud: undefined }, { sub: 'somebody' }, { iss: 'somebody' }, { sub: undefined },
		{ iss: undefined }, { exp: now - 1 }, { exp: undefined }, { exp: now + 86400 }, { jti: undefined }, { jti: '' }, { nbf: now + 600 }])
		refused(await use(await sign(id, key, claims)), 401, 'invalid_client')
	for (const header of [{ typ: 'at+jwt' }, { typ: 'dpop+jwt' }])
		refused(await use(await sign(id, key, {}, header)), 401, 'invalid_client')
	refused(await use(await sign(id, { ...other, kid: key.kid })), 401, 'invalid_client') // another's signature under its kid
	refused(await use(await sign(id, other)), 401, 'invalid_client')
	refused(await use(await sign(id, other, {}, { kid: undefined })), 401, 'invalid_client')
	const [head, body, signature] = (await sign(id, key)).split('.')
	for (const text of [`${head}.${body}.`, `${head}.${body}.${signature}.x`, `${head}.${body}.A=`, 'A=.x.y', 'x', `${btoa('{"alg":"none"}')}.${body}.x`])
		refused(await use(text), 401, 'invalid_client')
}

await test('a made client is refused what is not its word', async () => {
	const key = await newKey(), id = create(['--jwks-uri', publish('/made', key)])
	await bad(id, key, text => token({ grant_type: 'client_credentials', client_id: id, ...proof(text) }))
	const once = await sign(id, key)
	const answers = await Promise.all(Array.from({ length: 8 }, () => machine(once)))
	assert.equal(answers.filter(a => a.status === 200).length, 1)
	for (const answer of answers.filter(a => a.status !== 200))
		refused(answer, 401, 'invalid_client')
	assert.equal(hits.get('/made'), 1) // foreign kids within 30 s of the fetch
	refused(await token({ grant_type: 'client_credentials', client_id: id }), 401, 'invalid_client')
	refused(await token({ grant_type: 'client_credentials', client_id: id, client_secret: 'x' }), 401, 'invalid_client')
	refused(await token({ grant_type: 'client_credentials', client_secret: 'x', ...proof(await sign(id, key)) }), 400, 'invalid_request')
})

await test('what cannot be its word fetches nothing', async () => {
	const key = await newKey(), id = create(['--jwks-uri', publish('/unasked', key)])
	for (const claims of [{ iss: 'x' }, { exp: 1 }, { sub: 'x' }])
		refused(await token({ grant_type: 'client_credentials', client_id: id, ...proof(await sign(id, key, claims)) }), 401, 'invalid_client')
	refused(await token({ grant_type: 'client_credentials', client_id: id, ...proof('a.b.c') }), 401, 'invalid_client')
	assert.equal(hits.get('/unasked'), undefined)
})

await test('keys that cannot be had', async () => {
	const key = await newKey(), id = create(['--jwks-uri', `${home}/nowhere`])
	const answer = await machine(await sign(id, key))
	refused(answer, 401, 'invalid_client')
	assert.equal(answer.json.error_description, 'the keys of the client could not be used: fetch')
	const inside = create(['--jwks-uri', 'https://10.0.0.1/keys'])
	assert.match((await machine(await sign(inside, key))).json.error_description, /could not be used: (fetch|address)$/)
})

const document = (where, more) => {
	const client_id = home + where
	pages.set(where, { client_id, client_name: 'Described', redirect_uris: ['https://client.example/callback'], grant_types: ['authorization_code', 'refresh_token'],
		response_types: ['code'], token_endpoint_auth_method: 'private_key_jwt', ...more })
	const client = new Client(base, pages.get(where))
	client.id = client_id
	return client
}
/** The whole life of a described client's tokens, each step proven by a signature. */
async function lives(client, key) {
	const fresh = async () => proof(await sign(client.id, key))
	const { code, verifier } = await client.authorize(person)
	const redeem = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: client.redirect }
	refused(await token({ ...redeem, client_id: client.id, ...proof(await sign(client.id, await newKey(key.alg))) }), 401, 'invalid_client')
	const first = await token({ ...redeem, ...await fresh() })
	assert.equal(first.status, 200, first.text)
	assert.equal((await mcp(base, bearer(first.json.access_token))).status, 200)
	const next = await token({ grant_type: 'refresh_token', refresh_token: first.json.refresh_token, client_id: client.id, ...await fresh() })
	assert.equal(next.status, 200, next.text)
	const revoke = fields => postForm(`${base}/revoke`, { token: next.json.refresh_token, client_id: client.id, ...fields })
	refused(await revoke(proof(await sign(client.id, await newKey(key.alg)))), 401, 'invalid_client')
	assert.equal((await mcp(base, bearer(next.json.access_token))).status, 200)
	assert.equal((await revoke(await fresh())).status, 200)
	assert.equal((await mcp(base, bearer(next.json.access_token))).status, 401)
}

await test('a described client signs with keys at home', async () => {
	const key = await newKey('RS256')
	const client = document('/oauth/client.json', { jwks_uri: publish('/oauth/jwks.json', key) })
	await lives(client, key)
	await bad(client.id, key, text => token({ grant_type: 'refresh_token', refresh_token: 'x', client_id: client.id, ...proof(text) }))
	refused(await token({ grant_type: 'refresh_token', refresh_token: 'x', client_id: client.id }), 401, 'invalid_client')
	assert.equal(hits.get('/oauth/jwks.json'), 1)
})

await test('a described client signs with keys in its document', async () => {
	const key = await newKey()
	await lives(document('/inline.json', { jwks: { keys: [key.jwk] } }), key)
})

await test('a document of ChatGPT\'s shape: with a signature, or without', async () => {
	const key = await newKey('RS256', 'cimd-20260428030119')
	const client = document('/chat/client.json', { client_name: 'ChatGPT', token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
		token_endpoint_auth_signing_alg: 'RS256', jwks_uri: publish('/chat/jwks.json', key) })
	await lives(client, key)
	const { access_token } = await client.login(person)
	assert.equal((await mcp(base, bearer(access_token))).status, 200)
	// keys that may not be used leave it what it may be without them
	const foreign = document('/chat/foreign.json', { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'], jwks_uri: 'https://other.example/jwks.json' })
	assert.equal((await mcp(base, bearer((await foreign.login(person)).access_token))).status, 200)
})

await test('a document may name keys only at home', async () => {
	for (const [n, uri] of ['https://other.example/jwks.json', home.replace('https', 'http') + '/keys', 'https://127.0.0.1/keys'].entries()) {
		const client = document(`/foreign/${n}.json`, { jwks_uri: uri })
		const page = await person.visit(client.url())
		assert.equal(page.status, 400, page.text)
		assert.match(page.text, /jwks_uri must be/)
	}
})

await test('assertions are in no log and not in the database', async () => {
	assert.ok(signed.length > 60)
	for (const text of signed)
		assert.ok(!scraped.child.err.includes(text.split('.')[2]))
	assert.equal(rows(scraped, 'SELECT key FROM assertions').every(row => /^[0-9a-f]{64}$/.test(row.key)), true)
})

await test('keys may be exchanged', async () => {
	const old = await newKey('ES256', 'old'), fresh = await newKey('ES256', 'fresh')
	const id = create(['--jwks-uri', publish('/exchanged', old)])
	assert.equal((await machine(await sign(id, old))).status, 200)
	publish('/exchanged', fresh, old)
	refused(await machine(await sign(id, fresh)), 401, 'invalid_client') // fetched a moment ago
	assert.equal(hits.get('/exchanged'), 1)
	await scraped.stop() // what it has fetched is in its memory alone: the next fetch brings the new key
	const again = await startScraped({ env: scraped.env, port: scraped.port })
	const at = key => sign(id, key, { aud: again.url }).then(text => postForm(`${again.url}/token`, { grant_type: 'client_credentials', ...proof(text) }))
	assert.equal((await at(fresh)).status, 200)
	assert.equal((await at(old)).status, 200)
	assert.equal(hits.get('/exchanged'), 2)
	await again.stop()
})

await finish()
