// SPDX-License-Identifier: Apache-2.0
// Requests made by chance from the parts that requests have: wrong types, extreme numbers, keys twice, bad UTF-8, NUL, deep
// nesting, odd headers, methods and targets. Whatever comes: a proper status, a JSON body with a documented code and a
// request id; the server lives and its log is clean. MUTATE_REQUESTS=N sets how many, MUTATE_SEED which.
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { assert, finish, send, startOrigin, startScraped, test, testsDir } from '../lib/harness.mjs'
import { codes, counts, crowd, gauges, judgeLog, quiet, scrape } from './watch.mjs'

const total = Number(process.env.MUTATE_REQUESTS ?? 1500)
const seed = Number(process.env.MUTATE_SEED ?? 1)

/** mulberry32: small, good enough, the same everywhere. */
function dice(state) {
	const next = () => {
		state = (state + 0x6d2b79f5) | 0
		let t = Math.imul(state ^ (state >>> 15), 1 | state)
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296
	}
	const upTo = n => Math.floor(next() * n)
	return { upTo, one: list => list[upTo(list.length)], often: (n, of) => upTo(of) < n }
}

const origin = await startOrigin((q, r) => {
	r.writeHead(200, { 'Content-Type': 'text/html' })
	r.end('<title>t</title><h1>A page</h1><p>Text.')
})
// the names of /mcp's refusals, and those of the endpoints of OAuth
const oauthNames = new Set(['unauthorized', ...[...fs.readFileSync(path.join(testsDir, '../auth/grant/oauth_error_table.h'), 'utf8')
	.matchAll(/^OAUTH_ROW\(\w+, "(\w+)"/gm)].map(row => row[1])])
const secret = 'sk_hunter2_5up3r_53cr3t'
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_FETCH_CONNECT_MS: '300ms' } })
const read = gauges(scraped)

// --- values: JSON as text, so that what JSON cannot say can be sent too ---

const texts = ['""', '"x"', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\xff\xfe"', '"\xc0\x80"', '"\xed\xa0\x80"',
	'"\\u202e\\u0007"', '"\t"', '"\n"', '"\\x"', '"', "'x'", '"\\uFEFF"', '"javascript:alert(1)"', '"markdown\\u0000"', '"MARKDOWN"', '"%00%0d%0a"']
const numbers = ['0', '-0', '-1', '1', '1e400', '-1e400', '1e-400', '4294967796', '9223372036854775807', '9223372036854775808',
	'-9223372036854775809', '18446744073709551616', '1e19', '30000.5', '30000.0', '3e4', '01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', `${'9'.repeat(400)}`]
const others = ['true', 'false', 'null', 'nul', 'undefined', '{}', '[]', '[[]]', '{"a":1}', '[null]', '', ',', '{"__proto__":{}}', '{"":""}']
const nest = n => `${'['.repeat(n)}${']'.repeat(n)}`
const big = [nest(63), nest(64), nest(65), nest(100000), '['.repeat(100000), '{"a":'.repeat(5000), `[${'0,'.repeat(100000)}0]`,
	`[${'"http://x/",'.repeat(20000)}0]`, `"${'x'.repeat(900000)}"`, `"${'\\u0041'.repeat(100000)}"`, `{${Array.from({ length: 20000 }, (_, i) => `"k${i}":0`).join()}}`]
const value = d => d.often(1, 12) ? d.one(big) : d.one([texts, numbers, others][d.upTo(3)])

const good = `"${origin.url}/page"`
const urls = [good, good, good, good, good, good, good, good, '"http://127.0.0.1/"', '"http://[::1]/"', '"http://169.254.169.254/"', '"file:///etc/passwd"', '"http://"', '"//x"', '"http://a b/"',
	'"http://user:pass@example.com/"', '"http://127.0.0.1:99999/"', '"http://xn--/"', `"http://${'a'.repeat(300)}/"`, `"http://x/${'a'.repeat(9000)}"`,
	'"http://0x7f.1/"', '"http://localhost/"', '"http://①②⑦.⓪.⓪.①/"', '"http:\\\\\\\\10.0.0.1\\\\@x/"', '"http://%31%32%37.1/"', '"gopher://x/"']

/** An object as text out of pairs; sometimes with a fault of its own. */
function object(d, pairs) {
	const list = [...pairs]
	if (d.often(1, 25))
		list.push(d.one(list.length ? list : [['a', '1']])) // twice
	if (d.often(1, 10))
		list.push([d.one(['zz', '', '__proto__', 'constructor', '\\u0000', 'url\\u0000', '\xff', 'x'.repeat(70000)]), value(d)])
	const text = `{${list.map(([k, v]) => `"${k}":${v}`).join(',')}}`
	switch (d.upTo(40)) {
	case 0: return text.slice(0, d.upTo(text.length))
	case 1: return text + d.one(['x', '{}', '\0', ',', '}', ' \n', '\xef\xbb\xbf'])
	case 2: return d.one(['\xef\xbb\xbf', '\xff\xfe', ' ', '\0', '//c\n', '[']) + text
	default: return text
	}
}

const config = d => object(d, ['timeoutMs', 'maxConcurrency', 'cacheTtlSeconds', 'userAgentProfile', 'jitterMs', 'noCache', 'onlyMainContent']
	.filter(() => d.often(1, 3)).map(name => [name, d.often(2, 3) ? { timeoutMs: '2000', maxConcurrency: '3', cacheTtlSeconds: '60', userAgentProfile: '"mobile"', jitterMs: '{"min":0,"max":0}', noCache: 'true', onlyMainContent: 'true' }[name] : value(d)]))

function scrapeBody(d) {
	const pairs = [['urls', d.often(7, 8) ? `[${Array.from({ length: d.one([1, 1, 1, 1, 1, 1, 1, 1, 0, 2, 6]) }, () => d.often(7, 8) ? d.one(urls) : value(d))}]` : value(d)]]
	for (const name of ['mode', 'format', 'prompt'])
		if (d.often(1, 3))
			pairs.push([name, d.often(2, 3) ? { mode: '"sync"', format: '"both"', prompt: '"what is it?"' }[name] : value(d)])
	if (d.often(1, 3))
		pairs.push(['config', d.often(2, 3) ? config(d) : value(d)])
	return object(d, pairs)
}

const methods = ['"initialize"', '"tools/list"', '"tools/call"', '"tools/call"', '"ping"', '"server/discover"', '"notifications/cancelled"', '"notifications/initialized"',
	'"prompts/get"', '"resources/read"', '"completion/complete"', '"logging/setLevel"', '"rpc.discover"', '"subscriptions/listen"', '"tasks/get"']
function mcpBody(d) {
	const meta = object(d, ['protocolVersion', 'clientCapabilities', 'clientInfo', 'logLevel'].filter(() => d.often(11, 12))
		.map(name => [`io.modelcontextprotocol/${name}`, d.often(1, 12) ? value(d) : { protocolVersion: '"2026-07-28"', clientCapabilities: '{}', clientInfo: '{"name":"x","version":"1"}', logLevel: '"info"' }[name]]))
	const args = object(d, [['url', d.often(4, 5) ? d.one(urls) : value(d)], ['format', '"both"'], ['timeout_ms', d.often(1, 2) ? '2000' : value(d)],
		['user_agent_profile', d.often(1, 2) ? '"tablet"' : value(d)], ['prompt', d.often(1, 2) ? '"what?"' : value(d)]].filter(() => d.often(2, 3)))
	const params = object(d, [['name', d.often(9, 10) ? '"scrape_url"' : value(d)], ['arguments', d.often(4, 5) ? args : value(d)],
		['_meta', d.often(8, 9) ? meta : value(d)], ['protocolVersion', d.one(['"2025-11-25"', '"1999-01-01"', '7'])], ['requestId', value(d)], ['uri', value(d)]].filter(() => d.often(4, 5)))
	const one = object(d, [['jsonrpc', d.often(15, 16) ? '"2.0"' : value(d)], ['id', d.often(5, 6) ? '1' : value(d)],
		['method', d.often(5, 6) ? d.one(methods) : value(d)], ['params', d.often(5, 6) ? params : value(d)]].filter(() => d.often(19, 20)))
	return d.often(1, 25) ? `[${one},${one}]` : one
}

// --- the request around it ---

const routes = [['/v1/scrape', 45, scrapeBody], ['/mcp', 30, mcpBody], ['/v1/health', 1], ['/v1/ready', 1], ['/metrics', 1], ['/openapi.json', 1], ['/', 1],
	['/v1/', 1], ['/v1/scrape/', 1, scrapeBody], ['/api/v1/scrape', 1, scrapeBody], ['/v1//scrape', 1], ['/v1/../v1/scrape', 1], ['/%76%31/scrape', 1], ['/v1/scrape%00', 1],
	['/v1/scrape%2f', 1], ['/v1/scrape;x', 1], ['/%ff%fe', 1], ['/%', 1], [`/${'x'.repeat(9000)}`, 1], ['/v1/jobs/x', 1], ['/\\', 1], ['*', 1], ['//', 1], ['/.well-known/oauth-protected-resource', 1]]
const wheel = routes.flatMap(row => Array(row[1]).fill(row))
const queries = ['', '', '', '', '?', '?format=html', '?format=x&format=y', '?urls=http://10.0.0.1/', '?config.timeoutMs=1e9', '?%00=%00', '?a=%zz', `?${'a&'.repeat(2000)}`, '?config=1', '?config[x]=1', '?urls[]=x', '?__proto__=1']
const verbs = ['POST', 'POST', 'POST', 'POST', 'POST', 'POST', 'POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'post', 'BREW', 'X'.repeat(40), 'G@T']
const headers = ['X-Odd: \x01', 'X-High: \xff\xfe', 'X-Empty:', 'X Blank: 1', ': none', 'no colon', ' folded', 'Accept: ,,;q=x', 'Accept: image/png', 'Accept-Encoding: gzip;q=0, *;q=0',
	'Content-Encoding: gzip', 'Content-Type: text/plain', 'Content-Type: application/json; charset=latin1', 'Content-Type: application/x+json', 'Content-Type: ,', 'Origin: null', 'Origin: http://evil.example',
	'Host: evil.example', 'Host: a b', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Content-Length: 5', 'Content-Length: -1', 'Content-Length: 99999999999999999999', 'Expect: 100-continue',
	'Expect: x', 'Connection: upgrade', 'Upgrade: h2c', 'Range: bytes=0-1', 'If-Match: *', 'Mcp-Session-Id: x', 'Mcp-Session-Id: \x7f', 'MCP-Protocol-Version: 2026-07-28', 'MCP-Protocol-Version: 1', 'Mcp-Method: tools/call',
	'Mcp-Name: =?base64?!!?=', 'Mcp-Name: scrape_url', 'Last-Event-ID: 1', `Cookie: session=${secret}`, 'X-Forwarded-For: 1.2.3.4', 'X-Request-Id: \x1b[31m', 'Traceparent: 00-x', 'Idempotency-Key: \xff', `X-Long: ${'y'.repeat(20000)}`]
const bearers = d => d.often(7, 8) ? [`Authorization: Bearer ${scraped.key}`]
	: d.one([[], [`Authorization: Bearer ${secret}`], [`Authorization: Basic ${secret}`], [`X-API-KEY: ${secret}`], [`Authorization: Bearer ${secret}\x01`],
		[`Authorization: Bearer ${scraped.key}`, `X-API-KEY: ${secret}`], ['Authorization: Bearer'], [`Authorization: Bearer ${'k'.repeat(10000)}`], [`Authorization: ${secret}`, `Authorization: ${secret}`]])

function build(d) {
	const [path, , body] = d.one(wheel)
	const text = body ? body(d) : d.often(1, 4) ? value(d) : ''
	const bytes = Buffer.from([...text].some(c => c > '\xff') ? Buffer.from(text) : Buffer.from(text, 'latin1'))
	const lines = [`${d.often(9, 10) ? 'POST' : d.one(verbs)} ${path}${d.often(4, 5) ? '' : d.one(queries)} HTTP/${d.often(30, 31) ? '1.1' : d.one(['1.0', '2.0', '1.', '9'])}`,
		...(d.often(40, 41) ? [`Host: 127.0.0.1:${scraped.port}`] : []), ...bearers(d), 'Connection: close']
	if (path === '/mcp')
		lines.push('Accept: application/json, text/event-stream')
	if (d.often(9, 10))
		lines.push('Content-Type: application/json')
	if (path === '/mcp' && d.often(1, 2))
		lines.push(`MCP-Protocol-Version: ${d.one(['2026-07-28', '2025-11-25'])}`, `Mcp-Method: ${JSON.parse(d.one(methods))}`, 'Mcp-Name: scrape_url')
	for (let n = d.one([0, 0, 0, 0, 0, 0, 0, 1, 1, 2]); n > 0; n--)
		lines.push(d.one(headers))
	const chunked = d.often(1, 10)
	lines.push(chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`)
	const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
	const tail = chunked ? [Buffer.from(d.one([bytes.length.toString(16), `${bytes.length.toString(16)};x=y`, 'zz', '-1'])), Buffer.from('\r\n'), bytes, Buffer.from('\r\n0\r\n\r\n')] : [bytes]
	return Buffer.concat([head, ...tail])
}

/** All that comes back until the server closes; a client that says no more than it has said ends its side. */
function exchange(bytes) {
	return new Promise(done => {
		const parts = []
		const socket = net.connect(scraped.port, '127.0.0.1')
		const end = why => { socket.destroy(); done({ why, text: Buffer.concat(parts).toString('latin1') }) }
		socket.on('data', part => parts.push(part)).on('end', () => end('end')).on('error', e => end(e.code))
		socket.setTimeout(90000, () => end('late'))
		socket.write(bytes)
		socket.on('connect', () => setTimeout(() => socket.writable && socket.end(), 6000).unref()) // who waits for an answer must not be seen to leave
	})
}

const fine = new Set([200, 202, 204, 400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 422, 431, 501, 502, 504, 505])
const LINGER = 65536
function judge({ why, text }, request, size) {
	if (why !== 'end' && size > LINGER) // refused before it was all sent: what comes after a second is not read
		return 'reset'
	assert.equal(why, 'end', `${why} after ${size} bytes`)
	const rest = text.startsWith('HTTP/1.1 100') ? text.slice(text.indexOf('\r\n\r\n') + 4) : text
	if (rest === '' && /^HTTP\/1\.1 100/.test(text))
		return 'no answer'
	const cut = rest.indexOf('\r\n\r\n')
	const head = rest.slice(0, cut), body = Buffer.from(rest.slice(cut + 4), 'latin1').toString()
	const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
	assert.ok(fine.has(status), head.slice(0, 200) + body.slice(0, 300))
	assert.match(head, /^x-request-id: req_[0-9a-z]+$/im)
	assert.ok(!rest.includes(secret), 'the answer repeats a key')
	if (status >= 400 && !request.startsWith('HEAD ')) {
		const json = JSON.parse(body)
		if (typeof json.error_description === 'string' && (oauthNames.has(json.error) || codes.has(json.error.toUpperCase())))
			return status // /mcp and the endpoints of OAuth, as RFC 6750 and RFC 6749 have it
		const code = typeof json.error === 'string' ? json.error.toUpperCase() : json.error.code
		assert.ok(typeof code === 'number' && json.jsonrpc === '2.0' || codes.has(code), body.slice(0, 300))
		assert.ok(json.error.message ?? json.message, body.slice(0, 300))
	}
	return status
}

await test(`requests_${total}_of_seed_${seed}`, async () => {
	const faults = []
	const seen = await crowd(total, 24, async i => {
		const bytes = build(dice(seed * 1000003 + i))
		const got = await exchange(bytes)
		try {
			return judge(got, bytes.toString('latin1', 0, 400), bytes.length)
		} catch (e) {
			faults.push(`number ${i}: ${e.message}\n${JSON.stringify(bytes.toString('latin1').slice(0, 600))}\n${JSON.stringify(got.text.slice(0, 400))}`)
			return 'fault'
		}
	})
	console.log(`# ${JSON.stringify(counts(seen))}`)
	assert.equal(faults.length, 0, faults.slice(0, 5).join('\n'))
	for (const status of [200, 400, 401, 404, 405, 431])
		assert.ok(seen.includes(status), `chance never led to ${status}`)
}, { timeoutMs: 600000 })

await test('afterwards_all_is_well', async () => {
	assert.equal((await send(`${scraped.url}/v1/health`)).status, 200)
	const page = await scrape(scraped, { urls: [`${origin.url}/after`] })
	assert.match(page.json.result.markdown, /^# A page/)
	await quiet(read)
	await scraped.stop()
	judgeLog(scraped.child.err, [scraped.key, secret])
})
await finish()
