// SPDX-License-Identifier: Apache-2.0
// Methods, connections, Host, Origin and CORS, proxies, and who may send a body.
import { door, fail, same, shared, sure, test, until } from './lib.mjs'

const open = shared({})
const named = shared({
	'public-url': 'https://scrape.example', 'allowed-hosts': 'other.example:8443',
	'allowed-origins': 'https://app.example', 'trusted-proxies': '127.0.0.1, 10.0.0.0/8',
})
const H = 'Host: localhost\r\n'

// [name, request line, header lines, status, what else must hold]
const answers = [
	['get', 'GET /hello', '', 200, r => same(r.body, '{"hello":"world"}', 'body')],
	['slash at the end', 'GET /hello/', '', 200],
	['not found', 'GET /nothing', '', 404, r => same(JSON.parse(r.body).error.code, 'NOT_FOUND', 'code')],
	['wrong method', 'POST /hello', '', 405, r => same(r.head.allow, 'GET, HEAD, OPTIONS', 'Allow')],
	['small method', 'get /hello', '', 405],
	['unknown method', 'BREW /items/1', '', 405, r => same(r.head.allow, 'GET, HEAD, DELETE, OPTIONS', 'Allow')],
	['prefix', 'GET /files/a/b', '', 200, r => sure(r.body.includes('"path":"/files/a/b"'), r.body)],
	['any method', 'PURGE /mcp', '', 200],
	['options', 'OPTIONS /echo', '', 204, r => same(r.head.allow, 'GET, HEAD, POST, PUT, OPTIONS', 'Allow')],
	['options *', 'OPTIONS *', '', 204],
	['options of nothing', 'OPTIONS /nothing', '', 404],
	['an error of a flow', 'GET /fail', '', 503, r => sure(/^[123]$/.test(r.head['retry-after']), 'Retry-After')],
	['wording of a prefix', 'GET /mcp/more', '', 404, r => sure(r.body.includes('"jsonrpc"'), r.body)],
	['nosniff', 'GET /hello', '', 200, r => same(r.head['x-content-type-options'], 'nosniff', 'header')],
	['no-store on POST', 'POST /echo', '', 200, r => same(r.head['cache-control'], 'no-store', 'header')],
	['no cache rule on GET', 'GET /echo', '', 200, r => same(r.head['cache-control'], undefined, 'header')],
	['date', 'GET /hello', '', 200, r => sure(Math.abs(Date.parse(r.head.date) - Date.now()) < 60000, r.head.date)],
	['own request id', 'GET /hello', 'X-Request-Id: mine\r\n', 200,
		r => sure(/^req_[0-9a-z]{26}$/.test(r.head['x-request-id']), r.head['x-request-id'])],
]
for (const [name, line, lines, status, check] of answers)
	test(`rules ${name}`, async () => {
		const d = await open()
		const r = await d.ask(`${line} HTTP/1.1\r\n${H}${lines}\r\n`)
		same(r.status, status, 'status')
		check?.(r)
	})

for (const path of ['/hello', '/hop', '/big?bytes=300000'])
	test(`rules HEAD ${path} has the length and no body`, async () => {
		const d = await open()
		const w = d.wire()
		w.send(`HEAD ${path} HTTP/1.1\r\n${H}\r\nGET /hello HTTP/1.1\r\n${H}\r\n`)
		const r = await w.reply({ bodyless: true })
		same([r.status, Number(r.head['content-length']) > 10], [200, true], 'status and length')
		same((await w.reply()).body, '{"hello":"world"}', 'the next answer')
		w.destroy()
	})

test('rules HEAD of a stream', async () => {
	const d = await open()
	const w = d.wire()
	w.send(`HEAD /events?n=1000000 HTTP/1.1\r\n${H}\r\n`)
	const r = await w.reply()
	same([r.status, r.head['content-type'], r.body], [200, 'text/event-stream', ''], 'answer')
})

// [lines, version, stays open]
const keeping = [
	['', '1.1', true], ['Connection: close\r\n', '1.1', false], ['Connection: x, Close\r\n', '1.1', false],
	['', '1.0', false], ['Connection: keep-alive\r\n', '1.0', true], ['Connection: Keep-Alive, close\r\n', '1.0', false],
]
for (const [lines, version, stays] of keeping)
	test(`rules HTTP/${version} ${lines.trim() || 'plain'} ${stays ? 'stays' : 'closes'}`, async () => {
		const d = await open()
		const w = d.wire()
		for (let i = 0; i < (stays ? 3 : 1); i++) {
			w.send(`GET /hop HTTP/${version}\r\n${H}${lines}\r\n`)
			const r = await w.reply()
			same(r.status, 200, 'status')
			same(r.head.connection, stays ? (version === '1.0' ? 'keep-alive' : undefined) : 'close', 'Connection')
		}
		if (stays) sure(!w.over, 'it closed')
		else await w.closed()
		w.destroy()
	})

test('rules events', async () => {
	const d = await open()
	for (const version of ['1.1', '1.0']) {
		const r = await d.ask(`GET /events?n=3&ms=10 HTTP/${version}\r\n${H}\r\n`)
		same([r.status, r.head.connection, r.head['content-length'], r.head['transfer-encoding']],
			[200, 'close', undefined, undefined], 'head')
		same(r.body, 'id: 1\ndata: {}\n\nid: 2\ndata: {}\n\nid: 3\ndata: {}\n\n', 'body')
	}
})

test('rules a piece larger than the cap', async () => {
	const d = await open()
	const r = await d.ask(`GET /piece?bytes=3000000 HTTP/1.1\r\n${H}\r\n`)
	same([r.body.length, r.body[2999999]], [3000000, String.fromCharCode(97 + 2999999 % 26)], 'bytes')
})

const expect = lines => `POST /upload HTTP/1.1\r\n${H}${lines}Expect: 100-continue\r\n`
const good = 'Authorization: Bearer good\r\n'
test('rules 100-continue for who may', async () => {
	const d = await open()
	for (const frame of ['Content-Length: 4\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n']) {
		const w = d.wire()
		w.send(expect(good) + frame)
		same((await w.reply()).line, 'HTTP/1.1 100 Continue', 'interim answer')
		w.send(frame.startsWith('C') ? 'body' : '4\r\nbody\r\n0\r\n\r\n')
		same((await w.reply()).body, '{"bytes":4}', 'answer')
		w.destroy()
	}
})
test('rules no 100-continue when the body is there', async () => {
	const d = await open()
	const r = await d.ask(`${expect(good)}Content-Length: 4\r\n\r\nbody`)
	same(r.status, 200, 'status')
})
test('rules strangers upload nothing', async () => {
	const d = await open()
	const frames = ['Content-Length: 900000', 'Transfer-Encoding: chunked']
	for (const frame of frames)
		for (const head of [expect(''), `POST /upload HTTP/1.1\r\n${H}`]) {
			const w = d.wire()
			w.send(`${head}${frame}\r\n\r\n`)
			const r = await w.reply()
			same([r.status, r.head['www-authenticate'], r.head.connection], [401, 'Bearer', 'close'], 'refusal')
			await w.closed()
		}
	const w = d.wire() // one who does not wait for the refusal still sees it
	w.send(`POST /upload HTTP/1.1\r\n${H}Content-Length: 900000\r\n\r\n${'x'.repeat(50000)}`)
	same((await w.reply()).status, 401, 'status')
	const small = await d.ask(`POST /upload HTTP/1.1\r\n${H}Content-Length: 2\r\n\r\nhi`)
	same([small.status, small.head.connection], [401, undefined], 'a body that came along')
})

const LOCAL = 'http://localhost:6274', APP = 'https://app.example', EVIL = 'https://evil.example'
// [name, door, request line, lines, status, Access-Control-Allow-Origin]
const browser = [
	['loopback origin', open, 'GET /hop', `${H}Origin: ${LOCAL}\r\n`, 200, LOCAL],
	['foreign origin', open, 'GET /hop', `${H}Origin: ${EVIL}\r\n`, 403, undefined],
	['null origin', open, 'GET /hop', `${H}Origin: null\r\n`, 403, undefined],
	['two origins', open, 'GET /hop', `${H}Origin: ${LOCAL}\r\nOrigin: ${LOCAL}\r\n`, 403, undefined],
	['not found, with CORS', open, 'GET /nothing', `${H}Origin: ${LOCAL}\r\n`, 404, LOCAL],
	['wrong method, with CORS', open, 'POST /hello', `${H}Origin: ${LOCAL}\r\n`, 405, LOCAL],
	['refused key, with CORS', open, 'POST /upload', `${H}Origin: ${LOCAL}\r\n`, 401, LOCAL],
	['failure, with CORS', open, 'GET /fail', `${H}Origin: ${LOCAL}\r\n`, 503, LOCAL],
	['too large, with CORS', open, 'POST /echo', `${H}Origin: ${LOCAL}\r\nContent-Length: 99000000\r\n`, 413, LOCAL],
	['any origin', open, 'GET /health', `${H}Origin: ${EVIL}\r\n`, 200, '*'],
	['any origin, null', open, 'GET /health', `${H}Origin: null\r\n`, 200, '*'],
	['foreign host', open, 'GET /hop', 'Host: evil.example\r\n', 403, undefined],
	['foreign host, path unknown', open, 'GET /nothing', 'Host: evil.example\r\n', 403, undefined],
	['rebound preflight', open, 'OPTIONS /hop',
		`Host: evil.example\r\nOrigin: ${LOCAL}\r\nAccess-Control-Request-Method: GET\r\n`, 403, undefined],
	['any host', open, 'GET /health', 'Host: 10.1.2.3:80\r\n', 200, undefined],
	['host in capitals', open, 'GET /hop', 'Host: LocalHost:1\r\n', 200, undefined],
	['host with user', open, 'GET /hop', 'Host: a@localhost\r\n', 403, undefined],
	['host list', open, 'GET /hop', 'Host: localhost, localhost\r\n', 403, undefined],
	['public name', named, 'GET /hop', 'Host: scrape.example\r\n', 200, undefined],
	['other name', named, 'GET /hop', 'Host: other.example:8443\r\n', 200, undefined],
	['other name, other port', named, 'GET /hop', 'Host: other.example\r\n', 403, undefined],
	['own origin', named, 'GET /hop', `Host: scrape.example\r\nOrigin: https://scrape.example\r\n`, 200, 'https://scrape.example'],
	['own name, other scheme', named, 'GET /hop', `Host: scrape.example\r\nOrigin: http://scrape.example\r\n`, 403, undefined],
	['configured origin', named, 'GET /hop', `Host: scrape.example\r\nOrigin: ${APP}\r\n`, 200, APP],
]
for (const [name, which, line, lines, status, origin] of browser)
	test(`cors ${name}`, async () => {
		const d = await which()
		const r = await d.ask(`${line} HTTP/1.1\r\n${lines}\r\n`)
		same([r.status, r.head['access-control-allow-origin']], [status, origin], 'status and origin')
		same(r.head['access-control-allow-credentials'], undefined, 'credentials')
		if (origin && origin !== '*') same(r.head.vary, 'Origin', 'Vary')
		if (origin) for (const want of ['WWW-Authenticate', 'Mcp-Session-Id', 'Mcp-Protocol-Version', 'Retry-After', 'Location', 'Idempotency-Replayed', 'X-Result-Count'])
			sure(r.head['access-control-expose-headers'].includes(want), `${want} is not exposed`)
	})

test('cors preflight comes before authentication', async () => {
	const d = await open()
	const ask = (path, origin) => d.ask(`OPTIONS ${path} HTTP/1.1\r\n${H}Origin: ${origin}\r\n` +
		'Access-Control-Request-Method: POST\r\n' +
		'Access-Control-Request-Headers: authorization,mcp-param-Region, mcp-param-b(ad),x-foreign\r\n\r\n')
	for (const path of ['/upload', '/mcp']) {
		const r = await ask(path, LOCAL)
		same([r.status, r.head['access-control-allow-origin'], r.head['access-control-max-age'], r.body, r.head['content-length']],
			[204, LOCAL, '600', '', undefined], path)
		const names = r.head['access-control-allow-headers'].split(/, */)
		for (const want of ['authorization', 'content-type', 'accept', 'mcp-protocol-version', 'mcp-session-id',
			'mcp-method', 'mcp-name', 'last-event-id', 'x-api-key', 'mcp-param-Region'])
			sure(names.includes(want), `${want} is not allowed`)
		sure(!names.includes('x-foreign') && !names.some(n => n.includes('(')), 'too much is allowed')
		same(r.head['access-control-allow-methods'],
			path === '/mcp' ? 'GET, POST, DELETE, OPTIONS' : 'POST, OPTIONS', 'methods')
	}
	const no = await ask('/mcp', EVIL)
	same([no.status, no.head['access-control-allow-origin']], [403, undefined], 'a foreign origin')
})

// [X-Forwarded-For lines, peer]
const proxies = [
	[[], '127.0.0.1'],
	[['1.2.3.4'], '1.2.3.4'],
	[['6.6.6.6, 1.2.3.4'], '1.2.3.4'],
	[['6.6.6.6, 1.2.3.4, 10.9.9.9'], '1.2.3.4'],
	[['6.6.6.6', '1.2.3.4', '10.9.9.9, 10.1.1.1'], '1.2.3.4'],
	[['10.1.1.1'], '10.1.1.1'],
	[['nonsense'], '127.0.0.1'],
	[['1.2.3.4, nonsense'], '127.0.0.1'],
	[['1.2.3.4:5678'], '1.2.3.4'],
	[['[2001:db8::1]:99'], '2001:db8::1'],
	[['2001:db8::1'], '2001:db8::1'],
]
test('rules trusted proxies are believed from the right', async () => {
	const d = await named()
	for (const [lines, peer] of proxies) {
		const r = await d.ask(`GET /echo HTTP/1.1\r\nHost: scrape.example\r\n${lines.map(l => `X-Forwarded-For: ${l}\r\n`).join('')}\r\n`)
		same(JSON.parse(r.body).peer, peer, `peer by ${lines}`)
	}
	const plain = await (await open()).ask(`GET /echo HTTP/1.1\r\n${H}X-Forwarded-For: 1.2.3.4\r\n\r\n`)
	same(JSON.parse(plain.body).peer, '127.0.0.1', 'nobody is trusted by default')
})

test('rules fetch with a stream body, and many at once', async () => {
	const d = await open()
	const base = `http://127.0.0.1:${d.port}`
	const body = new ReadableStream({
		start(c) { for (const part of ['ab', 'cd', 'ef']) c.enqueue(Buffer.from(part)); c.close() },
	})
	const r = await fetch(`${base}/echo`, { method: 'POST', body, duplex: 'half' })
	same((await r.json()).body, 'abcdef', 'body')
	same((await (await fetch(`${base}/echo`, { method: 'PUT' })).json()).method, 'PUT', 'PUT without body')
	const all = await Promise.all(Array.from({ length: 20 }, (_, i) => fetch(`${base}/items/${i}`).then(a => a.json())))
	same(all.map(a => a.param), Array.from({ length: 20 }, (_, i) => String(i)), 'answers')
})

test('rules a detached call outlives its client', async () => {
	const d = await open()
	const before = await d.state()
	const w = d.wire()
	w.send(`GET /detached?ms=300 HTTP/1.1\r\n${H}\r\n`)
	await until(async () => (await d.state()).connections >= 2, 'it runs')
	w.reset()
	await until(async () => (await d.state()).detached > before.detached, 'it ends as if the client were there')
})

test('rules secrets and queries stay out of the log', async () => {
	const d = await open()
	await d.ask(`GET /echo?token=hush HTTP/1.1\r\n${H}Authorization: Bearer hush\r\n\r\n`)
	await until(() => /http.done method=GET path="\/echo" status=200/.test(d.err), 'the access log')
	if (d.err.includes('hush')) fail('it is in the log')
})

test('rules leave the door whole', async () => {
	await (await open()).stop()
	await (await named()).stop()
	const d = await door({ listen: '[::1]:0' })
	same((await d.ask('GET /hop HTTP/1.1\r\nHost: [::1]:1\r\n\r\n')).status, 200, 'over IPv6')
	const r = await d.ask('GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n')
	same(JSON.parse(r.body).peer, '::1', 'peer')
	await d.stop()
})
