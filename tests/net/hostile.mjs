// SPDX-License-Identifier: Apache-2.0
// Hostile origins over loopback: each gets its code, in time, and afterwards a plain page still comes.
import fs from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import path from 'node:path'
import zlib from 'node:zlib'
import { assert, finish, onFinish, run, skip, startOrigin, tempDir, test, until } from '../lib/harness.mjs'
import { startDriver, startRaw } from './driver.mjs'

const allow = ['--allow-targets', '127.0.0.0/8,[::1]']
const html = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n'
const page = body => `${html}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const packed = (coding, body) => Buffer.concat([
	Buffer.from(`${html}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`), body])
const moved = (to, status = 302) => `HTTP/1.1 ${status} Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`

// A Zstandard frame of run-length blocks: 128 KiB of zeros in 4 bytes, count times.
function zstdBomb(count) {
	const block = Buffer.from([0x02, 0x00, 0x10, 0x00]) // type 1, size 131072, not the last
	const last = Buffer.from([0x03, 0x00, 0x10, 0x00])
	return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
		...Array.from({ length: count - 1 }, () => block), last])
}
const zeros = Buffer.alloc(64 << 20)

function repeat(socket, piece, everyMs = 0) {
	if (everyMs) {
		const timer = setInterval(() => socket.write(piece), everyMs)
		socket.on('close', () => clearInterval(timer))
		return
	}
	const more = () => {
		while (!socket.destroyed && socket.write(piece))
			;
	}
	socket.on('drain', more)
	more()
}
const chunk = text => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const chunked = `${html}Transfer-Encoding: chunked\r\n\r\n`

// name: [what the origin does with a request, options of the fetch, code, words of the message, more checks]
const cases = {
	// bombs
	gzip_bomb: [s => s.write(packed('gzip', zlib.gzipSync(zeros))), { unpack: true }, 'FETCH_FAILED', /too large: more than 10485760/],
	br_bomb: [s => s.write(packed('br', zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }))), { unpack: true }, 'FETCH_FAILED', /too large/],
	zstd_bomb: [s => s.write(packed('zstd', zstdBomb(2000))), { unpack: true }, 'FETCH_FAILED', /too large/],
	zstd_page: [s => s.write(packed('zstd', zstdBomb(2))), { unpack: true }, 'OK', null, r => assert.equal(r.bytes, 262144)],
	gzip_in_gzip: [s => s.write(packed('gzip, gzip', zlib.gzipSync(zlib.gzipSync('x')))), {}, 'FETCH_FAILED', /packed more than once/],
	unknown_coding: [s => s.write(packed('compress', Buffer.from('x'))), {}, 'FETCH_FAILED', /unknown Content-Encoding/],
	gzip_cut: [s => s.write(packed('gzip', zlib.gzipSync('x'.repeat(9999)).subarray(0, -3))), { unpack: true }, 'FETCH_FAILED', /damaged or was cut short/],
	gzip_not: [s => s.write(packed('gzip', Buffer.from('plain text'))), { unpack: true }, 'FETCH_FAILED', /damaged/],
	endless_body: [s => { s.write(chunked); repeat(s, chunk('x'.repeat(65536))) }, {}, 'FETCH_FAILED', /too large: more than 10485760/],
	endless_gzip_name: [s => { s.write(`${html}\r\n`); repeat(s, 'x'.repeat(65536)) }, { max_wire: 100000 }, 'FETCH_FAILED', /more than 100000 bytes/],
	announced_too_large: [s => s.write(`${html}Content-Length: 20000000\r\n\r\n`), {}, 'FETCH_FAILED', /20000000 bytes, at most 10485760/],
	at_the_cap: [s => s.write(page('x'.repeat(5000))), { max_wire: 5000 }, 'OK', null, r => assert.equal(r.bytes, 5000)],
	over_the_cap: [s => s.write(chunked + chunk('x'.repeat(5001)) + chunk('')), { max_wire: 5000 }, 'FETCH_FAILED', /more than 5000/],
	// time; where the words tell how far it came, there is time to come so far on any machine
	silence: [() => {}, { timeout_ms: 3000 }, 'TIMEOUT', /3000 ms.*server's answer/],
	stalled_header: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: te'), { timeout_ms: 400 }, 'TIMEOUT', /400 ms/],
	stalled_body: [s => s.write(`${html}Content-Length: 100\r\n\r\nhalf`), { timeout_ms: 3000 }, 'TIMEOUT', /loading the page/],
	drip: [s => { s.write(`${html}Content-Length: 100\r\n\r\n`); repeat(s, 'x', 30) }, { timeout_ms: 500 }, 'TIMEOUT', /500 ms/],
	header_drip: [s => { s.write('HTTP/1.1 200 OK\r\n'); repeat(s, 'X-A: b\r\n', 30) }, { timeout_ms: 500 }, 'TIMEOUT', /500 ms/],
	slow_redirects: [(s, h) => setTimeout(() => s.write(moved(`/${performance.now()}`)), 150), { timeout_ms: 500 }, 'TIMEOUT', /500 ms/],
	// broken connections
	reset_at_once: [s => s.resetAndDestroy(), {}, 'FETCH_FAILED', /broke|closed/],
	closed_at_once: [s => s.destroy(), {}, 'FETCH_FAILED', /closed|broke/],
	reset_in_header: [s => s.write('HTTP/1.1 200 OK\r\nConte', () => s.resetAndDestroy()), {}, 'FETCH_FAILED', /./],
	reset_in_body: [s => s.write(`${html}Content-Length: 100\r\n\r\nhalf`, () => s.resetAndDestroy()), {}, 'FETCH_FAILED', /./],
	closed_in_body: [s => s.end(`${html}Content-Length: 100\r\n\r\nhalf`), {}, 'FETCH_FAILED', /cut short/],
	closed_ends_body: [s => s.end(`${html}\r\nwhole`), { show: 9 }, 'OK', null, r => assert.equal(r.body, 'whole')],
	// lengths and chunks
	length_short: [s => s.write(`${html}Content-Length: 4\r\n\r\nfour and more`), { show: 99 }, 'OK', null, r => assert.equal(r.body, 'four')],
	length_garbage: [s => s.end(`${html}Content-Length: many\r\n\r\nbody`), {}, 'FETCH_FAILED', /./],
	length_negative: [s => s.end(`${html}Content-Length: -5\r\n\r\nbody`), {}, 'FETCH_FAILED', /./],
	length_huge: [s => s.end(`${html}Content-Length: 99999999999999999999\r\n\r\nbody`), {}, 'FETCH_FAILED', /./],
	chunk_garbage: [s => s.end(`${chunked}zz\r\nbody\r\n0\r\n\r\n`), {}, 'FETCH_FAILED', /./],
	chunk_huge: [s => s.end(`${chunked}fffffffffffffffff\r\nbody`), {}, 'FETCH_FAILED', /./],
	chunk_cut: [s => s.end(chunked + chunk('body')), {}, 'FETCH_FAILED', /./],
	chunk_trailers: [s => s.write(`${chunked}${chunk('body')}0\r\nX-Late: ${'y'.repeat(1000)}\r\n\r\n`), { show: 9 }, 'OK', null, r => assert.equal(r.body, 'body')],
	chunk_trailer_flood: [s => { s.write(`${chunked}0\r\n`); repeat(s, `X-Late: ${'y'.repeat(1000)}\r\n`) }, {}, 'FETCH_FAILED', /./],
	// headers
	header_flood: [s => { s.write('HTTP/1.1 200 OK\r\n'); repeat(s, `X-Flood: ${'y'.repeat(1000)}\r\n`) }, {}, 'FETCH_FAILED', /header is larger than 262144/],
	header_long_line: [s => s.write(`${html}X-Long: ${'y'.repeat(70000)}\r\nContent-Length: 0\r\n\r\n`), {}, 'FETCH_FAILED', /line is longer than 65536/],
	header_endless_line: [s => { s.write('HTTP/1.1 200 OK\r\nX-Long: '); repeat(s, 'y'.repeat(1000)) }, {}, 'FETCH_FAILED', /header/],
	header_large_ok: [s => s.write(`${html}X-Long: ${'y'.repeat(60000)}\r\nContent-Length: 1\r\n\r\nx`), {}, 'OK'],
	header_nul: [s => s.end(`${html}X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n`), {}, 'FETCH_FAILED', /./],
	interim_flood: [s => repeat(s, 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'), {}, 'FETCH_FAILED', /more than 10 interim/],
	interim_some: [s => s.write('HTTP/1.1 103 Early Hints\r\nContent-Type: image/png\r\nLocation: http://10.0.0.1/\r\n\r\n'.repeat(9) + page('after')), { show: 9 }, 'OK', null, r => assert.equal(r.body, 'after')],
	// status lines
	version_9: [s => s.end('HTTP/9.9 200 OK\r\n\r\nx'), {}, 'FETCH_FAILED', /./],
	not_http: [s => s.end('SSH-2.0-OpenSSH_9.2\r\n'), {}, 'FETCH_FAILED', /./],
	http_09: [s => s.end('<html>old</html>'), {}, 'FETCH_FAILED', /./],
	status_word: [s => s.end('HTTP/1.1 abc OK\r\n\r\n'), {}, 'FETCH_FAILED', /./],
	status_99: [s => s.end('HTTP/1.1 99 Low\r\n\r\n'), {}, 'FETCH_FAILED', /./],
	status_1000: [s => s.end('HTTP/1.1 1000 High\r\n\r\n'), {}, 'FETCH_FAILED', /./],
	garbage: [s => s.end(Buffer.alloc(5000, 0xff)), {}, 'FETCH_FAILED', /./],
	nothing: [s => s.end(), {}, 'FETCH_FAILED', /./],
	// types
	pdf: [s => { s.write('HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 9999999999\r\n\r\n'); repeat(s, 'x'.repeat(65536)) }, {}, 'NON_HTML_RESPONSE', /application\/pdf/],
	json: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'), {}, 'NON_HTML_RESPONSE', /application\/json/],
	plain_text: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi'), {}, 'NON_HTML_RESPONSE', /text\/plain/],
	any_type_if_asked: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'), { page: false }, 'OK', null, r => assert.equal(r.mime, 'application/json')],
	no_type: [s => s.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), {}, 'OK', null, r => assert.equal(r.mime, null)],
	broken_type: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: ;;;\r\nContent-Length: 2\r\n\r\nhi'), {}, 'OK', null, r => assert.equal(r.mime, null)],
	xhtml: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: Application/XHTML+XML; q="a;b"; Charset = "ISO-8859-1" \r\nContent-Length: 2\r\n\r\nhi'), {}, 'OK', null, r => assert.deepEqual([r.mime, r.charset], ['application/xhtml+xml', 'iso-8859-1'])],
	markdown: [s => s.write('HTTP/1.1 200 OK\r\nContent-Type: text/markdown; charset=UTF-8\r\nContent-Length: 2\r\n\r\nhi'), {}, 'OK', null, r => assert.deepEqual([r.mime, r.charset], ['text/markdown', 'utf-8'])],
	// other answers
	not_found_endless: [s => { s.write('HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n'); repeat(s, chunk('x'.repeat(9999))) }, {}, 'OK', null, r => assert.deepEqual([r.status, r.bytes], [404, 0])],
	not_found_stalled: [s => s.write('HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.status, 500)],
	retry_after: [s => s.write('HTTP/1.1 503 Busy\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.deepEqual([r.status, r.retry_after], [503, 17])],
	retry_after_date: [s => s.write('HTTP/1.1 429 Slow\r\nRetry-After: Mon, 01 Jan 2001 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.deepEqual([r.status, r.retry_after], [429, 0])],
	head_unasked: [s => s.write('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.head, '')],
	head_kept: [s => s.write('HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 404 No\r\nSet-Cookie: a=1\r\nset-cookie:  b=2 \r\nContent-Length: 0\r\n\r\n'), { keep_head: true }, 'OK', null, r => assert.equal(r.head, 'Set-Cookie: a=1\nset-cookie: b=2\nContent-Length: 0\n')],
	cache_control_none: [s => s.write('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.max_age, -1)],
	cache_control: [s => s.write('HTTP/1.1 404 No\r\nCache-Control: public, Max-Age="300" , s-maxage=9\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.max_age, 300)],
	cache_control_twice: [s => s.write('HTTP/1.1 404 No\r\nCache-Control: max-age=70\r\nCache-Control: max-age=50, max-age=x, max-age=-1\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.max_age, 50)],
	cache_control_no_store: [s => s.write('HTTP/1.1 404 No\r\nCache-Control: max-age=70, no-store\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.max_age, 0)],
	// redirects
	to_itself: [s => s.write(moved('/')), {}, 'FETCH_FAILED', /circle/],
	circle: [(s, h) => s.write(moved(h.startsWith('GET /a') ? '/b' : '/a')), {}, 'FETCH_FAILED', /circle/],
	too_many: [(s, h) => s.write(moved(`/${Number(h.match(/\d*(?= HTTP)/)[0] || 0) + 1}`)), {}, 'FETCH_FAILED', /more than 10 redirects/],
	too_many_asked: [(s, h) => s.write(moved(`/${Number(h.match(/\d*(?= HTTP)/)[0] || 0) + 1}`)), { hops: 2 }, 'FETCH_FAILED', /more than 2 redirects/],
	none_followed: [s => s.write(moved('/x')), { hops: 0 }, 'OK', null, r => assert.equal(r.status, 302)],
	ever_longer: [(s, h) => s.write(moved(`/${'x'.repeat(h.length * 4)}`)), { hops: 50 }, 'FETCH_FAILED', /longer than|8192|header|malformed/],
	no_place: [s => s.write('HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n'), {}, 'OK', null, r => assert.equal(r.status, 302)],
	malformed_place: [s => s.write(moved('http://a..b/')), {}, 'FETCH_FAILED', /malformed/],
	to_a_file: [s => s.write(moved('file:///etc/passwd')), {}, 'UNSUPPORTED_SCHEME', /http/],
	to_private: [s => s.write(moved('http://10.0.0.1/')), {}, 'PRIVATE_NETWORK_TARGET', /^target is not a public address$/],
	to_metadata: [s => s.write(moved('http://[::ffff:a9fe:a9fe]/')), {}, 'PRIVATE_NETWORK_TARGET', /./],
	to_user_info: [s => s.write(moved('http://a:b@127.0.0.1/')), {}, 'FETCH_FAILED', /malformed/],
	folded_place: [s => s.write('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n x\r\nContent-Length: 0\r\n\r\n'), {}, 'FETCH_FAILED', /./],
	with_endless_body: [(s, h) => { if (h.startsWith('GET /x ')) return s.write(page('there')); s.write('HTTP/1.1 301 Moved\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n'); repeat(s, chunk('y'.repeat(9999))) }, { show: 9 }, 'OK', null, r => assert.deepEqual([r.body, r.hops], ['there', 1])],
	relative_place: [(s, h) => s.write(h.startsWith('GET /a/c?d%20e ') ? page('there') : moved('../a/./c?d e#f')), { show: 9 }, 'OK', null, r => assert.deepEqual([r.body, r.hops, new URL(r.url).pathname], ['there', 1, '/a/c'])],
}

const driver = startDriver({ flags: allow })
const healthy = await startRaw(s => s.write(page('<p>fine')))
async function health() {
	const r = await driver.ask({ url: healthy.url, show: 20 })
	assert.deepEqual([r.code, r.status, r.body], ['OK', 200, '<p>fine'])
}

// Ten seconds under 100 bytes a second; meanwhile the rest runs.
const creeping = await startRaw(s => { s.write(`${html}Content-Length: 100000\r\n\r\n`); repeat(s, 'x', 200) })
const crept = driver.ask({ url: creeping.url, timeout_ms: 120000 })
const lateStart = await startRaw(s => setTimeout(() => s.write(page('late')), 11000))
const late = driver.ask({ url: lateStart.url, timeout_ms: 120000, show: 9 })

for (const [name, [talk, options, code, words, more]] of Object.entries(cases)) {
	await test(name, async () => {
		const origin = await startRaw(talk)
		const r = await driver.ask({ url: `${origin.url}/`, timeout_ms: 60000, ...options })
		assert.equal(r.code, code, r.message)
		if (words)
			assert.match(r.message, words)
		if (code !== 'OK')
			assert.equal(r.bytes, 0)
		more?.(r)
		await origin.stop()
		await health()
	})
}

await test('refused_connection', async () => {
	const origin = await startRaw(() => {})
	await origin.stop()
	const r = await driver.ask({ url: origin.url })
	assert.deepEqual([r.code, r.message], ['FETCH_FAILED', 'the server refused the connection'])
})

await test('poisoned_answer', async () => {
	// What follows an answer on its connection must never answer the next request.
	let n = 0
	const origin = await startRaw(s => s.write(page(`right ${++n}`) + page('poison')))
	for (let i = 1; i <= 5; i++) {
		const r = await driver.ask({ url: `${origin.url}/${i}`, show: 20 })
		assert.equal(r.body, `right ${i}`)
	}
	assert.equal(origin.connections, 5)
})

await test('kept_connections', async () => {
	const origin = await startRaw(s => s.write(page('x')))
	for (let i = 0; i < 20; i++)
		assert.equal((await driver.ask({ url: `${origin.url}/${i}` })).code, 'OK')
	assert.equal(origin.connections, 1)
})

await test('kept_connection_dies', async () => {
	// The second request on a connection is answered by a reset, as when an idle time-out crosses it.
	const origin = await startRaw(s => {
		s.count = (s.count ?? 0) + 1
		if (s.count > 1)
			s.resetAndDestroy()
		else
			s.write(page('x'))
	})
	for (let i = 0; i < 6; i++) {
		const r = await driver.ask({ url: `${origin.url}/${i}` })
		assert.equal(r.code, 'OK', r.message)
	}
})

await test('redirect_body_read_keeps_connection', async () => {
	const origin = await startRaw((s, h) => s.write(h.startsWith('GET /end ') ? page('end')
		: `HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 5\r\n\r\nmoved`))
	for (let i = 0; i < 5; i++)
		assert.equal((await driver.ask({ url: `${origin.url}/${i}`, show: 5 })).body, 'end')
	assert.equal(origin.connections, 1)
})

await test('cancelled', async () => {
	const origin = await startRaw(() => {})
	const r = await driver.ask({ url: origin.url, timeout_ms: 30000, cancel_ms: 50 })
	assert.equal(r.code, 'CANCELLED')
	assert.ok(r.took_ms < 15000)
	await health()
})

await test('headers_stay_at_home', async () => {
	const seen = []
	const other = await startOrigin((q, r) => { seen.push(['other', q.method, q.headers]); r.writeHead(200, { 'Content-Type': 'text/html' }); r.end('x') })
	const home = await startOrigin((q, r) => {
		seen.push(['home', q.method, q.headers])
		const to = q.url === '/away' ? `${other.url}/` : q.url === '/near' ? '/end' : null
		r.writeHead(to ? 302 : 200, { 'Content-Type': 'text/html', ...(to && { Location: to }) })
		r.end()
	})
	const headers = { Authorization: 'Bearer secret', Cookie: 'a=b', 'X-Own': '1' }
	await driver.ask({ url: `${home.url}/near`, headers })
	await driver.ask({ url: `${home.url}/away`, headers })
	assert.deepEqual(seen.map(([who, , h]) => [who, h.authorization, h.cookie, h['x-own']]), [
		['home', 'Bearer secret', 'a=b', '1'], ['home', 'Bearer secret', 'a=b', '1'],
		['home', 'Bearer secret', 'a=b', '1'], ['other', undefined, undefined, undefined]])
})

await test('methods_across_redirects', async () => {
	for (const [status, method, want] of [[301, 'POST', 'GET '], [302, 'POST', 'GET '], [303, 'POST', 'GET '],
		[303, 'PUT', 'GET '], [307, 'POST', 'POST body'], [308, 'PUT', 'PUT body'], [303, 'HEAD', 'HEAD '], [302, 'GET', 'GET ']]) {
		let got
		const origin = await startOrigin((q, r) => {
			let body = ''
			q.on('data', part => { body += part }).on('end', () => {
				got = `${q.method} ${body}`
				r.writeHead(q.url === '/end' ? 200 : status, { Location: '/end', 'Content-Type': 'text/html' })
				r.end()
			})
		})
		const r = await driver.ask({ url: origin.url, method, ...(method === 'POST' || method === 'PUT' ? { body: 'body' } : {}) })
		assert.deepEqual([r.code, got], ['OK', want], `${status} ${method}`)
		await origin.stop()
	}
})

await test('only_the_head_of_an_answer', async () => {
	const ask = { page: false, head_only: true, hops: 0, method: 'POST', body: 'sent', show: 9 }
	const answers = {
		'/json': r => r.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":1}'),
		'/coded': r => r.writeHead(202, { 'Content-Encoding': 'unheard-of' }).end('x'),
		'/moved': r => r.writeHead(302, { Location: '/json' }).end(),
		'/long': r => r.writeHead(200, { 'Content-Length': 1e9 }).write('x'.repeat(99999)),
		'/endless': r => { r.on('error', () => {}); const more = () => { while (!r.destroyed && r.write('x'.repeat(9999))); r.once('drain', more) }; more() },
		'/slow': r => { r.writeHead(204 + 1).write('x') },
	}
	const seen = []
	const origin = await startOrigin((q, r) => {
		seen.push(q.url)
		q.resume().on('end', () => answers[q.url](r))
	})
	for (const [path, status] of [['/json', 200], ['/coded', 202], ['/moved', 302], ['/long', 200], ['/endless', 200], ['/slow', 205]]) {
		const r = await driver.ask({ ...ask, url: origin.url + path, timeout_ms: 30000 })
		assert.deepEqual([r.code, r.status, r.bytes], ['OK', status, 0], path)
	}
	assert.deepEqual(seen, Object.keys(answers), 'nothing was followed')
})

await test('bad_request_headers', async () => {
	for (const headers of [{ 'X-A': 'b\r\nX-C: d' }, { 'X A': 'b' }, { Host: 'a' }, { 'Content-Length': '5' }, { 'transfer-encoding': 'x' }, { '': 'x' }])
		assert.equal((await driver.ask({ url: healthy.url, headers })).code, 'INVALID_REQUEST', JSON.stringify(headers))
	assert.equal((await driver.ask({ url: healthy.url, agent: 'a\nb' })).code, 'INVALID_REQUEST')
})

await test('what_is_sent', async () => {
	let head
	const origin = await startRaw((s, h) => { head = h; s.write(page('x')) })
	await driver.ask({ url: `${origin.url}/a%20b?c=%7E#frag`, agent: 'tester/1' })
	assert.deepEqual(head.split('\r\n'), ['GET /a%20b?c=%7E HTTP/1.1', `Host: 127.0.0.1:${origin.port}`, 'User-Agent: tester/1',
		'Accept: text/html,application/xhtml+xml,text/markdown;q=0.9,*/*;q=0.5', 'Accept-Encoding: gzip, deflate, br, zstd', '', ''])
})

await test('two_hundred_origins', async () => {
	const origins = await Promise.all(Array.from({ length: 200 }, (_, i) =>
		startRaw(s => setTimeout(() => s.write(page(String(i))), 100), { host: `127.1.0.${i + 1}` })))
	const answers = await Promise.all(origins.flatMap((o, i) => [0, 1, 2].map(k => driver.ask({ url: `${o.url}/${k}`, show: 9, timeout_ms: 120000 }).then(r => [r, i]))))
	for (const [r, i] of answers)
		assert.deepEqual([r.code, r.body], ['OK', String(i)], r.message)
	await Promise.all(origins.map(o => o.stop()))
})

/** An origin that answers nobody before `full` ask at once, and each one only after `ms`; mostAtOnce is how many asked at once. */
async function startFull(full, ms) {
	const held = []
	let now = 0
	const origin = await startRaw(s => {
		origin.mostAtOnce = Math.max(origin.mostAtOnce, ++now)
		held.push(() => { now--; s.write(page('x')) })
		if (origin.mostAtOnce >= full)
			for (const answer of held.splice(0))
				setTimeout(answer, ms)
	})
	origin.mostAtOnce = 0
	return origin
}

await test('per_host_and_deadline', async () => {
	const d = startDriver({ flags: [...allow, '--fetch-per-host', '3'] })
	const origin = await startFull(3, 30)
	const all = await Promise.all(Array.from({ length: 30 }, (_, i) => d.ask({ url: `${origin.url}/${i}`, timeout_ms: 60000 })))
	assert.ok(all.every(r => r.code === 'OK'))
	assert.equal(origin.mostAtOnce, 3)
	const stuck = await startRaw(() => {}, { host: '127.0.0.9' })
	const held = Array.from({ length: 3 }, () => d.ask({ url: stuck.url, timeout_ms: 30000 }))
	// Asks sent together may be taken up in another order.
	await until(async () => (await d.command('stats')).running === 3, 'three hold the host')
	const waits = d.ask({ url: stuck.url, timeout_ms: 300 })
	const elsewhere = d.ask({ url: origin.url, timeout_ms: 60000 })
	assert.match((await waits).message, /300 ms: still waiting for its turn/)
	assert.equal((await elsewhere).code, 'OK')
	await stuck.stop()
	await Promise.all(held)
	const s = await d.command('stats')
	assert.deepEqual([s.running, s.waiting], [0, 0])
	await d.stop()
})

await test('in_flight', async () => {
	const d = startDriver({ flags: [...allow, '--fetch-in-flight', '5', '--fetch-per-host', 'off'] })
	const origin = await startFull(5, 20)
	const all = await Promise.all(Array.from({ length: 40 }, (_, i) => d.ask({ url: `${origin.url}/${i}`, timeout_ms: 60000 })))
	assert.ok(all.every(r => r.code === 'OK'))
	assert.equal(origin.mostAtOnce, 5)
	await d.stop()
})

await test('memory_budget', async () => {
	// 40 bodies of 700 KB against 1 MB: they take turns, and all arrive.
	const d = startDriver({ flags: [...allow, '--fetch-memory-bytes', '1M', '--fetch-per-host', 'off'] })
	const origin = await startRaw(s => { s.write(chunked); for (let i = 0; i < 10; i++) s.write(chunk('x'.repeat(70000))); s.write(chunk('')) })
	const all = await Promise.all(Array.from({ length: 40 }, (_, i) => d.ask({ url: `${origin.url}/${i}`, timeout_ms: 200000 })))
	for (const r of all)
		assert.deepEqual([r.code, r.bytes], ['OK', 700000], r.message)
	await d.stop()
})

await test('proxy_variables_ignored', async () => {
	let hits = 0
	const proxy = await startRaw(s => { hits++; s.write(page('proxy')) })
	const url = `http://127.0.0.1:${proxy.port}`
	const home = tempDir()
	fs.writeFileSync(path.join(home, '.netrc'), 'machine 127.0.0.1 login a password b\n')
	fs.writeFileSync(path.join(home, '.curlrc'), `proxy = ${url}\n`)
	let head
	const origin = await startRaw((s, h) => { head = h; s.write(page('direct')) })
	const d = startDriver({ flags: allow, env: { http_proxy: url, HTTP_PROXY: url, all_proxy: url, ALL_PROXY: url, https_proxy: url, HOME: home, CURL_HOME: home } })
	assert.equal((await d.ask({ url: origin.url, show: 9 })).body, 'direct')
	assert.ok(!/authorization/i.test(head))
	assert.equal(hits, 0)
	await d.stop()
})

const tls = tempDir()
function certificate(name, args) {
	const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
		'-keyout', `${tls}/${name}.key`, '-out', `${tls}/${name}.pem`, '-subj', '/CN=test', ...args])
	if (made.status !== 0)
		skip(`openssl: ${made.err}`)
	return { key: fs.readFileSync(`${tls}/${name}.key`), cert: fs.readFileSync(`${tls}/${name}.pem`) }
}
async function listen(server, host = '127.0.0.1') {
	await new Promise(done => server.listen(0, host, done))
	onFinish(() => new Promise(done => { server.closeAllConnections?.(); server.close(done) }))
	return server.address().port
}

await test('certificates', async () => {
	const right = certificate('right', ['-addext', 'subjectAltName=IP:127.0.0.1'])
	const wrong = certificate('wrong', ['-addext', 'subjectAltName=DNS:other.example'])
	const answer = (q, r) => { r.writeHead(200, { 'Content-Type': 'text/html' }); r.end('secure') }
	const a = await listen(https.createServer(right, answer)), b = await listen(https.createServer(wrong, answer))
	const plain = await driver.ask({ url: `https://127.0.0.1:${a}/` })
	assert.equal(plain.code, 'FETCH_FAILED')
	assert.match(plain.message, /certificate is not valid: .*self.signed/)
	fs.writeFileSync(`${tls}/both.pem`, Buffer.concat([right.cert, wrong.cert]))
	const d = startDriver({ flags: [...allow, '--ca-file', `${tls}/both.pem`] })
	for (let i = 0; i < 3; i++)
		assert.equal((await d.ask({ url: `https://127.0.0.1:${a}/${i}`, show: 9 })).body, 'secure')
	const name = await d.ask({ url: `https://127.0.0.1:${b}/` })
	assert.equal(name.code, 'FETCH_FAILED')
	assert.match(name.message, /certificate is not valid: .*subject name/)
	const spoken = await startOrigin((q, r) => r.end())
	const not = await d.ask({ url: `https://127.0.0.1:${spoken.port}/` })
	assert.equal(not.code, 'FETCH_FAILED')
	assert.match(not.message, /TLS handshake/)
	await d.stop()
})

await test('silent_tls', async () => {
	const silent = await startRaw(() => {})
	const d = startDriver({ flags: [...allow, '--fetch-connect-ms', '300'] })
	const r = await d.ask({ url: `https://127.0.0.1:${silent.port}/` })
	assert.deepEqual([r.code, r.message], ['TIMEOUT', 'could not connect to the server in time'])
	await d.stop()
})

await test('operator_endpoint', async () => {
	// The LLM's: any address, a body and its headers, the body of an error, no redirects.
	let got
	const origin = await startOrigin((q, r) => {
		let body = ''
		q.on('data', part => { body += part }).on('end', () => {
			got = [q.method, q.headers.accept, q.headers.authorization, q.headers.expect, body.length]
			r.writeHead(q.url === '/moved' ? 302 : 429, { Location: '/x', 'Content-Type': 'application/json', 'Retry-After': '3' })
			r.end('{"error":"busy"}')
		})
	})
	const d = startDriver()
	const ask = { operator: true, page: false, method: 'POST', body: 'x'.repeat(2000000), headers: { Authorization: 'Bearer k' }, show: 99 }
	const r = await d.ask({ ...ask, url: `${origin.url}/v1` })
	assert.deepEqual([r.code, r.status, r.body, r.retry_after], ['OK', 429, '{"error":"busy"}', 3])
	assert.deepEqual(got, ['POST', '*/*', 'Bearer k', undefined, 2000000])
	assert.equal((await d.ask({ ...ask, url: `${origin.url}/moved` })).status, 302)
	assert.equal((await d.ask({ url: origin.url })).code, 'PRIVATE_NETWORK_TARGET')
	await d.stop()
})

await test('http2', async () => {
	const pair = certificate('h2', ['-addext', 'subjectAltName=IP:127.0.0.1'])
	let sessions = 0
	const server = http2.createSecureServer(pair, (q, r) => {
		if (q.url === '/pdf') {
			r.writeHead(200, { 'content-type': 'application/pdf' })
			return r.write('x')
		}
		if (q.url === '/moved') {
			r.writeHead(302, { location: '/there' })
			return r.end()
		}
		if (q.url === '/reset')
			return r.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
		r.writeHead(200, { 'content-type': 'text/html' })
		r.end(`${q.httpVersion} ${q.url}`)
	})
	const open = new Set()
	server.on('session', s => { sessions++; open.add(s); s.on('close', () => open.delete(s)) })
	onFinish(() => open.forEach(s => s.destroy()))
	const port = await listen(server)
	fs.writeFileSync(`${tls}/h2.pem`, pair.cert)
	const d = startDriver({ flags: [...allow, '--ca-file', `${tls}/h2.pem`] })
	const url = `https://127.0.0.1:${port}`
	assert.equal((await d.ask({ url: `${url}/first`, show: 99 })).body, '2.0 /first')
	const all = await Promise.all(Array.from({ length: 100 }, (_, i) => d.ask({ url: `${url}/${i}`, show: 99 })))
	all.forEach((r, i) => assert.equal(r.body, `2.0 /${i}`, r.message))
	assert.equal((await d.ask({ url: `${url}/pdf` })).code, 'NON_HTML_RESPONSE')
	assert.equal((await d.ask({ url: `${url}/reset` })).code, 'FETCH_FAILED')
	assert.equal((await d.ask({ url: `${url}/moved`, show: 99 })).body, '2.0 /there')
	assert.ok(sessions <= 3, `${sessions} connections`)
	await d.stop()
})

await test('stop_ends_all', async () => {
	const d = startDriver({ flags: allow })
	const origin = await startRaw(() => {})
	const all = Array.from({ length: 50 }, (_, i) => d.ask({ url: `${origin.url}/${i}`, timeout_ms: 60000 }))
	await until(() => origin.requests >= 8, 'requests under way')
	d.tell({ cmd: 'stop' })
	for (const r of await Promise.all(all))
		assert.equal(r.code, 'CANCELLED')
	assert.equal((await d.ask({ url: origin.url })).code, 'CANCELLED')
	await d.stop()
})

await test('settings', async () => {
	for (const [flag, value, words] of [['--allow-targets', '10.0.0.0/40', /allow_targets: "10\.0\.0\.0\/40"/],
		['--nat64-prefix', 'x', /nat64_prefix/], ['--ca-file', '/nonexistent.pem', /ca_file/]]) {
		const d = startDriver({ flags: [flag, value], status: 1 })
		await d.stop()
		assert.match(d.errors(), words)
	}
	await until(() => /warn .*private_targets_allowed/.test(driver.errors()), 'the warning')
})

await test('creeping_body', async () => {
	const r = await crept
	assert.equal(r.code, 'TIMEOUT')
	assert.match(r.message, /less than 100 bytes a second/)
})

await test('first_byte_may_be_late', async () => {
	assert.equal((await late).body, 'late')
})

await test('memory_and_threads_at_the_end', async () => {
	await health()
	const s = await driver.command('stats')
	assert.deepEqual([s.running, s.waiting], [0, 0])
	assert.ok(s.peak_kb < 600 * 1024, `${s.peak_kb} KB`)
})
await finish()
