// SPDX-License-Identifier: Apache-2.0
// What must not be taken for a request. After each refusal the connection is closed, so that the
// rest of the bytes, often a second request, is never answered.
import { same, shared, sure, test } from './lib.mjs'

const open = shared({ 'max-header-bytes': 2048, 'max-target-bytes': 512, 'max-header-lines': 20, 'max-body-bytes': 2000 })
const H = 'Host: localhost\r\n'
const inner = `GET /hello HTTP/1.1\r\n${H}\r\n`
const head = (lines, body = '') => `POST /echo HTTP/1.1\r\n${H}${lines}\r\n\r\n${body}`
const c = body => head('Transfer-Encoding: chunked', body)

const rows = [
	['TE and CL', 400, head('Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${inner}`)],
	['CL and TE', 400, head('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${inner}`)],
	['two equal CL', 400, head('Content-Length: 5\r\nContent-Length: 5', `hello${inner}`)],
	['two CL', 400, head('Content-Length: 0\r\nContent-Length: 5', `hello${inner}`)],
	['CL list', 400, head('Content-Length: 5, 5', `hello${inner}`)],
	['CL +5', 400, head('Content-Length: +5', `hello${inner}`)],
	['CL -5', 400, head('Content-Length: -5', inner)],
	['CL 5abc', 400, head('Content-Length: 5abc', `hello${inner}`)],
	['CL 0x5', 400, head('Content-Length: 0x5', `hello${inner}`)],
	['CL 5 5', 400, head('Content-Length: 5 5', `hello${inner}`)],
	['CL of 20 digits', 400, head('Content-Length: 18446744073709551621', `hello${inner}`)],
	['TE gzip', 400, head('Transfer-Encoding: gzip', inner)],
	['TE chunked, chunked', 400, head('Transfer-Encoding: chunked, chunked', `0\r\n\r\n${inner}`)],
	['TE identity and CL', 400, head('Transfer-Encoding: identity\r\nContent-Length: 5', `hello${inner}`)],
	['TE twice', 400, head('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${inner}`)],
	['TE in HTTP/1.0', 400, `POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`],
	['blank before colon', 400, head('Transfer-Encoding : chunked', `0\r\n\r\n${inner}`)],
	['folded line', 400, head('A: b\r\n Transfer-Encoding: chunked', inner)],
	['bare LF', 400, head('A: b\nContent-Length: 5', `hello${inner}`)],
	['bare CR', 400, head('A: b\rContent-Length: 5', `hello${inner}`)],
	['NUL in name', 400, head('Content-Le\0ngth: 5', `hello${inner}`)],
	['NUL in value', 400, head('A: \0', inner)],
	['name with brackets', 400, head('A[]: b', inner)],
	['no colon', 400, head('nothing', inner)],
	['two Host', 400, `GET /hello HTTP/1.1\r\n${H}Host: localhost\r\n\r\n${inner}`],
	['no Host', 400, `GET /hello HTTP/1.1\r\n\r\n${inner}`],
	['chunk 0x', 400, c(`0x5\r\nhello\r\n0\r\n\r\n${inner}`)],
	['chunk size with a blank', 400, c(`5 \r\nhello\r\n0\r\n\r\n${inner}`)],
	['chunk size signed', 400, c(`-5\r\nhello\r\n0\r\n\r\n${inner}`)],
	['chunk size that overflows', 400, c(`FFFFFFFFFFFFFFFF5\r\nhello\r\n0\r\n\r\n${inner}`)],
	['chunk longer than its size', 400, c(`3\r\nhello\r\n0\r\n\r\n${inner}`)],
	['chunk with bare LF', 400, c(`5\nhello\n0\n\n${inner}`)],
	['chunk extension of 300 bytes', 400, c(`5;${'e'.repeat(300)}\r\nhello\r\n0\r\n\r\n${inner}`)],
	['trailer without colon', 400, c(`0\r\nGET /hello HTTP/1.1\r\n\r\n${inner}`)],
	['CONNECT', 501, `CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n${inner}`],
	['TRACE', 501, `TRACE /hello HTTP/1.1\r\n${H}\r\n${inner}`],
	['absolute target', 400, `GET http://localhost/hello HTTP/1.1\r\n${H}\r\n`, 'open'],
	['target without slash', 400, `GET hello HTTP/1.1\r\n${H}\r\n`, 'open'],
	['star target', 400, `GET * HTTP/1.1\r\n${H}\r\n`, 'open'],
	['%00 in the path', 400, `GET /items/a%00b HTTP/1.1\r\n${H}\r\n`, 'open'],
	['bad percent sign', 400, `GET /items/%zz HTTP/1.1\r\n${H}\r\n`, 'open'],
	['bad UTF-8 in the path', 400, `GET /items/%ff HTTP/1.1\r\n${H}\r\n`, 'open'],
	['bad UTF-8 in the query', 400, `GET /echo?q=%ff HTTP/1.1\r\n${H}\r\n`, 'open'],
	['raw high byte', 400, `GET /items/\xe9 HTTP/1.1\r\n${H}\r\n${inner}`],
	['HTTP/2.0', 505, `GET /hello HTTP/2.0\r\n${H}\r\n${inner}`],
	['HTTP/0.9', 400, `GET /hello\r\n\r\n${inner}`],
	['HTTP/2 preface', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
	['a TLS hello', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
	['blanks in the target', 400, `GET /he llo HTTP/1.1\r\n${H}\r\n${inner}`],
	['target too long', 414, `GET /${'a'.repeat(600)} HTTP/1.1\r\n${H}\r\n${inner}`],
	['endless request line', 414, `GET /${'a'.repeat(9000)}`],
	['head too large', 431, `GET /hello HTTP/1.1\r\n${H}A: ${'b'.repeat(3000)}\r\n\r\n${inner}`],
	['endless head', 431, `GET /hello HTTP/1.1\r\n${'A: b\r\n'.repeat(10000)}`],
	['too many lines', 431, `GET /hello HTTP/1.1\r\n${H}${'A:\r\n'.repeat(20)}\r\n${inner}`],
	['body too large by length', 413, head('Content-Length: 2001', inner)],
	['body too large, all of it sent', 413, head('Content-Length: 40000', 'x'.repeat(40000))],
	['body too large by chunks', 413, c(`7d0\r\n${'x'.repeat(2000)}\r\n1\r\nx\r\n0\r\n\r\n${inner}`)],
]
for (const [name, status, text, after = 'closed'] of rows)
	test(`framing ${name}`, async () => {
		const d = await open()
		const w = d.wire()
		w.send(text)
		const r = await w.reply()
		same(r.status, status, 'status')
		same(r.head['content-type'], 'application/json', 'type')
		const e = JSON.parse(r.body)
		sure(e.error.code && e.error.message, 'an error in words')
		same(e.requestId, r.head['x-request-id'], 'request id')
		if (after === 'closed') {
			same(r.head.connection, 'close', 'Connection')
			await w.closed()
			same(w.in.length, 0, 'bytes behind the answer')
			same(w.error, undefined, 'the connection was reset')
		} else {
			w.send(inner)
			same((await w.reply()).status, 200, 'the next request')
			w.destroy()
		}
	})

test('paths are decoded once', async () => {
	const d = await open()
	const rows2 = [
		['/items/a%2Fb', 404], // decoded first, so it is two segments
		['/items/a%252Fb', '/items/a%2Fb'],
		['/items/a+b', '/items/a+b'],
		['/items/%0d%0aX:1', '/items/\\r\\nX:1'],
		['/items/a;b=c', '/items/a;b=c'],
		['/files//x/../y', '/files//x/../y'],
		['/items/%C3%A9', '/items/Ã©'],
	]
	for (const [target, want] of rows2) {
		const r = await d.ask(`GET ${target} HTTP/1.1`)
		if (typeof want === 'number') same(r.status, want, target)
		else sure(r.body.includes(`"path":"${want}"`), `${target}: ${r.body}`)
	}
	const q = await d.ask('GET /echo?a=1&q=x+%2B%20%26&q=2 HTTP/1.1')
	sure(q.body.includes('"q":"x + &"'), q.body)
})

test('framing leaves the door whole', async () => {
	const d = await open()
	await d.stop()
})
