// SPDX-License-Identifier: Apache-2.0
// An agent that signs a person in by itself: given the URL of the server it opens a browser the first time, keeps its tokens
// in a file that only its owner can read, refreshes them, and calls the tool.
//
//	npm install @modelcontextprotocol/client@2
//	node agent.mjs http://127.0.0.1:8080/mcp https://example.com
//
// SCRAPED_TOKENS names the file of the tokens (.scraped-tokens.json), BROWSER the program that opens the page (xdg-open).
import crypto from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'

const [server, page] = process.argv.slice(2)
if (!page) {
	console.error('usage: node agent.mjs URL-OF-THE-SERVER PAGE')
	process.exit(2)
}
const file = process.env.SCRAPED_TOKENS ?? '.scraped-tokens.json'
const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}
const keep = (name, value) => {
	kept[name] = value
	fs.writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
	fs.renameSync(`${file}.new`, file)
}

// The browser comes back to this machine; a program on people's devices has no secret, so any free port will do.
let arrived
const answer = new Promise(done => { arrived = done })
const listener = http.createServer((request, response) => {
	const at = new URL(request.url, 'http://127.0.0.1')
	if (at.pathname !== '/callback' || at.searchParams.get('state') !== kept.state)
		return response.writeHead(404).end()
	response.setHeader('Content-Type', 'text/plain; charset=utf-8').end('You can close this page.\n')
	arrived(at.searchParams)
})
listener.listen(0, '127.0.0.1')
await once(listener, 'listening')
const redirect = `http://127.0.0.1:${listener.address().port}/callback`

const authProvider = {
	redirectUrl: redirect,
	clientMetadata: {
		client_name: 'Sample agent', redirect_uris: [redirect], token_endpoint_auth_method: 'none', application_type: 'native',
		grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
	},
	state: () => {
		keep('state', crypto.randomUUID())
		return kept.state
	},
	clientInformation: () => kept.client,
	saveClientInformation: client => keep('client', client),
	tokens: () => kept.tokens,
	saveTokens: tokens => keep('tokens', tokens),
	codeVerifier: () => kept.verifier,
	saveCodeVerifier: verifier => keep('verifier', verifier),
	discoveryState: () => kept.discovery,
	saveDiscoveryState: discovery => keep('discovery', discovery),
	invalidateCredentials: what => {
		for (const name of what === 'all' ? ['client', 'tokens', 'verifier', 'discovery'] : [what])
			keep(name, undefined)
	},
	redirectToAuthorization: url => {
		console.error(`Sign in here: ${url}`)
		spawn(process.env.BROWSER || 'xdg-open', [url.href], { stdio: 'ignore' }).on('error', () => {})
	},
}

async function connect() {
	const client = new Client({ name: 'sample-agent', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
	const transport = new StreamableHTTPClientTransport(new URL(server), { authProvider })
	try {
		await client.connect(transport)
	} catch (e) {
		if (!(e instanceof UnauthorizedError))
			throw e
		const got = await answer
		if (got.has('error'))
			throw new Error(`not allowed: ${got.get('error')}`)
		await transport.finishAuth(got)
		return connect()
	}
	return client
}

try {
	const client = await connect()
	const result = await client.callTool({ name: 'scrape_url', arguments: { url: page } })
	console.log(result.content[0].text)
	process.exitCode = result.isError ? 1 : 0
	await client.close()
} catch (e) {
	console.error(e.message)
	process.exitCode = 1
}
listener.close()
listener.closeAllConnections()
