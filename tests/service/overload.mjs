// SPDX-License-Identifier: Apache-2.0
// Several times more than the server takes: each answer is a result, 429 or 503 with Retry-After, health is answered
// throughout, and afterwards everything is given back. Times are printed, not judged.
import http from 'node:http'
import net from 'node:net'
import zlib from 'node:zlib'
import { assert, finish, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { modern, modernHeaders } from '../mcp/talk.mjs'
import { counts, crowd, descriptors, gauges, memory, quiet, scrape, show, watchHealth } from './watch.mjs'

const html = `<!doctype html><title>A page</title><h1>A page</h1>${'<p>Some text with a <a href="/x">link</a>.</p>'.repeat(100)}`
const large = zlib.gzipSync(`<h1>A page</h1>${'<p>Some text with a link and more.</p>\n'.repeat(250000)}`)
const origin = await startOrigin((q, r) => setTimeout(() => {
	if (q.url === '/large')
		return r.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(large)
	r.writeHead(200, { 'Content-Type': 'text/html' })
	r.end(html)
}, q.url.startsWith('/narrow_fetch/') ? 300 : 50))
origin.server.keepAliveTimeout = 60000

// name: [settings, requests, connections, statuses that must come up, other statuses that may]
const loads = {
	by_default: [{ SCRAPED_RATE_PER_MINUTE: '600', SCRAPED_KEY_IN_FLIGHT: '16' }, 900, 300, [200, 429], []],
	without_quota: [{}, 300, 300, [200], [503]],
	without_any_limit: [{ SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_DESK_QUEUE: '4096' }, 600, 300, [200], []],
	narrow_desks: [{ SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_DESK_QUEUE: '4', SCRAPED_DESKS: '1' }, 600, 300, [200, 503], []],
	narrow_fetch: [{ SCRAPED_FETCH_IN_FLIGHT: '4', SCRAPED_FETCH_PER_HOST: 'off' }, 300, 150, [200, 504], []],
	few_connections: [{ SCRAPED_MAX_CONNECTIONS: '40', SCRAPED_FETCH_PER_HOST: 'off' }, 600, 300, [200, 503], []],
}

function judge(answer, allowed) {
	assert.equal(answer.broken, undefined)
	assert.ok(allowed.includes(answer.status), `${answer.status} ${answer.text.slice(0, 300)}`)
	if (answer.status === 200)
		assert.match(answer.json.result.markdown, /^# A page\n/)
	else
		assert.equal(answer.json.error.code, { 429: 'RATE_LIMITED', 503: 'OVERLOADED', 504: 'TIMEOUT' }[answer.status])
	if (answer.status === 429 || answer.status === 503)
		assert.match(answer.headers['retry-after'] ?? 'none', /^[1-9]\d*$/)
}

for (const [name, [env, total, width, must, may]] of Object.entries(loads))
	await test(name, async () => {
		const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_LOG_LEVEL: 'warn', ...env } })
		const read = gauges(scraped)
		const waits = name === 'narrow_fetch' ? 2000 : 120000 // four at a time, 300 ms each: of 150 most wait for longer
		const page = (i, timeoutMs = 120000) => ({ urls: [`${origin.url}/${name}/${i}`], config: { timeoutMs } })
		const first = await scrape(scraped, page('first'))
		assert.equal(first.status, 200, first.text)
		const health = watchHealth(scraped.port)
		const agent = new http.Agent({ keepAlive: true, maxSockets: width })
		const wave = async tag => {
			const answers = await crowd(total, width, i => scrape(scraped, page(`${tag}${i}`, waits), { agent }))
			for (const answer of answers)
				judge(answer, [...must, ...may])
			return answers.map(a => a.status)
		}
		const seen = counts(await wave('a'))
		for (const status of must)
			assert.ok(seen[status] > 0, `no ${status} among ${JSON.stringify(seen)}`)
		const took = await health.stop()
		agent.destroy()
		await quiet(read)
		assert.equal((await read())['scraped_refused_total{why="rate"}'], seen[429] ?? 0)
		console.log(`# ${name}: ${JSON.stringify(seen)}; health: ${show(took)}; ${memory(scraped.child.pid).toFixed(0)} MB`)
		origin.server.closeIdleConnections()
		const after = await until(() => scrape(scraped, page('after')).then(a => a.status !== 429 && a), 'a page after it')
		assert.equal(after.status, 200, after.text)
		await quiet(read)
		await until(() => descriptors(scraped.child.pid) < 64, `descriptors given back (${descriptors(scraped.child.pid)})`)
		await scraped.stop()
	})

// Large answers, and readers who take nothing of them: by the way of asking, [path, body, headers].
const wanted = { urls: [`${origin.url}/large`], format: 'both' }
const call = modern('tools/call', { name: 'scrape_url', arguments: { url: `${origin.url}/large` } }, { meta: { progressToken: 1 } })
const asks = { rest: ['/v1/scrape', wanted, {}], mcp_stream: ['/mcp', call, { Accept: 'application/json, text/event-stream', ...modernHeaders(call) }] }
for (const [name, [path, body, headers]] of Object.entries(asks))
	await test(`readers_who_do_not_read_${name}`, async () => {
		const most = 32 << 20
		const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_ANSWER_MEMORY_BYTES: String(most), SCRAPED_MCP_MAX_TOKENS: 'off' } })
		const read = gauges(scraped)
		const text = JSON.stringify(body)
		const lines = Object.entries({ Host: `127.0.0.1:${scraped.port}`, Authorization: `Bearer ${scraped.key}`, 'Content-Type': 'application/json',
			'Content-Length': text.length, ...headers }).map(([k, v]) => `${k}: ${v}`)
		const idle = Array.from({ length: 8 }, () => {
			const socket = net.connect(scraped.port, '127.0.0.1').on('error', () => {})
			socket.pause()
			socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`)
			return socket
		})
		await until(async () => (await read()).scraped_answer_memory_bytes > most / 4, 'answers that wait')
		const refused = await until(async () => {
			assert.ok((await read()).scraped_answer_memory_bytes <= most)
			const a = await scrape(scraped, wanted)
			return a.status === 503 && a
		}, 'a large answer for which there is no room')
		assert.equal(refused.json.error.code, 'OVERLOADED')
		assert.match(refused.headers['retry-after'], /^[1-9]/)
		assert.equal((await scrape(scraped, { urls: [`${origin.url}/small`] })).status, 200)
		for (const socket of idle)
			socket.destroy()
		await until(async () => (await scrape(scraped, wanted)).status === 200, 'room again')
		await quiet(read)
		await scraped.stop()
	})

await finish()
