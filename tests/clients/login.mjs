// SPDX-License-Identifier: Apache-2.0
// The official MCP SDKs log in for real: given nothing but the URL they find the server, register,
// send the person to the browser, redeem the code, call the tool, refresh, and start again by
// themselves when their tokens were revoked.
import { assert, finish, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { addUser, Person } from '../lib/person.mjs'
import { change } from '../lib/database.mjs'

const sdk1 = { ...await import('@modelcontextprotocol/sdk/client/index.js'), ...await import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
	...await import('@modelcontextprotocol/sdk/client/auth.js') }
const sdk2 = await import('@modelcontextprotocol/client')

const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1><p>A page.'))
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host } })
const url = new URL(`${scraped.url}/mcp`)
addUser(scraped.env, 'ada', 'correct horse battery')

/** What a host application keeps for one server. */
class Provider {
	constructor(redirect, metadata = {}) {
		Object.assign(this, { redirect, metadata, sent: [] })
	}
	get redirectUrl() { return this.redirect }
	get clientMetadata() {
		return { client_name: 'SDK host', redirect_uris: [this.redirect], grant_types: ['authorization_code', 'refresh_token'],
			response_types: ['code'], token_endpoint_auth_method: 'none', ...this.metadata }
	}
	state() { return 'state-of-the-host' }
	clientInformation() { return this.client }
	saveClientInformation(client) { this.client = client }
	tokens() { return this.kept }
	saveTokens(tokens) { this.kept = tokens }
	redirectToAuthorization(to) { this.sent.push(String(to)) }
	saveCodeVerifier(verifier) { this.verifier = verifier }
	codeVerifier() { return this.verifier }
	saveDiscoveryState(found) { this.found = found }
	discoveryState() { return this.found }
	invalidateCredentials(what) {
		if (what === 'all' || what === 'client')
			this.client = undefined
		if (what === 'all' || what === 'tokens')
			this.kept = undefined
	}
}

const kinds = {
	v1: { sdk: sdk1, options: {} },
	v2: { sdk: sdk2, options: {} },
	v2_modern: { sdk: sdk2, options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
}

for (const [name, { sdk, options }] of Object.entries(kinds)) {
	const ada = new Person(scraped.url, { name: 'ada', password: 'correct horse battery' })
	const connect = async provider => {
		const client = new sdk.Client({ name: 'scraped-tests', version: '1.0.0' }, options)
		const transport = new sdk.StreamableHTTPClientTransport(url, { authProvider: provider })
		await client.connect(transport)
		return client
	}
	/** Connects; where the person is asked for, they allow it, and it connects again. */
	const login = async provider => {
		const before = provider.sent.length
		try {
			return await connect(provider)
		} catch (e) {
			assert.equal(provider.sent.length, before + 1, `${e.stack}`)
		}
		const back = await ada.allow(provider.sent.at(-1))
		assert.ok(back.href.startsWith(provider.redirect), back.href)
		assert.equal(back.searchParams.get('state'), 'state-of-the-host')
		const transport = new sdk.StreamableHTTPClientTransport(url, { authProvider: provider })
		// v2 wants the whole answer, so that it can look at iss; v1 the code alone
		await transport.finishAuth(sdk === sdk2 ? back.searchParams : back.searchParams.get('code'))
		return connect(provider)
	}
	const works = async client => {
		const { tools } = await client.listTools()
		assert.deepEqual(tools.map(t => t.name), ['scrape_url'])
		const result = await client.callTool({ name: 'scrape_url', arguments: { url: `${origin.url}/` } })
		assert.match(result.content[0].text, /^# Hello/)
	}

	for (const [method, redirect] of [['none', 'http://localhost:3118/callback'], ['client_secret_post', 'https://host.example/callback'], ['client_secret_basic', 'https://host.example/callback']]) {
		await test(`${name} logs in (${method})`, async () => {
			const provider = new Provider(redirect, { token_endpoint_auth_method: method })
			const client = await login(provider)
			await works(client)
			assert.equal(new URL(provider.sent[0]).searchParams.get('resource'), url.href)
			assert.equal(provider.kept.expires_in, 3600)
			await client.close()

			const first = provider.kept.refresh_token // an unusable access token: the SDK refreshes by itself
			provider.kept = { ...provider.kept, access_token: 'a.b.c' }
			const again = await connect(provider)
			await works(again)
			assert.notEqual(provider.kept.refresh_token, first)
			assert.equal(provider.sent.length, 1)
			await again.close()

			change(scraped, 'UPDATE grants SET revoked_ms = 1') // everything is revoked: it asks the person anew
			const anew = await login(provider)
			await works(anew)
			assert.equal(provider.sent.length, 2)
			await anew.close()

			change(scraped, 'UPDATE grants SET revoked_ms = 1')
			change(scraped, 'DELETE FROM clients') // and the client is forgotten: it registers anew
			const { client_id } = provider.client
			provider.invalidateCredentials('tokens')
			provider.client = undefined
			await works(await login(provider))
			assert.notEqual(provider.client.client_id, client_id)
		})
	}
}

await scraped.stop()
await finish()
