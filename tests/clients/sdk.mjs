// SPDX-License-Identifier: Apache-2.0
// Real MCP clients against the built server, over HTTP and on a pipe: the official SDK v1 (legacy
// eras) and v2 (both eras), and the Inspector's command line. Each lists the tools and reads a real
// page that a real nginx serves.
import path from 'node:path'
import fs from 'node:fs'
import { assert, binary, finish, node22, pythonDocs, run, startNginx, startOrigin, startScraped, tempDir, test, testsDir, until } from '../lib/harness.mjs'

const modules = path.join(testsDir, 'node_modules')
const docs = pythonDocs()
if (!docs || !fs.existsSync(path.join(modules, '@modelcontextprotocol'))) {
	await test('clients', () => { throw new Error('python3-doc or tests/node_modules is missing: run script/bootstrap test') })
	await finish()
}
const sdk1 = {
	...await import('@modelcontextprotocol/sdk/client/index.js'),
	...await import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
	...await import('@modelcontextprotocol/sdk/client/stdio.js'),
}
const sdk2 = { ...await import('@modelcontextprotocol/client'), ...await import('@modelcontextprotocol/client/stdio') }

const nginx = await startNginx({ root: docs })
let hangs = 0
const origin = await startOrigin((q, r) => {
	hangs++
	r.on('close', () => { hangs-- })
})
const targets = { SCRAPED_ALLOW_TARGETS: `${nginx.host},${origin.host}` }
const scraped = await startScraped({ env: targets })
const page = `${nginx.url}/tutorial/errors.html`

const NOW = '2026-07-28', LATEST_LEGACY = '2025-11-25'
const v2 = mode => ({ sdk: sdk2, options: mode ? { versionNegotiation: { mode } } : {} })
const clients = {
	v1: { sdk: sdk1, options: {}, version: LATEST_LEGACY },
	v2_default: { ...v2(), version: LATEST_LEGACY },
	v2_legacy: { ...v2('legacy'), version: LATEST_LEGACY },
	v2_auto: { ...v2('auto'), version: NOW },
	v2_pinned: { ...v2({ pin: NOW }), version: NOW },
}
const transports = {
	http: sdk => new sdk.StreamableHTTPClientTransport(new URL(`${scraped.url}/mcp`),
		{ requestInit: { headers: { Authorization: `Bearer ${scraped.key}` } } }),
	stdio: sdk => new sdk.StdioClientTransport({ command: binary, args: ['mcp'], cwd: tempDir(), stderr: 'pipe',
		env: { ...process.env, ...targets } }),
}

async function connect({ sdk, options }, transport) {
	const client = new sdk.Client({ name: 'scraped-tests', version: '1.0.0' }, options)
	const link = transports[transport](sdk)
	client.onerror = e => { client.lastError = e }
	await client.connect(link)
	return { client, link }
}
const scrape = (args, ...more) => [{ name: 'scrape_url', arguments: args }, ...more]

for (const [name, kind] of Object.entries(clients)) {
	const call = (client, params, options) =>
		kind.sdk === sdk1 ? client.callTool(params, undefined, options) : client.callTool(params, options)
	for (const transport of Object.keys(transports)) {
		await test(`${name}_${transport}_reads_a_page`, async () => {
			const { client, link } = await connect(kind, transport)
			assert.equal(client.getServerVersion().name, 'scraped')
			assert.match(client.getInstructions(), /scrape_url/)
			if (kind.sdk === sdk2)
				assert.deepEqual([client.getNegotiatedProtocolVersion(), client.getProtocolEra()],
					[kind.version, kind.version === NOW ? 'modern' : 'legacy'])
			else if (transport === 'http')
				assert.equal(link.protocolVersion, kind.version)
			const { tools } = await client.listTools()
			assert.deepEqual(tools.map(t => t.name), ['scrape_url'])
			assert.equal(tools[0].annotations.readOnlyHint, true)
			// the SDK checks structuredContent against the outputSchema it has just read
			const result = await call(client, ...scrape({ url: page }))
			assert.ok(!result.isError)
			assert.match(result.content[0].text, /8\. Errors and Exceptions/)
			assert.match(result.content[0].text, /ZeroDivisionError/)
			assert.equal(result.structuredContent.markdown, result.content[0].text)
			assert.match(result.structuredContent.metadata.title, /Errors and Exceptions/)
			const both = await call(client, ...scrape({ url: page, format: 'both' }))
			assert.match(both.structuredContent.html, /<!DOCTYPE html>/i)
			await client.close()
		})

		await test(`${name}_${transport}_meets_failures`, async () => {
			const { client } = await connect(kind, transport)
			await client.listTools()
			const gone = await call(client, ...scrape({ url: `${nginx.url}/no-such-page.html` }))
			assert.equal(gone.isError, true)
			assert.match(gone.content[0].text, /^FETCH_FAILED: /)
			const wrong = await call(client, ...scrape({ url: page, timeout_ms: 0 }))
			assert.equal(wrong.isError, true)
			assert.match(wrong.content[0].text, /timeout_ms/)
			await assert.rejects(call(client, { name: 'no_such_tool', arguments: {} }), e => e.code === -32602 || /no_such_tool/.test(e.message))
			await client.close()
		})

		await test(`${name}_${transport}_hears_progress`, async () => {
			const { client } = await connect(kind, transport)
			const heard = []
			const url = `${nginx.url}/tutorial/classes.html?${name}${transport}`
			const result = await call(client, ...scrape({ url }, { onprogress: p => heard.push(p.progress) }))
			assert.match(result.content[0].text, /9\. Classes/)
			assert.ok(heard.length > 0)
			assert.deepEqual(heard, [...new Set(heard)].sort((a, b) => a - b))
			await client.close()
		})

		await test(`${name}_${transport}_cancels`, async () => {
			const { client } = await connect(kind, transport)
			const abort = new AbortController()
			const asked = call(client, ...scrape({ url: `${origin.url}/${name}-${transport}` }, { signal: abort.signal }))
			asked.catch(() => {})
			await until(() => hangs === 1, 'the fetch')
			abort.abort('enough')
			await assert.rejects(asked)
			// in the legacy eras over HTTP the call goes on; its page is let go by closing the origin's end
			if (transport === 'http' && kind.version !== NOW)
				origin.server.closeAllConnections()
			await until(() => hangs === 0, 'the end of the fetch')
			const after = await call(client, ...scrape({ url: page }))
			assert.ok(!after.isError)
			await client.close()
		})
	}
}

await test('a_wrong_key_is_said', async () => {
	const bad = sdk => new sdk.StreamableHTTPClientTransport(new URL(`${scraped.url}/mcp`),
		{ requestInit: { headers: { Authorization: 'Bearer wrong' } } })
	for (const { sdk, options } of Object.values(clients)) {
		const client = new sdk.Client({ name: 'scraped-tests', version: '1.0.0' }, options)
		await assert.rejects(client.connect(bad(sdk)), e => e.code === 401 || /401|nauthorized|invalid_token/.test(e.message))
	}
})

// --- the Inspector ---

const inspector = path.join(modules, '@modelcontextprotocol/inspector/clients/launcher/build/index.js')
const places = {
	http: ['--server-url', `${scraped.url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${scraped.key}`],
	stdio: ['-e', `SCRAPED_ALLOW_TARGETS=${targets.SCRAPED_ALLOW_TARGETS}`, binary, 'mcp'],
}
function inspect(place, era, ...args) {
	const home = tempDir()
	const r = run(node22, [inspector, '--cli', ...places[place], '--protocol-era', era, '--format', 'json', '--quiet', ...args],
		{ env: { HOME: home }, cwd: home })
	assert.equal(r.status, 0, r.err + r.out)
	const json = JSON.parse(r.out)
	return json.result ?? json
}

for (const era of ['legacy', 'auto', 'modern']) {
	for (const place of Object.keys(places)) {
		await test(`inspector_${era}_${place}`, async () => {
			// --strict fails on any portability error it knows in our schemas
			const listed = inspect(place, era, '--method', 'tools/list', '--strict')
			assert.deepEqual(listed.tools.map(t => t.name), ['scrape_url'])
			const called = inspect(place, era, '--method', 'tools/call', '--tool-name', 'scrape_url', '--tool-arg', `url=${page}`)
			assert.match(called.content[0].text, /8\. Errors and Exceptions/)
			assert.equal(called.structuredContent.markdown, called.content[0].text)
			// only modern results say who answered
			assert.equal(called._meta?.['io.modelcontextprotocol/serverInfo']?.name, era === 'legacy' ? undefined : 'scraped')
		}, { timeoutMs: 120000 })
	}
}

await scraped.stop()
await finish()
