// SPDX-License-Identifier: Apache-2.0
// Real MCP clients against the built server, over HTTP and on a pipe: the official SDK v1 (legacy
// eras) and v2 (both eras), the official client for tasks, and the Inspector's command line. Each lists the tools and reads
// real pages that a real nginx serves.
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
const sdkTasks = await import('@modelcontextprotocol/ext-tasks/client')
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

const TOOLS = ['scrape_url', 'create_job', 'get_job', 'get_job_results', 'list_jobs', 'cancel_job']
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
		env: { ...process.env, XDG_DATA_HOME: tempDir(), ...targets } }),
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
			assert.deepEqual(tools.map(t => t.name), TOOLS)
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

		await test(`${name}_${transport}_runs_a_job`, async () => {
			const { client } = await connect(kind, transport)
			await client.listTools() // what is structured is checked from here on
			const urls = ['errors', 'classes', 'no-such-page'].map(part => `${nginx.url}/tutorial/${part}.html`)
			const made = await call(client, { name: 'create_job', arguments: { urls, selectors: { title: 'h1' } } })
			assert.ok(!made.isError, made.content[0].text)
			const { job_id } = made.structuredContent
			await until(async () => {
				const { status } = (await call(client, { name: 'get_job', arguments: { job_id } })).structuredContent
				return !['queued', 'running'].includes(status)
			}, 'the end of the job')
			const got = await call(client, { name: 'get_job_results', arguments: { job_id, max_chars: 400000 } })
			const { results } = got.structuredContent
			assert.match(results[0].data.title, /Errors and Exceptions/)
			assert.match(results[1].data.title, /Classes/)
			assert.equal(results[2].error.code, 'FETCH_FAILED')
			const link = got.content.find(c => c.type === 'resource_link')
			const page = await client.readResource({ uri: link.uri })
			assert.match(JSON.parse(page.contents.at(-1).text).title, /Errors and Exceptions/)
			const { resources } = await client.listResources()
			assert.ok(resources.some(r => r.uri === `scraped://jobs/${job_id}`))
			assert.equal((await client.listResourceTemplates()).resourceTemplates.length, 2)
			await assert.rejects(client.readResource({ uri: 'scraped://jobs/none' }), e => e.code === (kind.sdk === sdk1 ? -32002 : -32602)) // v2 knows one code for both eras
			const again = await call(client, { name: 'cancel_job', arguments: { job_id } })
			assert.equal(again.isError, true)
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

// --- tasks: the SDK leaves their requests to its host, which frames and sends them ---

await test('v2_listens_to_a_job', async () => {
	const { client } = await connect(clients.v2_pinned, 'http')
	await client.listTools()
	const { job_id } = (await client.callTool({ name: 'create_job', arguments: { urls: [`${origin.url}/listen`] } })).structuredContent
	await until(() => hangs === 1, 'the fetch')
	const heard = [], uri = `scraped://jobs/${job_id}`
	client.setNotificationHandler('notifications/resources/updated', n => { heard.push(n.params.uri) })
	const listening = await client.listen({ resourceSubscriptions: [uri, 'scraped://jobs/none'] })
	assert.deepEqual(listening.honoredFilter, { resourceSubscriptions: [uri] })
	await client.callTool({ name: 'cancel_job', arguments: { job_id } })
	await until(() => heard.length, 'the notification')
	assert.deepEqual(heard, [uri])
	assert.equal(await listening.closed, 'graceful')
	await until(() => hangs === 0, 'the end of the fetch')
	await client.close()
})

await test('tasks_client_runs_a_job', async () => {
	const { client } = await connect(clients.v2_pinned, 'http')
	const framing = { protocolVersion: NOW, clientInfo: { name: 'scraped-tests', version: '1.0.0' }, clientCapabilities: {} }
	const seen = []
	let id = 0
	const rawDispatch = async (request, { signal, context } = {}) => {
		const r = await fetch(`${scraped.url}/mcp`, { method: 'POST', signal, body: JSON.stringify({ jsonrpc: '2.0', id: ++id, ...request }), headers: {
			Authorization: `Bearer ${scraped.key}`, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': NOW,
			'Mcp-Method': request.method, ...(request.params.name ? { 'Mcp-Name': request.params.name } : {}), ...context?.headers } })
		const { result, error } = await r.json()
		seen.push(request.method)
		return error ? { kind: 'error', error } : { kind: 'result', result }
	}
	const session = sdkTasks.createTaskSessionFromClient(client, { endpointId: 'scraped', rawDispatch, v2RequestFraming: framing })
	const run = async args => sdkTasks.resultFromTaskOutcome((await (await session.callTool('create_job', args)).settle()).outcome)
	const good = await run({ urls: [page, `${nginx.url}/tutorial/no-such-page.html`] })
	assert.equal(good.isError, false)
	assert.match(good.structuredContent.results[0].markdown, /8\. Errors and Exceptions/)
	assert.equal(good.structuredContent.results[1].error.code, 'FETCH_FAILED')
	const none = await run({ urls: [`${nginx.url}/tutorial/no-such-page.html`] })
	assert.equal(none.isError, true)
	assert.equal((await run({ urls: ['x'] })).isError, true)
	const inline = sdkTasks.resultFromTaskOutcome((await (await session.callTool('scrape_url', { url: page })).settle()).outcome)
	assert.match(inline.structuredContent.markdown, /8\. Errors and Exceptions/)
	assert.ok(seen.includes('tasks/get'), seen.join())
	await session.close()
	await client.close()
})

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
			assert.deepEqual(listed.tools.map(t => t.name), TOOLS)
			const called = inspect(place, era, '--method', 'tools/call', '--tool-name', 'scrape_url', '--tool-arg', `url=${page}`)
			assert.match(called.content[0].text, /8\. Errors and Exceptions/)
			assert.equal(called.structuredContent.markdown, called.content[0].text)
			// only modern results say who answered
			assert.equal(called._meta?.['io.modelcontextprotocol/serverInfo']?.name, era === 'legacy' ? undefined : 'scraped')
		})
	}
}

await scraped.stop()
await finish()
