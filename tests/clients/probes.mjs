// SPDX-License-Identifier: Apache-2.0
// How applications knock before and beside the login (mcp.md 7.2): without a token, with a key of their own, at places that
// older ones guess; and that none of them ever meets a 500, a page, or a redirect.
import { assert, finish, send, startScraped, test } from '../lib/harness.mjs'
import { bearer, Client, mcp } from '../lib/oauth_client.mjs'
import { addUser, Person } from '../lib/person.mjs'

const scraped = await startScraped()
const base = scraped.url
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(base, { name: 'ada', password: 'correct horse battery' })
const { access_token } = await (await Client.register(base)).login(ada)
const discover = { jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } } }
const initialize = { jsonrpc: '2.0', id: 0, method: 'initialize',
	params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'claude-code', version: '2' } } }
const challenge = `Bearer scope="scrape jobs:read jobs:write", resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`

for (const path of ['/mcp', '/mcp/'])
	await test(`${path} is challenged for every method and message`, async () => {
		const knocks = [...['GET', 'HEAD', 'DELETE'].map(method => ({ method })), ...[discover, initialize, 'no json', ''].map(body => ({ method: 'POST', body })),
			{ method: 'GET', headers: { Accept: 'text/event-stream' } }, { method: 'POST', body: initialize, headers: { 'MCP-Protocol-Version': '1999-01-01' } }]
		for (const knock of knocks) {
			const answer = await send(base + path, knock)
			assert.equal(answer.status, 401, JSON.stringify(knock))
			assert.equal(answer.headers['www-authenticate'], challenge)
			if (knock.method !== 'HEAD')
				assert.equal(typeof answer.json?.error, 'string', answer.text)
		}
	})

await test('with a slash it is the same, not a redirect', async () => {
	for (const message of [initialize, { jsonrpc: '2.0', id: 1, method: 'tools/list' }]) {
		const [plain, slash] = await Promise.all(['/mcp', '/mcp/'].map(path => send(base + path, { body: message, headers: { Accept: 'application/json, text/event-stream', ...bearer(access_token) } })))
		assert.equal(slash.status, 200, slash.text)
		assert.deepEqual(slash.json, plain.json)
	}
})

await test('a preflight needs no token', async () => {
	const answer = await send(`${base}/mcp`, { method: 'OPTIONS', headers: { Origin: 'http://localhost:6274', 'Access-Control-Request-Method': 'POST',
		'Access-Control-Request-Headers': 'authorization,content-type,mcp-protocol-version' } })
	assert.equal(answer.status, 204)
	assert.match(answer.headers['access-control-allow-headers'], /authorization/i)
	const refused = await send(`${base}/mcp`, { body: initialize, headers: { Origin: 'http://localhost:6274' } })
	assert.equal(refused.status, 401)
	assert.match(refused.headers['access-control-expose-headers'], /WWW-Authenticate/i)
})

const headers = { none: {}, 'a static header': bearer('not-one-of-ours'), 'a key': bearer(scraped.key), 'a token': bearer(access_token) }
await test('well-known places answer whatever header comes along', async () => {
	const places = { '/.well-known/oauth-protected-resource/mcp': 200, '/.well-known/oauth-protected-resource': 200, '/.well-known/oauth-authorization-server': 200,
		'/.well-known/openid-configuration': 200, '/.well-known/oauth-protected-resource/other': 404, '/.well-known/mcp': 404, '/.well-known/nothing': 404,
		'/mcp/.well-known/oauth-protected-resource': 404, '/.well-known/oauth-authorization-server/other': 404 }
	for (const [path, status] of Object.entries(places))
		for (const [name, sent] of Object.entries(headers))
			for (const method of ['GET', 'HEAD']) {
				const answer = await send(base + path, { method, headers: { ...sent, 'MCP-Protocol-Version': '2025-11-25' } })
				assert.equal(answer.status, status, `${method} ${path} with ${name}`)
				assert.match(answer.headers['content-type'], /^application\/json/, path)
				if (method === 'GET')
					assert.ok(answer.json, path)
			}
	// some append the path of the server: the document, or a plain 404
	for (const path of ['/.well-known/oauth-authorization-server/mcp', '/.well-known/openid-configuration/mcp', '/mcp/.well-known/openid-configuration']) {
		const answer = await send(base + path)
		assert.ok([200, 404].includes(answer.status) && answer.json, `${path} ${answer.status}`)
		if (answer.status === 200)
			assert.equal(answer.json.issuer, base)
	}
})

await test('documents agree with one another, byte for byte', async () => {
	const [resource, server, openid] = await Promise.all(['oauth-protected-resource/mcp', 'oauth-authorization-server', 'openid-configuration']
		.map(async name => (await send(`${base}/.well-known/${name}`)).json))
	assert.equal(resource.resource, `${base}/mcp`)
	assert.deepEqual(resource.authorization_servers, [server.issuer])
	assert.equal(resource.scopes_supported.includes('offline_access'), false)
	for (const [name, value] of Object.entries(server))
		assert.deepEqual(openid[name], value, name)
	// what claude.ai looks at before it uses its document, and what older ones guess without any
	assert.ok(server.client_id_metadata_document_supported && server.token_endpoint_auth_methods_supported.includes('none'))
	assert.deepEqual([server.authorization_endpoint, server.token_endpoint, server.registration_endpoint], ['authorize', 'token', 'register'].map(p => `${base}/${p}`))
	assert.deepEqual(server.code_challenge_methods_supported, ['S256'])
})

await test('two at once refresh with the same token, and both go on', async () => {
	const client = await Client.register(base)
	let { refresh_token } = await client.login(ada)
	for (let round = 0; round < 3; round++) {
		const both = await Promise.all([client.refresh(refresh_token), client.refresh(refresh_token)])
		for (const { status, json, text } of both) {
			assert.equal(status, 200, text)
			assert.equal((await mcp(base, bearer(json.access_token))).status, 200)
		}
		assert.notEqual(both[0].json.refresh_token, both[1].json.refresh_token)
		refresh_token = both[round % 2].json.refresh_token // whichever of the two answers came to be kept
	}
})

await test('the login goes on where another address reads the answer', async () => {
	// claude.ai: the browser is the person's, the token request comes from its cloud, metadata is read again right before
	const client = await Client.register(base, { redirect_uris: ['https://claude.ai/api/mcp/auth_callback'] })
	const given = await client.authorize(ada, { scope: undefined })
	assert.equal((await send(`${base}/.well-known/oauth-authorization-server`)).status, 200)
	const { json } = await client.redeem(given, {}, { 'User-Agent': 'python-httpx/0.28', Origin: 'https://claude.ai' })
	assert.equal(typeof json.expires_in, 'number')
	assert.equal((await mcp(base, bearer(json.access_token))).status, 200)
})

await scraped.stop()
await finish()
