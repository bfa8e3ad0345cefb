// SPDX-License-Identifier: Apache-2.0
// Applications that are described by a document at their own address (mcp.md 7.1): the documents are shaped like those that
// they publish, a real nginx serves them over TLS, and each leads to a tool call.
import crypto from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { assert, finish, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { bearer, claimsOf, Client, mcp, scrape } from '../lib/oauth_client.mjs'
import { startDocuments } from '../lib/client_documents.mjs'
import { addUser, Person } from '../lib/person.mjs'

const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1><p>A page.'))
const documents = await startDocuments()
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: `${origin.host},${documents.host}`, SCRAPED_CA_FILE: documents.ca, SCRAPED_REGISTRATION: 'off' } })
const base = scraped.url
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(base, { name: 'ada', password: 'correct horse battery' })
const code = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }

/** used: where the application listens when the person comes back. */
const applications = {
	'claude.ai': { path: '/oauth/mcp-oauth-client-metadata', used: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
		document: { client_name: 'Claude', client_uri: 'https://claude.ai', ...code, token_endpoint_auth_method: 'none',
			redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'] } },
	'Claude Code': { path: '/oauth/claude-code-client-metadata', used: ['http://localhost:54545/callback', 'http://127.0.0.1:61000/callback'],
		document: { client_name: 'Claude Code', client_uri: 'https://claude.ai', ...code, token_endpoint_auth_method: 'none',
			redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'] } },
	'VS Code': { path: '/oauth/client-metadata.json', used: ['https://vscode.dev/redirect', 'http://127.0.0.1:33418/', 'http://127.0.0.1:50123/'],
		document: { client_name: 'Visual Studio Code', client_uri: 'https://code.visualstudio.com/', application_type: 'native', token_endpoint_auth_method: 'none',
			response_types: ['code'], grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
			redirect_uris: ['http://127.0.0.1:33418/', 'http://127.0.0.1/', 'https://vscode.dev/redirect', 'https://insiders.vscode.dev/redirect'] } },
	// it prefers to sign, and lists none beside that: here it comes without a signature
	ChatGPT: { path: '/oauth/IbUR3zxyNQ16/client.json', used: ['https://chatgpt.com/connector/oauth/IbUR3zxyNQ16'],
		document: { client_name: 'ChatGPT', client_uri: 'https://chatgpt.com/', ...code, token_endpoint_auth_method: 'private_key_jwt',
			token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'], token_endpoint_auth_signing_alg: 'RS256',
			jwks_uri: 'https://chatgpt.com/oauth/jwks.json', redirect_uris: ['https://chatgpt.com/connector/oauth/IbUR3zxyNQ16'] } },
	Codex: { path: '/oauth/codex/client.json', used: ['http://127.0.0.1:1455/callback/x7', 'http://127.0.0.1:40000/callback/x7'],
		document: { client_name: 'Codex', client_uri: 'https://chatgpt.com/', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/callback/x7'] } },
}

for (const [name, { path, document, used }] of Object.entries(applications))
	await test(`${name} leads to a tool call`, async () => {
		const client = Object.assign(new Client(base, document), { id: documents.serve(path, document) })
		for (const redirect of used)
			for (const scope of [undefined, 'scrape', 'scrape offline_access']) {
				client.redirect = redirect
				const { back, ...given } = await client.authorize(ada, { scope })
				assert.ok(back.href.startsWith(redirect), back.href)
				const { status, json, text } = await client.redeem(given, { resource: `${base}/mcp` })
				assert.equal(status, 200, text)
				assert.equal(claimsOf(json.access_token).client_id, client.id)
				assert.ok(json.refresh_token) // also where the document names no grant types
				const called = await scrape(base, bearer(json.access_token), `${origin.url}/`)
				assert.match(called.json.result.content[0].text, /^# Hello/)
				const again = await client.refresh(json.refresh_token)
				assert.equal(again.status, 200, again.text)
				assert.equal((await mcp(base, bearer(again.json.access_token))).status, 200)
			}
		assert.equal(documents.log().filter(row => row.path === path).length, 1) // kept, not fetched for each login
	})

await test('ChatGPT signs who it is', async () => {
	const { privateKey, publicKey } = await generateKeyPair('RS256'), path = '/oauth/signs/client.json'
	const jwks_uri = documents.publish('/oauth/jwks.json', { keys: [{ ...await exportJWK(publicKey), kid: 'cimd-1', alg: 'RS256', use: 'sig' }] })
	const [redirect] = applications.ChatGPT.used
	for (const methods of [['none', 'private_key_jwt'], undefined]) {
		const document = { ...applications.ChatGPT.document, token_endpoint_auth_methods_supported: methods, jwks_uri }
		const where = `${path}${methods ? '' : '.strict'}`
		const client = Object.assign(new Client(base, document), { id: documents.serve(where, document), redirect })
		const signed = async () => ({ client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
			client_assertion: await new SignJWT({ jti: crypto.randomUUID() }).setProtectedHeader({ alg: 'RS256', kid: 'cimd-1', typ: 'JWT' })
				.setIssuer(client.id).setSubject(client.id).setAudience(`${base}/token`).setIssuedAt().setExpirationTime('5m').sign(privateKey) })
		const { status, json, text } = await client.redeem(await client.authorize(ada, { scope: undefined }), await signed())
		assert.equal(status, 200, text)
		const called = await scrape(base, bearer(json.access_token), `${origin.url}/`)
		assert.match(called.json.result.content[0].text, /^# Hello/)
		assert.equal((await client.refresh(json.refresh_token, await signed())).status, 200)
		if (!methods) // who has not listed none must sign
			assert.equal((await client.redeem(await client.authorize(ada))).json.error, 'invalid_client')
	}
})

await test('the person sees where the document is and where the answer goes', async () => {
	const { path, document } = applications['Claude Code']
	const client = Object.assign(new Client(base, document), { id: documents.serve(path, document), redirect: 'http://localhost:54545/callback' })
	const { text } = await ada.signIn(await ada.visit(client.url()))
	for (const part of ['<span class="client">Claude Code</span>', 'Described by</dt><dd><strong class="host">127.0.0.1<', 'Sends you to</dt><dd><strong class="host">localhost:54545<'])
		assert.ok(text.includes(part), part)
})

await test('another redirect than the document\'s is never followed', async () => {
	const { path, document } = applications['claude.ai']
	const client = Object.assign(new Client(base, document), { id: documents.serve(path, document) })
	for (const redirect_uri of ['https://claude.ai.evil.example/api/mcp/auth_callback', 'https://claude.ai/api/mcp/auth_callback/', 'http://localhost:54545/callback']) {
		const answer = await ada.ask(client.url({ redirect_uri }))
		assert.equal(answer.status, 400)
		assert.equal(answer.location, undefined)
	}
})

await scraped.stop()
await finish()
