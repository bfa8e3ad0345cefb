// SPDX-License-Identifier: Apache-2.0
// Much out and much in: streams that wait for their readers and say whether they are whole, and the bodies of routes that take large ones.
import { certificate, door, rests, same, Skip, sure, test, until } from './lib.mjs'

const H = 'Host: localhost\r\n'
const GOOD = 'Authorization: Bearer good\r\n'
const get = (p, version = '1.1') => `GET ${p} HTTP/${version}\r\n${H}\r\n`
const MB = 1 << 20

// Reads a raw stream without keeping it, and rests for a moment after each `stride` bytes.
function sip(w, stride) {
	let bytes = 0, since = 0, tail = Buffer.alloc(0)
	w.socket.removeAllListeners('data')
	w.socket.on('data', b => {
		bytes += b.length
		since += b.length
		tail = Buffer.concat([tail.subarray(-16), b.subarray(-16)])
		if (since < stride) return
		since = 0
		w.socket.pause()
		setTimeout(() => w.socket.resume(), 5)
	})
	return { get bytes() { return bytes }, get tail() { return tail.toString('latin1') } }
}

test('bulk a slow reader gets all of it, from little memory', async () => {
	// The sanitizer keeps what was freed: not more of it than would hide what is looked for.
	const d = await door({}, 0, { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=4` })
	const warm = await d.ask(get('/bulk?bytes=3000000'))
	same([warm.body.length, warm.whole], [3000000, true], 'a small one')
	const before = d.memory('VmHWM')
	const w = d.wire()
	w.send(get(`/bulk?bytes=${200 * MB}`))
	const read = sip(w, 4 * MB)
	await until(() => w.over, 'the end of the stream', 120000)
	sure(read.bytes > 200 * MB, `it was cut: ${read.bytes}`)
	sure(read.tail.endsWith('\r\n0\r\n\r\n'), 'it does not say that it is whole')
	const grown = d.memory('VmHWM') - before
	sure(grown < 12 * MB, `the door grew by ${grown} bytes`)
	same((await d.state()).stopped, 0, 'calls that had to stop')
	await d.stop()
})

test('bulk a reader that stops is cut off', async () => {
	const d = await door({ 'write-timeout-ms': 500 })
	const w = d.wire({ pause: true })
	w.send(get('/bulk'))
	await until(() => /path="\/bulk" status=499/.test(d.err), 'the reader that takes nothing is dropped')
	await until(async () => (await d.state()).stopped === 1, 'its call is woken and stops')
	w.destroy()
	await d.stop()
})

test('bulk a reader that leaves wakes the call', async () => {
	const d = await door({ 'write-timeout-ms': 600000 })
	const many = Array.from({ length: 8 }, () => d.wire({ pause: true }))
	for (const w of many) w.send(get('/bulk'))
	await until(async () => (await d.state()).connections === many.length + 1, 'they are here')
	await rests(d) // all have sent what they may and wait
	same((await d.state()).stopped, 0, 'nobody has left')
	for (const w of many) w.reset()
	await until(async () => (await d.state()).stopped === many.length, 'each call is woken and stops')
	await d.stop()
})

test('bulk waits are not forgotten', async () => {
	const d = await door()
	const one = async (most, bytes) => {
		const r = await d.ask(get(`/bulk?bytes=${bytes}&most=${most}`))
		same([r.body.length, r.whole], [bytes, true], `${most} may wait`)
		sure(r.body.startsWith('abc'), 'what came')
	}
	for (let round = 0; round < 20; round++)
		await Promise.all([0, 1, 26000, 65536, 200000].map(most => one(most, 520000 + round)))
	same((await d.state()).stopped, 0, 'calls that had to stop')
	await d.stop()
})

test('bulk says whether it is whole', async () => {
	const d = await door()
	const whole = await d.ask(get('/bulk?bytes=100000'))
	same([whole.head['transfer-encoding'], whole.head['content-length'], whole.head.connection], ['chunked', undefined, 'close'], 'head')
	same([whole.body.length, whole.whole], [100000, true], 'a whole one')
	const cut = await d.ask(get('/bulk?bytes=100000&fail=52000'))
	same([cut.status, cut.body.length, cut.whole], [200, 52000, false], 'one that failed on the way')
	sure(/http\.stream_cut .*code=INTERNAL_ERROR/.test(d.err), 'the log does not tell')

	// The same through clients that people use.
	const url = `http://127.0.0.1:${d.port}/bulk?bytes=100000`
	same((await (await fetch(url)).text()).length, 100000, 'fetch, whole')
	const torn = await fetch(`${url}&fail=52000`).then(r => r.text()).then(t => `${t.length} bytes`, () => 'refused')
	same(torn, 'refused', 'fetch, cut')

	const old = d.wire() // HTTP/1.0 knows no chunks
	old.send(get('/bulk?bytes=100000', '1.0'))
	const r = await old.reply()
	same([r.head['transfer-encoding'], r.body.length, old.error], [undefined, 100000, undefined], 'HTTP/1.0, whole')
	const older = d.wire()
	older.send(get('/bulk?bytes=100000&fail=52000&hold=1', '1.0'))
	await older.until(w => w.in.length > 52000, 'all that is sent') // a reset may overtake what nobody has read yet
	same((await d.ask(`POST /release HTTP/1.1\r\n${H}\r\n`)).status, 200, 'now it may fail')
	await older.closed()
	same(older.error, 'ECONNRESET', 'HTTP/1.0, cut')

	const none = d.wire()
	none.send(`HEAD /bulk HTTP/1.1\r\n${H}\r\n`)
	same((await none.reply({ bodyless: true })).head['transfer-encoding'], 'chunked', 'HEAD')
	await none.closed()
	same(none.in.length, 0, 'bytes behind the head')
	await d.stop()
})

test('bulk says so behind TLS', async () => {
	const pair = certificate()
	if (!pair) throw new Skip('openssl is not here')
	const d = await door(pair)
	const ask = p => d.ask(get(p), '', { secure: true })
	const whole = await ask('/bulk?bytes=5000000'), cut = await ask('/bulk?bytes=5000000&fail=3000000')
	same([whole.body.length, whole.whole, cut.whole], [5000000, true, false], 'whole and cut')
	await d.stop()
})

test('bulk ends well while the door drains, or says that it did not', async () => {
	const d = await door({ 'drain-ms': 60000 })
	const w = d.wire({ pause: true })
	w.send(get('/bulk?bytes=30000000'))
	await until(async () => (await d.state()).connections === 2, 'it runs')
	await rests(d)
	d.signal()
	await until(() => d.out.includes('draining'), 'the door drains')
	w.socket.resume()
	const r = await w.reply()
	same([r.body.length, r.whole], [30000000, true], 'an answer under way')
	same(await d.gone(), 0, 'exit code')

	const short = await door({ 'drain-ms': 600, 'write-timeout-ms': 600000 })
	const slow = short.wire({ pause: true })
	slow.send(get('/bulk'))
	await until(async () => (await short.state()).connections === 2, 'it runs')
	await rests(short)
	short.signal()
	same(await short.gone(), 0, 'exit code')
	slow.socket.resume()
	same((await slow.reply()).whole, false, 'one that was cancelled')
})

test('bulk bodies of routes that take large ones', async () => {
	const d = await door({ 'max-body-bytes': '1M', 'job-body-bytes': '4M', 'body-memory-bytes': '6M' })
	const x = n => 'x'.repeat(n)
	const post = (p, n, more = '') => `POST ${p} HTTP/1.1\r\n${H}${more}Content-Length: ${n}\r\n\r\n`
	const code = r => [r.status, r.status === 200 ? JSON.parse(r.body).bytes : JSON.parse(r.body).error.code]
	const chunked = (p, sizes, more = '') => `POST ${p} HTTP/1.1\r\n${H}${more}Transfer-Encoding: chunked\r\n\r\n` +
		sizes.map(n => `${n.toString(16)}\r\n${x(n)}\r\n`).join('') + '0\r\n\r\n'

	same(code(await d.ask(post('/large', 3 * MB, GOOD), x(3 * MB))), [200, 3 * MB], 'within its limit')
	same(code(await d.ask(post('/open', 4 * MB), x(4 * MB))), [200, 4 * MB], 'just its limit')
	same(code(await d.ask(post('/open', 4 * MB + 1))), [413, 'PAYLOAD_TOO_LARGE'], 'a byte more, before any was read')
	same(code(await d.ask(post('/large', 3 * MB))), [401, 'UNAUTHORIZED'], 'a stranger uploads nothing')
	same(code(await d.ask(post('/large', 5 * MB))), [401, 'UNAUTHORIZED'], 'a stranger hears of no limit')
	same(code(await d.ask(post('/large', 5 * MB, GOOD))), [413, 'PAYLOAD_TOO_LARGE'], 'more than its limit')
	same(code(await d.ask(chunked('/large', [2 * MB, MB, 1], GOOD))), [200, 3 * MB + 1], 'in chunks')
	same(code(await d.ask(chunked('/open', [2 * MB, 2 * MB]))), [200, 4 * MB], 'in chunks, just its limit')
	same(code(await d.ask(chunked('/open', [2 * MB, 2 * MB, 1]))), [413, 'PAYLOAD_TOO_LARGE'], 'in chunks, a byte more')
	sure(/larger than 4194304 bytes/.test((await d.ask(post('/open', 5 * MB))).body), 'the limit is named')
	same(code(await d.ask(post('/upload', 2 * MB, GOOD))), [413, 'PAYLOAD_TOO_LARGE'], 'another route')

	const w = d.wire() // the next request on the connection has its own limit
	w.send(post('/open', 2 * MB) + x(2 * MB))
	same(code(await w.reply()), [200, 2 * MB], 'first on a connection')
	w.send(post('/echo', 2 * MB))
	same(code(await w.reply()), [413, 'PAYLOAD_TOO_LARGE'], 'second on it')

	const held = d.wire()
	held.send(post('/open', 4 * MB) + x(1000))
	await until(async () => (await d.state()).bodies === 4 * MB, 'it is counted')
	same(code(await d.ask(post('/open', 3 * MB))), [503, 'OVERLOADED'], 'all together are too much')
	held.destroy()
	await until(async () => (await d.state()).bodies === 0, 'what it held is free')
	await d.stop()
})
