// SPDX-License-Identifier: Apache-2.0
// What the applications that people use really register (mcp.md 7.1), each through to a tool call.
import { assert, finish, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { bearer, Client, mcp, scrape } from '../lib/oauth_client.mjs'
import { addUser, Person } from '../lib/person.mjs'

const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1><p>A page.'))
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_REGISTRATION_PER_HOUR: '1000' } })
const base = scraped.url
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(base, { name: 'ada', password: 'correct horse battery' })
const native = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none' }

/** used: where the application listens when the person comes back, if it is not what it registered. */
const applications = {
	Cursor: { used: ['cursor://anysphere.cursor-mcp/oauth/callback', 'https://www.cursor.com/agents/mcp/oauth/callback', 'http://localhost:8787/callback'],
		body: { client_name: 'Cursor', ...native, redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback',
			'https://www.cursor.com/agents/mcp/oauth/callback', 'http://localhost:8787/callback'] } },
	'VS Code': { used: ['https://vscode.dev/redirect', 'http://127.0.0.1:33418/', 'http://127.0.0.1:50123/'],
		body: { client_name: 'Visual Studio Code', client_uri: 'https://code.visualstudio.com', application_type: 'native',
			grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'], response_types: ['code'], token_endpoint_auth_method: 'none',
			redirect_uris: ['https://insiders.vscode.dev/redirect', 'https://vscode.dev/redirect', 'http://127.0.0.1/', 'http://127.0.0.1:33418/'] } },
	'claude.ai': { used: ['https://claude.ai/api/mcp/auth_callback'],
		body: { client_name: 'Claude', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none', scope: 'scrape jobs:read jobs:write',
			redirect_uris: ['https://claude.ai/api/mcp/auth_callback'] } },
	'claude.ai confidential': { used: ['https://claude.com/api/mcp/auth_callback'],
		body: { client_name: 'Claude', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post',
			redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'] } },
	'Claude Code': { used: ['http://localhost:54545/callback'],
		body: { client_name: 'Claude Code (scraped)', ...native, redirect_uris: ['http://localhost/callback'] } },
	ChatGPT: { used: ['https://chatgpt.com/connector/oauth/abc123'],
		body: { client_name: 'ChatGPT', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic',
			redirect_uris: ['https://chatgpt.com/connector/oauth/abc123', 'https://chatgpt.com/connector_platform_oauth_redirect'] } },
	Codex: { used: ['http://127.0.0.1:1455/callback/x7', 'http://127.0.0.1:40000/callback/x7'],
		body: { client_name: 'Codex', ...native, redirect_uris: ['http://127.0.0.1:1455/callback/x7'] } },
	'mcp-remote': { used: ['http://localhost:3334/oauth/callback'],
		body: { client_name: 'MCP CLI Proxy', client_uri: 'https://github.com/modelcontextprotocol/mcp-cli', software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
			software_version: '1.0.0', ...native, redirect_uris: ['http://localhost:3334/oauth/callback'] } },
	Inspector: { used: ['http://127.0.0.1:6276/oauth/callback', 'http://localhost:6274/oauth/callback'],
		body: { client_name: 'MCP Inspector', client_uri: 'https://github.com/modelcontextprotocol/inspector', application_type: 'native', ...native,
			redirect_uris: ['http://localhost:6274/oauth/callback', 'http://127.0.0.1:6276/oauth/callback', 'http://localhost:6274/oauth/callback/debug'] } },
}

for (const [name, { body, used }] of Object.entries(applications)) {
	await test(`${name} leads to a tool call`, async () => {
		assert.equal((await mcp(base)).status, 401)
		const client = await Client.register(base, body)
		const { registered } = client
		assert.deepEqual(registered.redirect_uris, body.redirect_uris)
		assert.deepEqual(registered.grant_types, body.grant_types)
		assert.equal(registered.token_endpoint_auth_method, body.token_endpoint_auth_method)
		assert.equal('client_secret' in registered, body.token_endpoint_auth_method !== 'none')
		assert.equal(registered.client_name, body.client_name)
		for (const redirect of used) {
			client.redirect = redirect
			for (const scope of [undefined, 'scrape', 'scrape offline_access']) {
				const { code, verifier, back } = await client.authorize(ada, { scope })
				assert.ok(back.href.startsWith(redirect), back.href)
				const { json } = await client.redeem({ code, verifier }, { resource: `${base}/mcp` })
				assert.equal(json.token_type, 'Bearer')
				assert.equal(typeof json.expires_in, 'number')
				const called = await scrape(base, bearer(json.access_token), `${origin.url}/`)
				assert.match(called.json.result.content[0].text, /^# Hello/)
				const again = await client.refresh(json.refresh_token)
				assert.equal(again.status, 200, again.text)
				assert.equal((await mcp(base, bearer(again.json.access_token))).status, 200)
			}
		}
	})
}

await scraped.stop()
await finish()
