// SPDX-License-Identifier: Apache-2.0
// The faults that libwebsockets' own HTTP reader has (docs: the door), each as a case: one packet
// must never stop the door, and nobody may make it spin.
import { quiet, rests, same, shared, sure, test, until } from './lib.mjs'

const open = shared({ 'idle-timeout-ms': 5000 })
const get = p => `GET ${p} HTTP/1.1\r\nHost: localhost\r\n\r\n`
const post = (p, b) => `POST ${p} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${b.length}\r\n\r\n${b}`
const chunked = (p, ...parts) => `POST ${p} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n` +
	parts.map(b => `${b.length.toString(16)}\r\n${b}\r\n`).join('') + '0\r\n\r\n'

const rows = [
	['GET+POST', [get('/hello'), post('/echo', 'first')], ['world', '"body":"first"']],
	['POST+POST', [post('/echo', 'one'), post('/echo', 'two')], ['"body":"one"', '"body":"two"']],
	['GET+chunked', [get('/hop'), chunked('/echo', 'ab', 'cde')], ['world', '"body":"abcde"']],
	['chunked+GET+POST', [chunked('/echo', 'x'), get('/late?ms=50'), post('/echo', 'y')],
		['"body":"x"', '"late":true', '"body":"y"']],
	['late+hello', [get('/late?ms=100'), get('/hello'), get('/hop')], ['late', 'world', 'world']],
	['PUT without body', ['PUT /echo HTTP/1.1\r\nHost: localhost\r\n\r\n', get('/hello')], ['"method":"PUT"', 'world']],
	['DELETE of length 0', ['DELETE /items/7 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n'], ['"param":"7"']],
	['POST without length', ['POST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n', get('/hello')], ['"body":""', 'world']],
	['h2c upgrade', [`POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
		`HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: 2\r\n\r\nhi`], ['"body":"hi"']],
	['headers put- and patch', ['GET /hello HTTP/1.1\r\nHost: localhost\r\nPut-X: 1\r\nPatch: 2\r\nDelete: 3\r\n\r\n'], ['world']],
	['two blank lines first', [`\r\n\r\n${get('/hello')}`], ['world']],
	['many', Array(40).fill(get('/hop')), Array(40).fill('world')],
]
const ways = {
	'in one segment': async (w, text) => { w.send(text) },
	'byte by byte': (w, text) => w.drip(text, 1),
	'in pieces of 7': (w, text) => w.drip(text, 7),
}
for (const [name, requests, wanted] of rows)
	for (const [way, send] of Object.entries(ways))
		test(`catalogue ${name} ${way}`, async () => {
			const d = await open()
			const w = d.wire()
			await send(w, requests.join(''))
			for (const want of wanted) {
				const r = await w.reply()
				same(r.status, 200, 'status')
				sure(r.body.includes(want), `${want} is not in ${r.body}`)
			}
			w.destroy()
		})

const leave = { FIN: w => w.end(), RST: w => w.reset() }
for (const [how, go] of Object.entries(leave)) {
	test(`${how} while an answer is due cancels the call`, async () => {
		const d = await open()
		const before = await d.state()
		const w = d.wire()
		w.send(get('/late?ms=30000'))
		await until(async () => (await d.state()).connections >= 2, 'the request is there')
		await w.open
		go(w)
		await until(async () => (await d.state()).stopped > before.stopped, 'the call sees it and stops')
		sure((await d.state()).cancels > before.cancels, 'who waits for the call was told')
		await until(() => d.err.includes('path="/late" status=499'), 'the log says so')
	})
	test(`${how} during events ends the stream`, async () => {
		const d = await open()
		const before = (await d.state()).stopped
		const w = d.wire()
		w.send(get('/events?n=100000&ms=200'))
		await w.until(() => w.text().includes('id: 2'), 'two events')
		go(w)
		await until(async () => (await d.state()).stopped > before, 'the stream sees it and stops')
	})
}

const stray = { 'two bytes': 'xx', '20 KB': 'x'.repeat(20000), '300 KB': 'x'.repeat(300000) }
for (const [what, bytes] of Object.entries(stray)) {
	test(`${what} while an answer is due wait, and do not spin`, async () => {
		const d = await open()
		const w = d.wire()
		w.send(get('/late?ms=800'))
		await quiet(d, async () => {
			w.send(bytes)
			same((await w.reply()).body, '{"late":true}', 'the answer')
		})
		w.destroy()
	})
	test(`${what} during events are dropped, and do not spin`, async () => {
		const d = await open()
		const w = d.wire()
		w.send(get('/events?n=4&ms=200'))
		await w.until(() => w.text().includes('id: 1'), 'an event')
		await quiet(d, async () => {
			w.send(bytes)
			const r = await w.reply()
			sure(r.body.includes('id: 4'), `events stopped: ${r.body}`)
		})
	})
}

for (const sends of [false, true])
	test(`a reader that stops${sends ? ' and sends' : ''} does not spin`, async () => {
		const d = await open()
		const bytes = 24 << 20
		const w = d.wire({ pause: true })
		w.send(get(`/big?bytes=${bytes}`))
		const other = d.wire()
		await until(async () => (await d.state()).connections >= 3, 'both are there')
		await rests(d) // the answer has filled every buffer on the way
		await quiet(d, async () => {
			if (sends) w.send('y'.repeat(100000))
			other.send(get('/late?ms=700'))
			await other.reply()
		})
		w.socket.resume()
		const r = await w.reply()
		same(r.body.length, bytes, 'bytes of the answer')
		sure(r.body.startsWith('abcdef') && r.body[bytes - 1] === String.fromCharCode(97 + (bytes - 1) % 26), 'its content')
		w.destroy()
		other.destroy()
	})

test('a stream whose reader lags too far behind is cut off', async () => {
	const d = await open()
	const before = d.memory()
	const w = d.wire({ pause: true })
	w.send(get('/flood')) // a GB, if it were let
	await until(() => /path="\/flood" status=499/.test(d.err), 'the stream is dropped')
	sure(d.memory() - before < 64 << 20, 'what waits for a stream is bounded')
	w.destroy()
})

test('the door was never hurt', async () => {
	const d = await open()
	await until(async () => (await d.state()).connections === 1, 'all connections but the one that asks are gone')
	await d.stop()
})
