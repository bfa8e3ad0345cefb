// SPDX-License-Identifier: Apache-2.0
// The MCP door of the built server, as bytes on the wire: eras, headers, _meta, ids, results, the
// tool, refusals, progress, cancellation. Real SDKs are in tests/clients.
import { assert, createKey, finish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { events, LEGACY, META, meta, modern, modernHeaders, NOW, talker } from './talk.mjs'

const PAGE = '<!doctype html><html lang="en"><title>A page</title><h1>Head "line"</h1><p>Text &amp; <a href="/x">link</a>.</p>'
const hanging = new Map() // path -> { closed }
const origin = await startOrigin((q, r) => {
	const path = q.url.split('?')[0]
	if (path === '/missing')
		return r.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>gone')
	if (path === '/image')
		return r.writeHead(200, { 'Content-Type': 'image/png' }).end('PNG')
	r.setHeader('Content-Type', 'text/html; charset=utf-8')
	if (!path.startsWith('/hang'))
		return r.end(PAGE)
	const state = { closed: false, release: () => r.end(PAGE) }
	hanging.set(path, state)
	r.on('close', () => { state.closed = !r.writableFinished })
})
const page = `${origin.url}/page`
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host } })
const { post, now, old } = talker(scraped.url, scraped.key)

const SERVER_INFO = META + 'serverInfo'
const code = r => r.json?.error?.code
const refused = (r, status, number) => {
	assert.equal(r.status, status, r.text)
	assert.equal(code(r), number, r.text)
	assert.equal(typeof r.json.error.message, 'string')
	assert.equal(r.json.result, undefined)
}
const scrape = (args, options) => now('tools/call', { name: 'scrape_url', arguments: args }, options)

// --- eras on one endpoint ---

await test('both_eras_interleaved', async () => {
	for (let i = 0; i < 3; i++) {
		const hello = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {
			protocolVersion: LEGACY[i], capabilities: {}, clientInfo: { name: 'c', version: '1' } } })
		assert.equal(hello.status, 200)
		assert.equal(hello.json.result.protocolVersion, LEGACY[i])
		assert.equal(hello.json.result.serverInfo.name, 'scraped')
		assert.deepEqual(hello.json.result.capabilities, { tools: {}, resources: {} })
		assert.equal(hello.headers['mcp-session-id'], undefined)
		const found = await now('server/discover')
		assert.deepEqual(found.json.result.supportedVersions, [NOW])
		assert.deepEqual(found.json.result.capabilities,
			{ tools: {}, resources: { subscribe: true }, extensions: { [META + 'tasks']: {} } })
		const ready = await post({ jsonrpc: '2.0', method: 'notifications/initialized' },
			{ 'MCP-Protocol-Version': LEGACY[i] })
		assert.deepEqual([ready.status, ready.text], [202, ''])
	}
})

await test('versions_nobody_knows', async () => {
	const hello = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {
		protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'c', version: '1' } } })
	assert.equal(hello.json.result.protocolVersion, LEGACY[0])
	const future = { headers: { 'MCP-Protocol-Version': '2031-01-01' }, meta: { [META + 'protocolVersion']: '2031-01-01' } }
	const answer = await now('tools/list', {}, future)
	refused(answer, 400, -32022)
	assert.deepEqual(answer.json.error.data, { supported: [NOW], requested: '2031-01-01' })
	const dated = { headers: { 'MCP-Protocol-Version': LEGACY[0] }, meta: { [META + 'protocolVersion']: LEGACY[0] } }
	refused(await now('tools/list', {}, dated), 400, -32022)
	assert.equal((await old('tools/list', {}, { version: '2024-11-05' })).status, 400)
	refused(await post(modern('initialize', {}), modernHeaders(modern('initialize'))), 404, -32601)
	refused(await old('initialize', { protocolVersion: LEGACY[0] }, { version: NOW }), 400, -32020)
	refused(await old('tools/list', {}, { version: NOW }), 400, -32602)
})

await test('methods_of_each_era', async () => {
	for (const method of ['ping', 'logging/setLevel', 'resources/subscribe', 'prompts/list', 'completion/complete', 'tasks/list', 'tasks/result', 'no/such'])
		refused(await now(method), 404, -32601)
	for (const method of ['server/discover', 'subscriptions/listen', 'tasks/get', 'tasks/list', 'resources/subscribe', 'logging/setLevel', 'no/such'])
		refused(await old(method), 200, -32601)
	assert.deepEqual((await old('ping')).json.result, {})
})

// --- headers and _meta ---

await test('headers_must_agree', async () => {
	const encode = text => `=?base64?${Buffer.from(text).toString('base64')}?=`
	const calls = [['server/discover', {}], ['tools/list', {}], ['tools/call', { name: 'scrape_url', arguments: { url: page } }]]
	for (const [method, params] of calls) {
		const good = modernHeaders(modern(method, params))
		for (const name of Object.keys(good)) {
			refused(await now(method, params, { headers: { [name]: undefined } }), 400, -32020)
			refused(await now(method, params, { headers: { [name]: 'x' + good[name] } }), 400, -32020)
			refused(await now(method, params, { headers: { [name]: good[name].toUpperCase() + 'X' } }), 400, -32020)
			const twice = await now(method, params, { headers: { [name]: [good[name], good[name]] } })
			refused(twice, 400, -32020)
		}
	}
	const params = { name: 'scrape_url', arguments: { url: page } }
	const named = value => now('tools/call', params, { headers: { 'Mcp-Name': value } })
	assert.equal((await named(encode('scrape_url'))).status, 200)
	refused(await named('=?base64?c2NyYXBlX3VybA?='), 400, -32020)
	refused(await named('=?base64?!!!!?='), 400, -32020)
	refused(await named(encode('scrape')), 400, -32020)
	const unknown = await now('tools/call', { name: 'é', arguments: {} }, { headers: { 'Mcp-Name': encode('é') } })
	refused(unknown, 200, -32602)
	assert.equal((await now('tools/list', {}, { headers: { 'Mcp-Session-Id': 'x', 'Last-Event-ID': '1' } })).status, 200)
})

await test('meta_is_checked', async () => {
	const wrong = [
		{ [META + 'protocolVersion']: 5 }, { [META + 'protocolVersion']: null },
		{ [META + 'clientCapabilities']: undefined }, { [META + 'clientCapabilities']: [] },
		{ [META + 'clientCapabilities']: null }, { [META + 'clientInfo']: 'x' },
		{ [META + 'logLevel']: 'loud' }, { progressToken: 1.5 }, { progressToken: {} },
	]
	for (const one of wrong)
		refused(await now('tools/list', {}, { meta: one }), 400, -32602)
	refused(await now('tools/list', {}, { meta: { [META + 'protocolVersion']: undefined } }), 400, -32602)
	const extra = { 'dev.example/x': [1], [META + 'new']: {}, [META + 'logLevel']: 'debug', traceparent: 'x' }
	assert.equal((await now('tools/list', { other: 1 }, { meta: extra })).status, 200)
})

// --- JSON-RPC ---

await test('ids_keep_their_type', async () => {
	for (const id of [0, -1, 1, 9007199254740991, -9007199254740991, '', '1', 'ü "x"\n']) {
		const answers = [await now('tools/list', {}, { id }), await old('ping', {}, { id }), await now('no/such', {}, { id })]
		for (const answer of answers)
			assert.deepStrictEqual(answer.json.id, id)
	}
	for (const id of ['null', '1.5', '1.0', '1e2', 'true', '{}', '[]']) {
		const answer = await post(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`)
		refused(answer, 400, -32600)
		assert.equal('id' in answer.json, false)
	}
	const big = await post('{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}')
	assert.match(big.text, /"id":9007199254740993,/)
})

await test('bodies_that_are_no_messages', async () => {
	const rows = [
		['', -32700], ['{', -32700], ['nonsense', -32700], ['{"a":1}{"a":1}', -32700], ['5', -32600], ['{}', -32600],
		['{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping"}', -32700],
		['{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\\ud800"}}', -32700],
		[Buffer.from('7b226a736f6e727063223a22ff227d', 'hex'), -32700],
		[`{"jsonrpc":"2.0","id":1,"method":"ping","params":${'{"a":'.repeat(5000)}`, -32700],
		['{"jsonrpc":"2.0","id":1,"result":{}}', -32600],
	]
	for (const [body, number] of rows) {
		const answer = await post(body)
		refused(answer, 400, number)
		assert.equal('id' in answer.json, false)
	}
	const june = await post('{', { 'MCP-Protocol-Version': '2025-06-18' })
	assert.equal(june.json.id, null)
})

await test('batches_only_in_march', async () => {
	const ping = id => ({ jsonrpc: '2.0', id, method: 'ping' }), note = { jsonrpc: '2.0', method: 'notifications/x' }
	const march = { 'MCP-Protocol-Version': '2025-03-26' }
	const list = await post([ping(1), note, { ...ping('b'), method: 'no' }], march)
	assert.equal(list.status, 200)
	assert.deepEqual(list.json.map(one => one.id), [1, 'b'])
	assert.deepEqual([list.json[0].result, list.json[1].error.code], [{}, -32601])
	assert.equal((await post([note, note], march)).status, 202)
	for (const body of [[], [1], [ping(1), {}], [modern('tools/list')], [{ ...ping(1), method: 'initialize' }], Array(33).fill(ping(1))])
		refused(await post(body, march), 400, -32600)
	for (const version of [NOW, '2025-06-18', '2025-11-25'])
		refused(await post([ping(1)], { 'MCP-Protocol-Version': version }), 400, -32600)
})

// --- results ---

await test('modern_results_say_what_they_are', async () => {
	const rows = [await now('server/discover'), await now('tools/list'), await now('resources/templates/list'), await scrape({ url: page }), await scrape({ url: 'ftp://x/' })]
	for (const [i, answer] of rows.entries()) {
		const { result } = answer.json
		assert.equal(result.resultType, 'complete')
		assert.equal(result._meta[SERVER_INFO].name, 'scraped')
		assert.match(result._meta[SERVER_INFO].version, /^\d+\.\d+/)
		assert.deepEqual([result.ttlMs, result.cacheScope], i < 3 ? [3600000, 'public'] : [undefined, undefined])
		assert.match(answer.headers['content-type'], /^application\/json/)
	}
	const { instructions } = rows[0].json.result
	assert.ok(instructions.length > 100 && instructions.length < 2000)
})

await test('legacy_results_are_plain', async () => {
	for (const version of LEGACY) {
		for (const [method, params] of [['tools/list', {}], ['tools/call', { name: 'scrape_url', arguments: { url: page } }]]) {
			const { result } = (await old(method, params, { version })).json
			for (const member of ['resultType', 'ttlMs', 'cacheScope', '_meta'])
				assert.equal(member in result, false, `${version} ${method} ${member}`)
			const march = version === '2025-03-26'
			if (method === 'tools/list')
				assert.equal('outputSchema' in result.tools[0], !march)
			else
				assert.equal('structuredContent' in result, !march)
		}
	}
	const bare = await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
	assert.equal('outputSchema' in bare.json.result.tools[0], false)
})

await test('the_tool_is_described', async () => {
	const answer = await now('tools/list')
	assert.deepEqual(answer.json.result.tools.map(t => t.name), ['scrape_url', 'create_job', 'get_job', 'get_job_results', 'list_jobs', 'cancel_job'])
	const [tool] = answer.json.result.tools
	assert.deepEqual(Object.keys(tool.inputSchema.properties).sort(), ['cursor', 'format', 'images', 'links', 'max_tokens',
		'only_main', 'outline', 'prompt', 'section', 'structured', 'timeout_ms', 'url', 'user_agent_profile'])
	assert.equal(tool.inputSchema.type, 'object')
	assert.deepEqual(tool.inputSchema.required, ['url'])
	for (const [name, property] of Object.entries(tool.inputSchema.properties)) {
		assert.equal(typeof property.type, 'string', name)
		assert.ok(property.description || property.enum, name) // words that say all need no text more
	}
	const { timeout_ms, format, user_agent_profile } = tool.inputSchema.properties
	assert.deepEqual([timeout_ms.minimum, timeout_ms.maximum, timeout_ms.default], [1, 120000, 30000])
	assert.deepEqual([format.enum, format.default], [['markdown', 'html', 'both'], 'markdown'])
	assert.deepEqual(user_agent_profile.enum, ['default', 'mobile', 'tablet'])
	assert.equal(tool.outputSchema.type, 'object')
	assert.equal(tool.annotations.title, tool.title)
	assert.deepEqual({ ...tool.annotations, title: undefined }, {
		title: undefined, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true })
	assert.ok(answer.text.length < 8192, `${answer.text.length} bytes`)
	for (const cursor of ['', 'x', 5])
		refused(await now('tools/list', { cursor }), 200, -32602)
})

// --- the tool ---

await test('a_page_comes_back_twice', async () => {
	const { result } = (await scrape({ url: page })).json
	assert.equal(result.isError, false)
	assert.equal(result.content.length, 1)
	assert.equal(result.content[0].type, 'text')
	assert.match(result.content[0].text, /^# Head "line"\n\nText & \[link\]\(http/)
	assert.equal(result.structuredContent.markdown, result.content[0].text)
	assert.equal(result.structuredContent.url, page)
	assert.equal(result.structuredContent.metadata.title, 'A page')
	assert.equal(result.structuredContent.status, 'success')
})

await test('formats', async () => {
	const url = `${origin.url}/formats`
	const html = (await scrape({ url, format: 'html' })).json.result
	assert.equal(html.structuredContent.html, PAGE)
	assert.equal(html.content[0].text, PAGE)
	assert.equal('markdown' in html.structuredContent, false)
	const both = (await scrape({ url, format: 'both' })).json.result.structuredContent
	assert.equal(both.html, PAGE)
	assert.match(both.markdown, /^# Head/)
	for (const user_agent_profile of ['default', 'mobile', 'tablet'])
		assert.equal((await scrape({ url, user_agent_profile })).json.result.isError, false)
})

await test('failures_tell_the_model_what_to_do', async () => {
	const rows = [
		[{}, 'INVALID_REQUEST', /url/],
		[{ url: 5 }, 'INVALID_REQUEST', /url/],
		[{ url: page, format: 'pdf' }, 'INVALID_REQUEST', /format.*markdown/],
		[{ url: page, timeout_ms: 0 }, 'INVALID_REQUEST', /timeout_ms.*120000/],
		[{ url: page, timeout_ms: 120001 }, 'INVALID_REQUEST', /timeout_ms.*120000/],
		[{ url: page, timeout_ms: '5' }, 'INVALID_REQUEST', /timeout_ms/],
		[{ url: page, user_agent_profile: 'tv' }, 'INVALID_REQUEST', /user_agent_profile/],
		[{ url: page, prompt: 'x'.repeat(10001) }, 'INVALID_REQUEST', /prompt/],
		[{ url: 'not a url' }, 'INVALID_URL', /./],
		[{ url: 'ftp://example.com/' }, 'UNSUPPORTED_SCHEME', /http/],
		[{ url: 'http://127.0.0.1:1/' }, 'PRIVATE_NETWORK_TARGET', /public/],
		[{ url: 'http://localhost/' }, 'PRIVATE_NETWORK_TARGET', /public/],
		[{ url: `${origin.url}/missing` }, 'FETCH_FAILED', /404/],
		[{ url: `${origin.url}/image` }, 'NON_HTML_RESPONSE', /./],
		[{ url: `${origin.url}/hang-timeout`, timeout_ms: 50 }, 'TIMEOUT', /timeout_ms/],
	]
	for (const [args, name, words] of rows) {
		for (const answer of [await scrape(args), await old('tools/call', { name: 'scrape_url', arguments: args })]) {
			assert.equal(answer.status, 200, answer.text)
			const { result } = answer.json
			assert.equal(result.isError, true, answer.text)
			assert.equal('structuredContent' in result, false)
			assert.ok(result.content[0].text.startsWith(`${name}: `), result.content[0].text)
			assert.match(result.content[0].text, words)
			assert.match(result.content[0].text, /\n.*(again|Correct|Use|Check)/)
		}
	}
})

await test('calls_that_are_no_calls', async () => {
	refused(await now('tools/call', { name: 'no_such_tool', arguments: {} }), 200, -32602)
	refused(await now('tools/call', { name: 'scrape', arguments: {} }), 200, -32602)
	refused(await now('tools/call', { name: 'scrape_url', arguments: [] }), 200, -32602)
	refused(await now('tools/call', {}), 200, -32602)
	refused(await old('tools/call', { name: 'no_such_tool' }), 200, -32602)
})

// --- who may ---

await test('strangers_meet_the_challenge', async () => {
	for (const method of ['POST', 'GET', 'DELETE']) {
		const answer = await send(`${scraped.url}/mcp`, { method, body: method === 'POST' ? modern('server/discover') : undefined })
		assert.equal(answer.status, 401, method)
		assert.match(answer.headers['www-authenticate'], /^Bearer [^"]+="/)
		assert.doesNotMatch(answer.headers['www-authenticate'], /error=/)
		assert.equal(answer.json.error, 'unauthorized')
	}
	for (const Authorization of ['Bearer nonsense', `Bearer ${scraped.key}x`, 'Basic YTpi']) {
		const answer = await post(modern('server/discover'), { Authorization })
		assert.equal(answer.status, 401)
		assert.match(answer.headers['www-authenticate'], /error="invalid_token"/)
		assert.equal(answer.json.error, 'invalid_token')
	}
	const query = await send(`${scraped.url}/mcp?access_token=${scraped.key}`, { body: modern('server/discover') })
	assert.equal(query.status, 401)
	const other = { Authorization: undefined, 'X-API-KEY': scraped.key }
	assert.equal((await now('server/discover', {}, { headers: other })).status, 200)
	const two = await now('server/discover', {}, { headers: { 'X-API-KEY': createKey(scraped.env) } })
	assert.equal(two.status, 400)
})

await test('a_missing_scope_is_a_challenge', async () => {
	const weak = talker(scraped.url, createKey(scraped.env, ['--scopes', 'jobs:read']))
	const answer = await weak.now('tools/call', { name: 'scrape_url', arguments: { url: page } })
	assert.equal(answer.status, 403)
	assert.match(answer.headers['www-authenticate'], /^Bearer .*error="insufficient_scope", scope="scrape"/)
	assert.equal(answer.json.error, 'insufficient_scope')
	assert.equal((await weak.now('tools/list')).status, 200)
})

await test('a_rate_limit_says_how_long', async () => {
	const slow = await startScraped({ env: { SCRAPED_RATE_PER_MINUTE: '2', SCRAPED_ALLOW_TARGETS: origin.host } })
	const { now } = talker(slow.url, slow.key)
	let answer
	for (let i = 0; i < 3; i++)
		answer = await now('tools/call', { name: 'scrape_url', arguments: { url: page } })
	assert.equal(answer.status, 200)
	assert.equal(answer.json.result.isError, true)
	assert.match(answer.json.result.content[0].text, /^RATE_LIMITED: [^]*Wait \d+ seconds/)
	await slow.stop()
})

// --- HTTP ---

await test('the_gate', async () => {
	for (const method of ['GET', 'DELETE', 'PUT']) {
		const answer = await send(`${scraped.url}/mcp`, { method, headers: { Authorization: `Bearer ${scraped.key}`, Accept: 'text/event-stream' } })
		assert.equal(answer.status, 405, method)
		assert.equal(answer.headers.allow, 'POST, OPTIONS')
		assert.equal(answer.json.jsonrpc, '2.0')
		assert.equal('id' in answer.json, false)
	}
	for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
		assert.equal((await now('tools/list', {}, { headers: { 'Content-Type': type } })).status, 415)
	assert.equal((await now('tools/list', {}, { headers: { 'Content-Type': 'Application/JSON; charset=UTF-8' } })).status, 200)
	assert.equal((await now('tools/list', {}, { headers: { Accept: 'text/html' } })).status, 406)
	for (const Accept of [undefined, '*/*', 'application/json'])
		assert.equal((await now('tools/list', {}, { headers: { Accept } })).json.result.tools.length, 6)
	const stream = await now('tools/list', {}, { headers: { Accept: 'text/event-stream' } })
	assert.match(stream.headers['content-type'], /^text\/event-stream/)
	assert.equal(events(stream.text).length, 1)
	assert.equal(events(stream.text)[0].result.tools.length, 6)
	const slash = await send(`${scraped.url}/mcp/`, { headers: { Authorization: `Bearer ${scraped.key}`, ...modernHeaders(modern('tools/list')) }, body: modern('tools/list') })
	assert.equal(slash.status, 200)
	const large = await post(modern('tools/list', { x: 'x'.repeat(1 << 20) }), modernHeaders(modern('tools/list')))
	assert.equal(large.status, 413)
	assert.equal(large.json.jsonrpc, '2.0')
})

await test('browsers', async () => {
	const origin = { Origin: scraped.url }
	const preflight = await send(`${scraped.url}/mcp`, { method: 'OPTIONS', headers: {
		...origin, 'Access-Control-Request-Method': 'POST',
		'Access-Control-Request-Headers': 'authorization,content-type,mcp-protocol-version,mcp-method,mcp-name' } })
	assert.equal(preflight.status, 204)
	assert.equal(preflight.headers['access-control-allow-origin'], scraped.url)
	for (const name of ['authorization', 'content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name'])
		assert.ok(preflight.headers['access-control-allow-headers'].toLowerCase().split(/, */).includes(name), name)
	assert.match(preflight.headers['access-control-allow-methods'], /POST/)
	const stranger = await post(modern('tools/list'), { ...origin, Authorization: undefined })
	assert.equal(stranger.status, 401)
	assert.equal(stranger.headers['access-control-allow-origin'], scraped.url)
	assert.match(stranger.headers['access-control-expose-headers'], /WWW-Authenticate/i)
	for (const Origin of ['https://evil.example', 'null']) {
		const answer = await now('tools/list', {}, { headers: { Origin } })
		assert.equal(answer.status, 403)
		assert.equal(answer.headers['access-control-allow-origin'], undefined)
		assert.equal(answer.json.jsonrpc, '2.0')
	}
	assert.equal((await now('tools/list', {}, { headers: { Host: 'evil.example' } })).status, 403)
	assert.equal((await now('tools/list', {}, { headers: origin })).status, 200)
})

// --- progress and cancellation ---

await test('progress_only_for_a_token', async () => {
	for (const talk of [now, old]) {
		for (const progressToken of ['p', 0]) {
			const url = `${origin.url}/progress-${talk.name}-${progressToken}`
			const call = { name: 'scrape_url', arguments: { url }, ...(talk === old ? { _meta: { progressToken } } : {}) }
			const answer = await talk('tools/call', call, { meta: { progressToken } })
			assert.match(answer.headers['content-type'], /^text\/event-stream/)
			assert.equal(answer.headers['x-accel-buffering'], 'no')
			assert.equal(answer.headers['cache-control'], 'no-store')
			assert.doesNotMatch(answer.text, /^id:/m)
			const all = events(answer.text), last = all.pop()
			assert.equal(last.id, 1)
			assert.match(last.result.content[0].text, /^# Head/)
			assert.equal(last.result.resultType, talk === now ? 'complete' : undefined)
			assert.ok(all.length > 0)
			let before = -1
			for (const { id, method, params } of all) {
				assert.deepEqual([id, method, params.progressToken], [undefined, 'notifications/progress', progressToken])
				assert.ok(params.progress > before)
				before = params.progress
			}
		}
	}
	const plain = await scrape({ url: page })
	assert.match(plain.headers['content-type'], /^application\/json/)
	const json = await scrape({ url: page }, { meta: { progressToken: 1 }, headers: { Accept: 'application/json' } })
	assert.match(json.headers['content-type'], /^application\/json/)
})

await test('a_modern_client_that_leaves_cancels', async () => {
	const leave = new AbortController()
	const gone = scrape({ url: `${origin.url}/hang-modern` }, { signal: leave.signal }).catch(e => e.name)
	const state = await until(() => hanging.get('/hang-modern'), 'the fetch')
	leave.abort()
	assert.equal(await gone, 'AbortError')
	await until(() => state.closed, 'the end of the fetch')
})

await test('a_legacy_client_that_leaves_does_not', async () => {
	const url = `${origin.url}/hang-legacy`
	const leave = new AbortController()
	const gone = old('tools/call', { name: 'scrape_url', arguments: { url } }, { signal: leave.signal }).catch(e => e.name)
	const state = await until(() => hanging.get('/hang-legacy'), 'the fetch')
	leave.abort()
	assert.equal(await gone, 'AbortError')
	await post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }, { 'MCP-Protocol-Version': LEGACY[0] })
	assert.equal((await scrape({ url: page })).status, 200) // others go on meanwhile
	assert.equal(state.closed, false)
	state.release()
	const again = await until(async () => {
		const { result } = (await scrape({ url, timeout_ms: 500 })).json
		return result.structuredContent?.cached && result
	}, 'the page in the cache')
	assert.match(again.structuredContent.markdown, /^# Head/)
})

await scraped.stop()
await finish()
