// SPDX-License-Identifier: Apache-2.0
// Mixed traffic for long: pages, failures of all kinds, large ones, callers who leave, both eras of MCP, prompts. Nothing
// grows: descriptors, memory (release build; between 30 % and the end), queues. SOAK_REQUESTS=N sets the number of requests.
import http from 'node:http'
import { assert, binary, finish, run, skip, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { startLlm } from '../lib/llm_standin.mjs'
import { legacy, modern, modernHeaders } from '../mcp/talk.mjs'
import { counts, crowd, descriptors, gauges, judgeLog, memory, quiet, release, show, watchHealth } from './watch.mjs'

const total = Number(process.env.SOAK_REQUESTS ?? 2000)
const GROWTH_MB = 30
const para = n => Array.from({ length: n }, (_, i) => `<h2>Part ${i}</h2><p>Some <b>text</b> with a <a href="/x${i}">link</a> and more of it.</p>`).join('')
const page = `<!doctype html><title>A page</title><h1>A page</h1>${para(100)}`
const large = `<!doctype html><title>Large</title><h1>A page</h1>${para(60000)}`

const answers = {
	page: (q, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(page),
	large: (q, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(large),
	gone: (q, r) => r.writeHead(404, { 'Content-Type': 'text/html' }).end(page),
	broken: (q, r) => r.writeHead(500).end('no'),
	moved: (q, r) => r.writeHead(302, { Location: `/page?${q.url.length}` }).end(),
	late: (q, r) => setTimeout(() => answers.page(q, r), 150),
	never: () => {},
	reset: (q, r) => r.socket.resetAndDestroy(),
	half: (q, r) => { r.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': 9999 }).write('<p>x'); setTimeout(() => r.destroy(), 5) },
	image: (q, r) => r.writeHead(200, { 'Content-Type': 'image/png' }).end('x'),
}
const origin = await startOrigin((q, r) => answers[q.url.split(/[/?]/)[1]](q, r))
origin.server.keepAliveTimeout = 120000
const llm = await startLlm()

/** One request on a kept connection: { status, text }, or { left: true } when this side left after leaveMs. */
function post(scraped, agent, path, body, headers = {}, leaveMs = 0) {
	const bytes = Buffer.from(JSON.stringify(body))
	return new Promise((done, fail) => {
		let left = false
		const q = http.request({ host: '127.0.0.1', port: scraped.port, path, method: 'POST', agent, headers: {
			Authorization: `Bearer ${scraped.key}`, 'Content-Type': 'application/json', 'Content-Length': bytes.length,
			Accept: 'application/json, text/event-stream', ...headers } }, r => {
			const parts = []
			r.on('data', part => parts.push(part)).on('error', e => left ? done({ left }) : fail(e))
			r.on('end', () => done({ status: r.statusCode, text: Buffer.concat(parts).toString() }))
		})
		q.on('error', e => left ? done({ left }) : fail(e))
		q.end(bytes)
		if (leaveMs)
			setTimeout(() => { left = true; q.destroy() }, leaveMs)
	})
}

const rest = (kind, more = {}) => (s, agent, i) => post(s, agent, '/v1/scrape', { urls: [`${origin.url}/${kind}/${i}`], ...more })
const tool = args => ({ name: 'scrape_url', arguments: args })
// name: [how often, how, status, words of the answer]
const traffic = {
	page: [300, rest('page'), 200, /A page/],
	cached: [150, (s, agent, i) => rest('page')(s, agent, i % 10), 200, /A page/],
	html: [100, rest('page', { format: 'both' }), 200, /A page/],
	moved: [60, rest('moved'), 200, /A page/],
	late: [40, rest('late'), 200, /A page/],
	gone: [60, rest('gone'), 502, /FETCH_FAILED/],
	broken: [60, rest('broken'), 502, /FETCH_FAILED/],
	reset: [40, rest('reset'), 502, /FETCH_FAILED/],
	half: [20, rest('half'), 502, /FETCH_FAILED/],
	image: [40, rest('image'), 422, /NON_HTML/],
	too_late: [20, rest('never', { config: { timeoutMs: 50 } }), 504, /TIMEOUT/],
	private: [20, (s, agent) => post(s, agent, '/v1/scrape', { urls: ['http://10.0.0.1/'] }), 403, /PRIVATE/],
	malformed: [40, (s, agent) => post(s, agent, '/v1/scrape', { urls: 7 }), 400, /INVALID_REQUEST/],
	large: [5, rest('large'), 200, /A page/],
	large_packed_into_both: [3, rest('large', { format: 'both' }), 200, /A page/],
	left_while_fetching: [40, (s, agent, i) => post(s, agent, '/v1/scrape', { urls: [`${origin.url}/late/${i}`] }, {}, 30), 'left'],
	left_while_reading: [5, (s, agent, i) => post(s, agent, '/v1/scrape', { urls: [`${origin.url}/large/l${i}`] }, {}, 60), 'left'],
	left_while_asking: [5, (s, agent, i) => post(s, agent, '/v1/scrape', { urls: [`${origin.url}/page/p${i}`], prompt: 'x' }, {}, 15), 'left'],
	prompt: [30, rest('page', { prompt: 'the headings' }), 200, /"extract":\{/],
	mcp_now: [80, (s, agent, i) => {
		const m = modern('tools/call', tool({ url: `${origin.url}/page/${i}` }))
		return post(s, agent, '/mcp', m, modernHeaders(m))
	}, 200, /A page/],
	mcp_progress: [40, (s, agent, i) => {
		const m = modern('tools/call', tool({ url: `${origin.url}/late/${i}` }), { meta: { progressToken: i } })
		return post(s, agent, '/mcp', m, modernHeaders(m))
	}, 200, /progress[^]*A page/],
	mcp_left: [20, (s, agent, i) => {
		const m = modern('tools/call', tool({ url: `${origin.url}/late/m${i}` }), { meta: { progressToken: i } })
		return post(s, agent, '/mcp', m, modernHeaders(m), 40)
	}, 'left'],
	mcp_legacy: [80, (s, agent, i) => post(s, agent, '/mcp', legacy('tools/call', tool({ url: `${origin.url}/page/${i}` })), { 'MCP-Protocol-Version': '2025-11-25' }), 200, /A page/],
	mcp_failure: [40, (s, agent, i) => post(s, agent, '/mcp', legacy('tools/call', tool({ url: `${origin.url}/gone/${i}` })), { 'MCP-Protocol-Version': '2025-06-18' }), 200, /"isError":true/],
	mcp_list: [40, (s, agent) => post(s, agent, '/mcp', legacy('tools/list'), { 'MCP-Protocol-Version': '2025-11-25' }), 200, /scrape_url/],
}
const wheel = Object.keys(traffic).flatMap(name => Array(traffic[name][0]).fill(name))
const pick = i => wheel[(Math.imul(i + 1, 0x9e3779b1) >>> 3) % wheel.length]

async function soak(name, env, n, judgeMemory) {
	const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_LOG_LEVEL: 'warn', SCRAPED_CACHE_BYTES: '64M',
		SCRAPED_LLM_URL: llm.url, SCRAPED_LLM_KEY: llm.key, SCRAPED_LLM_MODEL: 'outline', ...env } })
	const pid = scraped.child.pid, read = gauges(scraped), marks = []
	const health = watchHealth(scraped.port)
	const agent = new http.Agent({ keepAlive: true, maxSockets: 24 })
	let done = 0
	const seen = await crowd(n, 24, async i => {
		const kind = pick(i)
		const [, ask, status, words] = traffic[kind]
		const got = await ask(scraped, agent, i)
		if (!(got.left && status === 'left') && !(status === 'left' && got.status === 200)) {
			assert.equal(got.status, status, `${kind} ${i}: ${JSON.stringify(got).slice(0, 400)}`)
			if (words)
				assert.match(got.text, words, kind)
		}
		if (++done % Math.ceil(n / 20) === 0)
			marks.push([memory(pid), descriptors(pid)])
		return kind
	})
	const took = await health.stop()
	agent.destroy()
	await quiet(read)
	console.log(`# ${name}: ${n} requests of ${Object.keys(counts(seen)).length} kinds; health: ${show(took)}`)
	console.log(`# memory MB: ${marks.map(m => m[0].toFixed(0)).join(' ')}; descriptors: ${marks.map(m => m[1]).join(' ')}; at rest: ${memory(pid).toFixed(0)} MB, ${descriptors(pid)}`)
	const late = marks.slice(6), early = marks.slice(0, 6)
	const most = list => Math.max(...list.map(m => m[1]))
	assert.ok(most(late) <= most(early) + 40, 'descriptors do not grow')
	if (judgeMemory)
		assert.ok(Math.max(...late.slice(-7).map(m => m[0])) < Math.max(...marks.slice(3, 8).map(m => m[0])) + GROWTH_MB, 'memory does not grow')
	assert.deepEqual(llm.faults, [])
	await scraped.stop()
	judgeLog(scraped.child.err, [scraped.key, llm.key])
}

await test('all_kinds_of_requests', () => soak('sanitizers', {}, Math.min(total, 1200), false), { timeoutMs: 600000 })
await test('memory_does_not_grow', async () => {
	if (!release)
		skip('SCRAPED_RELEASE is not set')
	const again = run(process.execPath, [process.argv[1], 'in_release'], { env: { SCRAPED_BIN: release, SOAK_REQUESTS: String(total), SCRAPED_RELEASE: '' } })
	console.log(again.out.split('\n').filter(line => line.startsWith('#')).join('\n'))
	assert.equal(again.status, 0, again.out + again.err)
}, { timeoutMs: 600000 })
if (process.argv[2] === 'in_release')
	await test('in_release', () => soak(binary, {}, total, true), { timeoutMs: 3600000 })
await finish()
