// SPDX-License-Identifier: Apache-2.0
// The official SDKs v1 and v2 log in for real: 401, discovery, registration, a person in a browser, tokens, tools; then what
// happens to clients later: expired and revoked tokens, too little scope, two processes that refresh at once.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { assert, binary, finish, pythonDocs, run, startNginx, startScraped, tempDir, test } from '../lib/harness.mjs'
import { claimsOf, Client as Plain, mcp, bearer } from '../lib/oauth_client.mjs'
import { forge } from '../lib/database.mjs'
import { addUser, forms, Person } from '../lib/person.mjs'
import { startDocuments } from '../lib/client_documents.mjs'

const sdk1 = {
	...await import('@modelcontextprotocol/sdk/client/index.js'),
	...await import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
	...await import('@modelcontextprotocol/sdk/client/auth.js'),
	...await import('@modelcontextprotocol/sdk/client/auth-extensions.js'),
}
const sdk2 = await import('@modelcontextprotocol/client')
const NOW = '2026-07-28'
const kinds = {
	v1: { sdk: sdk1, options: {} },
	v2_default: { sdk: sdk2, options: {} },
	v2_auto: { sdk: sdk2, options: { versionNegotiation: { mode: 'auto' } }, version: NOW },
	v2_pinned: { sdk: sdk2, options: { versionNegotiation: { mode: { pin: NOW } } }, version: NOW },
}

const nginx = await startNginx({ root: pythonDocs() })
const documents = await startDocuments()
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: `${nginx.host},${documents.host}`, SCRAPED_CA_FILE: documents.ca,
	SCRAPED_REGISTRATION_PER_HOUR: '1000' } })
const url = new URL(`${scraped.url}/mcp`), page = `${nginx.url}/tutorial/errors.html`
const PASSWORD = 'correct horse battery'
const people = {}
for (const name of Object.keys(kinds)) {
	addUser(scraped.env, name, PASSWORD)
	people[name] = new Person(scraped.url, { name, password: PASSWORD })
}

/** What an application has to write for the SDKs: a place for what they learn, and a way to the browser. */
class Memory {
	constructor({ redirect = 'http://127.0.0.1:43117/callback', metadata = {}, ...kept } = {}) {
		Object.assign(this, { redirect, kept, opened: [], scopes: [] })
		this.clientMetadata = { client_name: 'SDK test', redirect_uris: [redirect], grant_types: ['authorization_code', 'refresh_token'],
			response_types: ['code'], token_endpoint_auth_method: 'none', ...metadata }
	}
	get redirectUrl() { return this.redirect }
	state() { return this.kept.state = crypto.randomUUID() }
	clientInformation() { return this.kept.client }
	saveClientInformation(client) { this.kept.client = client }
	tokens() { return this.kept.tokens }
	saveTokens(tokens) { this.kept.tokens = tokens }
	redirectToAuthorization(where) { this.opened.push(where) }
	saveCodeVerifier(verifier) { this.kept.verifier = verifier }
	codeVerifier() { return this.kept.verifier }
	saveDiscoveryState(state) { this.kept.discovery = state }
	discoveryState() { return this.kept.discovery }
	invalidateCredentials(scope) {
		this.scopes.push(scope)
		for (const name of { all: ['client', 'tokens', 'verifier', 'discovery'], client: ['client'], tokens: ['tokens'], verifier: ['verifier'],
			discovery: ['discovery'] }[scope] ?? [])
			delete this.kept[name]
	}
}

const transportOf = ({ sdk }, authProvider, options = {}) => new sdk.StreamableHTTPClientTransport(url, { authProvider, ...options })

async function connect(kind, authProvider, options) {
	const client = new kind.sdk.Client({ name: 'scraped-tests', version: '1' }, kind.options)
	const link = transportOf(kind, authProvider, options)
	await client.connect(link)
	return Object.assign(client, { link })
}

/** The person answers what the SDK has opened last; the code goes to the transport. */
async function goBack(kind, memory, link, person) {
	const back = await person.allow(memory.opened.at(-1).href)
	assert.equal(back.searchParams.get('state'), memory.kept.state)
	assert.equal(back.searchParams.get('iss'), scraped.url)
	assert.ok(back.href.startsWith(memory.redirect))
	await link.finishAuth(kind.sdk === sdk2 ? back.searchParams : back.searchParams.get('code'))
}

async function logIn(kind, memory, person) {
	const client = new kind.sdk.Client({ name: 'scraped-tests', version: '1' }, kind.options)
	const link = transportOf(kind, memory)
	const before = memory.opened.length
	await assert.rejects(client.connect(link), kind.sdk.UnauthorizedError)
	assert.equal(memory.opened.length, before + 1)
	await goBack(kind, memory, link, person)
	return connect(kind, memory)
}

const call = (kind, client, args) => kind.sdk === sdk1 ? client.callTool({ name: 'scrape_url', arguments: args }, undefined)
	: client.callTool({ name: 'scrape_url', arguments: args })

async function works(kind, client) {
	const { tools } = await client.listTools()
	assert.ok(tools.some(tool => tool.name === 'scrape_url'))
	const result = await call(kind, client, { url: page })
	assert.ok(!result.isError, JSON.stringify(result.content))
	assert.match(result.content[0].text, /8\. Errors and Exceptions/)
	if (kind.version)
		assert.equal(client.getNegotiatedProtocolVersion(), kind.version)
}

/** Presses Revoke on the person's settings page, for every application there. */
async function revokeAll(person) {
	await person.signIn()
	const all = forms((await person.visit('/settings')).text).filter(form => /^\/settings\/clients\/[^/]+\/revoke$/.test(form.action))
	assert.ok(all.length > 0)
	for (const { action, fields } of all)
		assert.equal((await person.visit(action, { fields })).status, 200)
}

/** The same token, but expired an hour ago. */
async function expired(token) {
	const claims = claimsOf(token)
	return forge(scraped, { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 })
}

for (const [name, kind] of Object.entries(kinds)) {
	const person = people[name]
	const memory = new Memory()
	let client
	await test(`${name} logs in with the URL alone`, async () => {
		client = await logIn(kind, memory, person)
		await works(kind, client)
		const { client_id, token_endpoint_auth_method } = memory.kept.client
		assert.match(client_id, /^\S+$/)
		assert.equal(token_endpoint_auth_method, 'none')
		const asked = memory.opened[0].searchParams
		assert.deepEqual([asked.get('resource'), asked.get('code_challenge_method'), asked.get('client_id')], [url.href, 'S256', client_id])
		assert.match(asked.get('scope'), /^scrape jobs:read jobs:write/)
		const { token_type, expires_in, scope, refresh_token } = memory.kept.tokens
		assert.deepEqual([token_type, expires_in], ['Bearer', 3600])
		assert.match(scope, /\bscrape\b/)
		assert.ok(refresh_token)
	})

	await test(`${name} refreshes a token that has expired`, async () => {
		const { refresh_token, access_token } = memory.kept.tokens
		memory.kept.tokens.access_token = await expired(access_token)
		assert.equal((await mcp(scraped.url, bearer(memory.kept.tokens.access_token))).status, 401)
		await works(kind, client)
		assert.notEqual(memory.kept.tokens.refresh_token, refresh_token)
		assert.equal(memory.opened.length, 1)
		assert.deepEqual(memory.scopes, [])
	})

	await test(`${name} in two processes refreshes at once`, async () => {
		const other = new Memory(structuredClone(memory.kept))
		const stale = await expired(memory.kept.tokens.access_token)
		memory.kept.tokens.access_token = other.kept.tokens.access_token = stale
		const twin = await Promise.all([works(kind, client), connect(kind, other).then(async c => { await works(kind, c); return c })])
		assert.notEqual(memory.kept.tokens.refresh_token, other.kept.tokens.refresh_token)
		// and each goes on with what it got
		for (const [c, m] of [[client, memory], [twin[1], other]]) {
			m.kept.tokens.access_token = stale
			await works(kind, c)
			assert.equal(m.opened.length, m === memory ? 1 : 0)
		}
		await twin[1].close()
	})

	await test(`${name} logs in again after the person has revoked it`, async () => {
		await revokeAll(person)
		// the tool list may come from the SDK's own memory: a call does not
		await assert.rejects(call(kind, client, { url: page }), kind.sdk.UnauthorizedError)
		assert.deepEqual(memory.scopes, ['tokens'])
		assert.equal(memory.opened.length, 2)
		await goBack(kind, memory, client.link, person)
		await works(kind, client)
		await client.close()
	})

	await test(`${name} registers again when the server has forgotten it`, async () => {
		const client_id = memory.kept.client.client_id
		memory.kept.tokens.access_token = 'a.b.c'
		const gone = run(binary, ['client', 'revoke', client_id], { env: scraped.env })
		assert.equal(gone.status, 0, gone.err)
		memory.scopes.length = 0
		await works(kind, client = await logIn(kind, memory, person))
		assert.equal(memory.scopes.includes('all') || memory.scopes.includes('client'), true, String(memory.scopes))
		assert.notEqual(memory.kept.client.client_id, client_id)
		await client.close()
	})

	await test(`${name} is described by a document`, async () => {
		const described = new Memory({ metadata: {} })
		described.clientMetadataUrl = documents.serve(`/sdk/${name}.json`, { ...described.clientMetadata, redirect_uris: ['http://127.0.0.1/callback'] })
		const own = await logIn(kind, described, person)
		await works(kind, own)
		assert.equal(described.kept.client.client_id, described.clientMetadataUrl)
		assert.equal(claimsOf(described.kept.tokens.access_token).client_id, described.clientMetadataUrl)
		await own.close()
	})

	for (const method of ['client_secret_basic', 'client_secret_post'])
		await test(`${name} keeps a secret (${method})`, async () => {
			const host = new Memory({ redirect: 'https://host.example/callback', metadata: { token_endpoint_auth_method: method } })
			const own = await logIn(kind, host, person)
			assert.equal(host.kept.client.token_endpoint_auth_method, method)
			assert.ok(host.kept.client.client_secret)
			host.kept.tokens.access_token = await expired(host.kept.tokens.access_token)
			await works(kind, own)
			assert.equal(host.opened.length, 1)
			await own.close()
		})

	if (kind.sdk === sdk2)
		await test(`${name} binds its tokens to a key (DPoP)`, async () => {
			const bound = new Memory(), session = await sdk2.DpopSession.create()
			bound.dpop = () => session
			const own = await logIn(kind, bound, person)
			await works(kind, own)
			assert.equal(bound.kept.tokens.token_type, 'DPoP')
			const { access_token } = bound.kept.tokens
			assert.equal(claimsOf(access_token).cnf.jkt, session.thumbprint)
			assert.equal((await mcp(scraped.url, bearer(access_token))).status, 401)
			bound.kept.tokens.access_token = await expired(access_token)
			await works(kind, own)
			assert.equal(bound.opened.length, 1)
			await own.close()
		})

	await test(`${name} steps up to the scope that a tool needs`, async () => {
		const plain = await Plain.register(scraped.url, { redirect_uris: [memory.redirect] })
		const { refresh_token, ...tokens } = await plain.login(person, { scope: 'jobs:read' })
		assert.ok(refresh_token)
		const low = new Memory({ client: plain.registered, tokens })
		const own = await connect(kind, low)
		await own.listTools()
		await assert.rejects(call(kind, own, { url: page }), kind.sdk.UnauthorizedError)
		assert.match(low.opened[0].searchParams.get('scope'), /\bscrape\b/)
		await goBack(kind, low, own.link, person)
		await works(kind, own)
		await own.close()
	})

	await test(`${name} logs in without a person, by a signed assertion`, async () => {
		const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true }), file = path.join(tempDir(), 'jwks.json')
		fs.writeFileSync(file, JSON.stringify({ keys: [{ ...await exportJWK(publicKey), alg: 'ES256', use: 'sig' }] }))
		const made = run(binary, ['client', 'create', '--name', `signer ${name}`, '--scopes', 'scrape', '--user', name, '--jwks', file], { env: scraped.env })
		assert.equal(made.status, 0, made.err)
		const [, clientId] = /^client_id=(\S+)\n$/.exec(made.out)
		const machine = new kind.sdk.PrivateKeyJwtProvider({ clientId, privateKey: await exportPKCS8(privateKey), algorithm: 'ES256', expectedIssuer: scraped.url })
		const own = await connect(kind, machine)
		await works(kind, own)
		await machine.saveTokens({ ...await machine.tokens(), access_token: await expired((await machine.tokens()).access_token) })
		await works(kind, own)
		await own.close()
	})

	await test(`${name} logs in without a person, by a secret`, async () => {
		const made = run(binary, ['client', 'create', '--name', `machine ${name}`, '--scopes', 'scrape', '--user', name], { env: scraped.env })
		assert.equal(made.status, 0, made.err)
		const [, clientId, clientSecret] = /^client_id=(\S+)\nclient_secret=(\S+)\n$/.exec(made.out)
		const machine = new kind.sdk.ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer: scraped.url })
		const own = await connect(kind, machine)
		await works(kind, own)
		assert.equal((await machine.tokens()).refresh_token, undefined)
		// an expired token is replaced by asking again
		const first = (await machine.tokens()).access_token
		await machine.saveTokens({ ...await machine.tokens(), access_token: await expired(first) })
		await works(kind, own)
		assert.notEqual((await machine.tokens()).access_token, first)
		await own.close()
		const wrong = new kind.sdk.ClientCredentialsProvider({ clientId, clientSecret: `${clientSecret}x`, expectedIssuer: scraped.url })
		await assert.rejects(connect(kind, wrong), e => /invalid_client/.test(`${e.errorCode} ${e.code} ${e.message}`))
	})
}

await scraped.stop()
await finish()
