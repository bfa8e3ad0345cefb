// SPDX-License-Identifier: Apache-2.0
// mcp-remote, the bridge for hosts that only start programs: it opens a browser, a person allows it, and the host on its
// standard input and output gets the tools. Its tokens lie in a folder and hold through restarts.
import fs from 'node:fs'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { assert, binary, finish, freePort, needsLocalhost, node22, onFinish, pythonDocs, run, startNginx, startScraped, tempDir, test, testsDir, until } from '../lib/harness.mjs'
import { claimsOf } from '../lib/oauth_client.mjs'
import { change, forge } from '../lib/database.mjs'
import { makeOpener } from '../lib/opener.mjs'
import { addUser, forms, Person } from '../lib/person.mjs'
import { startDocuments } from '../lib/client_documents.mjs'

const nginx = await startNginx({ root: pythonDocs() })
const documents = await startDocuments()
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: `${nginx.host},${documents.host}`, SCRAPED_CA_FILE: documents.ca } })
const url = `${scraped.url}/mcp`, page = `${nginx.url}/tutorial/errors.html`
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(scraped.url, { name: 'ada', password: 'correct horse battery' })
const opener = makeOpener()
const program = path.join(testsDir, 'node_modules/mcp-remote/dist/proxy.js')

/** Starts the bridge as a host would; the MCP client on its pipe, not yet connected. */
function bridge(config, args = [], env = {}) {
	const link = new StdioClientTransport({ command: node22, args: [program, url, ...args], stderr: 'pipe',
		env: { ...process.env, ...opener.env, HOME: config, MCP_REMOTE_CONFIG_DIR: config, ...env } })
	const client = new Client({ name: 'scraped-tests', version: '1' })
	client.said = ''
	link.stderr.on('data', text => { client.said += text })
	client.ready = client.connect(link, { timeout: 120000 })
	client.ready.catch(() => {})
	onFinish(() => client.close())
	return client
}

async function works(client) {
	const { tools } = await client.listTools()
	assert.ok(tools.some(tool => tool.name === 'scrape_url'))
	const result = await client.callTool({ name: 'scrape_url', arguments: { url: page } })
	assert.ok(!result.isError, JSON.stringify(result.content))
	assert.match(result.content[0].text, /8\. Errors and Exceptions/)
}

/** Its files that end like this. */
const kept = (config, end) => fs.readdirSync(config, { recursive: true }).filter(name => name.endsWith(end)).map(name => path.join(config, name))
const read = file => JSON.parse(fs.readFileSync(file, 'utf8'))
const settled = async (client, what) => {
	try {
		return await what
	} catch (e) {
		throw new Error(`${e.message}\n${client.said}`)
	}
}

async function logIn(config, args) {
	const client = bridge(config, args)
	const answer = await settled(client, opener.play(ada))
	assert.equal(answer.status, 200, answer.text)
	assert.ok(answer.back.searchParams.get('code'))
	await settled(client, client.ready)
	return client
}

for (const [era, args] of [['legacy', []], ['auto', ['--protocol', 'auto']]]) {
	const config = tempDir()
	await test(`${era}: a person logs in through the browser`, async () => {
		await needsLocalhost() // where mcp-remote waits for the browser
		const client = await logIn(config, args)
		await works(client)
		await client.close()
	})

	await test(`${era}: a restart needs nobody`, async () => {
		await needsLocalhost() // where mcp-remote waits for the browser
		const before = opener.opened().length
		const client = bridge(config, args)
		await settled(client, client.ready)
		await works(client)
		await client.close()
		assert.equal(opener.opened().length, before)
	})

	await test(`${era}: an expired token is refreshed`, async () => {
		await needsLocalhost() // where mcp-remote waits for the browser
		const before = opener.opened().length
		const [file] = kept(config, '_tokens.json')
		const tokens = read(file), claims = claimsOf(tokens.access_token)
		fs.writeFileSync(file, JSON.stringify({ ...tokens, access_token: await forge(scraped, { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }) }))
		const client = bridge(config, args)
		await settled(client, client.ready)
		await works(client)
		await client.close()
		assert.notEqual(read(file).refresh_token, tokens.refresh_token)
		assert.equal(opener.opened().length, before)
	})

	await test(`${era}: after a revocation the browser opens again`, async () => {
		await needsLocalhost() // where mcp-remote waits for the browser
		change(scraped, 'UPDATE grants SET revoked_ms = 1 WHERE revoked_ms = 0')
		const client = await logIn(config, args)
		await works(client)
		await client.close()
	})
}

await test('a refusal is told to the host', async () => {
	await needsLocalhost() // where mcp-remote waits for the browser
	const client = bridge(tempDir())
	const { back } = await settled(client, opener.play(ada, { answer: 'deny' }))
	assert.equal(back.searchParams.get('error'), 'access_denied')
	await assert.rejects(client.ready)
})

await test('a client described by a document', async () => {
	await needsLocalhost() // where mcp-remote waits for the browser
	const port = await freePort(), config = tempDir()
	const id = documents.serve('/remote.json', { client_name: 'Bridge', redirect_uris: [`http://localhost:${port}/oauth/callback`], token_endpoint_auth_method: 'none' })
	const client = await logIn(config, [String(port), '--client-metadata-url', id])
	await works(client)
	await client.close()
	assert.equal(claimsOf(read(kept(config, '_tokens.json')[0]).access_token).client_id, id)
})

await test('in a terminal without a browser, by a code', async () => {
	const config = tempDir(), before = opener.opened().length
	const client = bridge(config, ['--device-code'])
	const address = await settled(client, until(() => /visit:\s+\[\d+\] +(http\S+)/.exec(client.said)?.[1], 'the address for the person'))
	const page = await ada.signIn(await ada.visit(address))
	const shown = forms(page.text).some(form => 'code' in form.fields) ? await ada.submit(page, 'code', {}) : page
	await ada.submit(shown, 'answer', { answer: 'allow' })
	await settled(client, client.ready)
	await works(client)
	await client.close()
	const again = bridge(config, ['--device-code']) // and it is asked for once only
	await settled(again, again.ready)
	await works(again)
	await again.close()
	assert.equal(opener.opened().length, before)
})

await test('without a person, by client credentials', async () => {
	const before = opener.opened().length
	const made = run(binary, ['client', 'create', '--name', 'bridge', '--scopes', 'scrape'], { env: scraped.env })
	assert.equal(made.status, 0, made.err)
	const [, id, secret] = /^client_id=(\S+)\nclient_secret=(\S+)\n$/.exec(made.out)
	const client = bridge(tempDir(), ['--client-credentials', '--static-oauth-client-info', `{"client_id":"${id}","client_secret":"\${MACHINE_SECRET}"}`], { MACHINE_SECRET: secret })
	await settled(client, client.ready)
	await works(client)
	await client.close()
	assert.equal(opener.opened().length, before)
})

await scraped.stop()
await finish()
