// SPDX-License-Identifier: Apache-2.0
// Deadlines, caps and queues: what a hostile or unlucky client can take, and no more.
import { certificate, door, fail, outside, quiet, rests, same, Skip, sure, test, until } from './lib.mjs'

const H = 'Host: localhost\r\n'
const get = p => `GET ${p} HTTP/1.1\r\n${H}\r\n`

// Sends a byte again and again, so that a deadline which bytes renew would never come.
async function dripped(w, first) {
	w.send(first)
	const timer = setInterval(() => w.over || w.send('x'), 20)
	try {
		const r = await w.reply()
		same([r.status, JSON.parse(r.body).error.code], [408, 'REQUEST_TIMEOUT'], 'refusal')
	} finally { clearInterval(timer) }
	await w.closed()
}

test('limits deadlines', async () => {
	// Each of them long enough that a slow machine does not come to it between two steps of a client.
	const d = await door({ 'head-timeout-ms': 3000, 'body-timeout-ms': 3000, 'idle-timeout-ms': 3000, 'write-timeout-ms': 3000 })
	const second = d.wire(), silent = d.wire(), idle = d.wire()
	const kept = async w => {
		w.send(get('/hello'))
		await w.reply()
	}
	await Promise.all([
		dripped(d.wire(), `GET /hello HTTP/1.1\r\n${H}X: `),
		dripped(d.wire(), `POST /echo HTTP/1.1\r\n${H}Content-Length: 100000\r\n\r\n`),
		dripped(d.wire(), `POST /echo HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\nfffff\r\n`),
		kept(second).then(() => dripped(second, 'GET /hel')),
		silent.closed(), // never said a word: closed without one
		kept(idle).then(() => idle.closed()),
	])
	same(silent.in.length, 0, 'bytes to a silent client')
	same(idle.in.length, 0, 'bytes to an idle client')

	const late = d.wire() // a request that runs is under none of these deadlines
	late.send(get('/late?ms=4500'))
	same((await late.reply()).body, '{"late":true}', 'a long call')
	late.destroy()

	const stuck = d.wire({ pause: true }) // takes nothing: dropped, and its answer's memory freed
	stuck.send(get('/big?bytes=25000000'))
	await until(() => /path="\/big" status=499/.test(d.err), 'the reader that takes nothing is dropped')
	stuck.destroy()
	const events = d.wire({ pause: true })
	events.send(get('/flood'))
	await until(() => /path="\/flood" status=499/.test(d.err), 'a stream over its cap is dropped')
	events.destroy()
	await until(async () => (await d.state()).connections === 1, 'all are gone')
	await d.stop()
})

test('limits connections in all', async () => {
	const d = await door({ 'max-connections': 4 })
	const held = []
	for (let i = 0; i < 4; i++) {
		const w = d.wire()
		w.send(get('/hello'))
		same((await w.reply()).status, 200, 'within the cap')
		held.push(w)
	}
	for (let i = 0; i < 3; i++) {
		const w = d.wire()
		w.send(get('/hello'))
		const r = await w.reply()
		same([r.status, r.head.connection], [503, 'close'], 'past the cap')
		sure(/^[123]$/.test(r.head['retry-after']), 'Retry-After')
		await w.closed()
	}
	const flood = Array.from({ length: 300 }, () => d.wire()) // more than can be told
	await Promise.allSettled(flood.map(w => w.open))
	await quiet(d, async () => {
		held[0].send(get('/late?ms=500'))
		same((await held[0].reply()).status, 200, 'who was in stays served')
	}, 20)
	for (const w of [...flood, ...held]) w.destroy()
	await until(async () => (await d.ask(`GET /hello HTTP/1.1`)).status === 200, 'there is room again')
	await d.stop()
})

test('limits connections of one address', async () => {
	const pair = certificate(), address = outside()
	if (!pair || !address) throw new Skip('openssl or an address that is not loopback is not here')
	const flags = { ...pair, listen: `${address}:0`, 'allowed-hosts': '*', 'max-connections-per-ip': 3 }
	const d = await door(flags)
	const s = { secure: true }, held = []
	for (let i = 0; i < 3; i++) {
		const w = d.wire(s)
		w.send(get('/hello'))
		same((await w.reply()).status, 200, 'within the cap')
		held.push(w)
	}
	same((await d.ask('GET /hello HTTP/1.1', '', s)).status, 503, 'one too many')
	same((await d.ask('GET /hello HTTP/1.1', '', { ...s, localAddress: '127.0.0.9' })).status, 200, 'loopback has no such cap')
	held[0].destroy()
	await until(async () => (await d.ask('GET /hello HTTP/1.1', '', s)).status === 200, 'there is room again')
	for (const w of held) w.destroy()
	await d.stop()
	for (const free of [{ 'trusted-proxies': address }, { 'behind-proxy': 'on' }, { 'max-connections-per-ip': 0 }]) {
		const proxied = await door({ ...flags, 'max-connections-per-ip': 1, ...free })
		const one = proxied.wire(s)
		one.send(get('/hello'))
		await one.reply()
		same((await proxied.ask('GET /hello HTTP/1.1', '', s)).status, 200, `no such cap with ${Object.keys(free)}`)
		one.destroy()
		await proxied.stop()
	}
})

test('limits memory of bodies', async () => {
	const d = await door({ 'body-memory-bytes': '1M', 'max-body-bytes': '1M' })
	const begin = (n, sent) => {
		const w = d.wire()
		w.send(`POST /echo HTTP/1.1\r\n${H}Content-Length: ${n}\r\n\r\n${'x'.repeat(sent)}`)
		return w
	}
	const first = begin(700000, 1000)
	await until(async () => (await d.state()).bodies === 700000, 'the first body is counted')
	const r = await begin(700000, 10).reply()
	same([r.status, r.head.connection], [503, 'close'], 'the second is refused before it is read')
	const chunked = d.wire()
	chunked.send(`POST /echo HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n61a80\r\n${'x'.repeat(400000)}\r\n`)
	same((await chunked.reply()).status, 503, 'a chunked one is refused when it grows')
	first.destroy()
	await until(async () => (await d.state()).bodies === 0, 'all memory is given back')
	const again = begin(700000, 700000)
	same((await again.reply()).status, 200, 'a body after that')
	again.destroy()
	await until(async () => (await d.state()).bodies === 0, 'and given back again')
	const rss = d.memory()
	const announced = Array.from({ length: 50 }, () => begin(15000, 1))
	await until(async () => (await d.state()).bodies === 750000, 'announced bodies')
	for (const w of announced) w.destroy()
	sure(d.memory() - rss < 40 << 20, 'announced sizes are not allocated')
	await d.stop()
})

test('limits the queue of the desks', async () => {
	const d = await door({ 'desk-queue': 2 })
	const busy = Array.from({ length: 12 }, () => {
		const w = d.wire()
		w.send(get('/block?ms=900'))
		return w
	})
	const replies = await Promise.all(busy.map(w => w.reply()))
	const statuses = replies.map(r => r.status)
	sure(statuses.includes(200) && statuses.includes(503), `statuses ${statuses}`)
	sure(statuses.every(s => s === 200 || s === 503), `statuses ${statuses}`)
	for (const [i, r] of replies.entries())
		if (r.status === 503) {
			sure(/^[123]$/.test(r.head['retry-after']), 'Retry-After')
			busy[i].send(get('/hop')) // the connection is fit for another try
			same((await busy[i].reply()).status, 200, 'the next try')
		}
	for (const w of busy) w.destroy()
	await d.stop()
})

test('limits few descriptors', async () => {
	const d = await door({ 'max-connections': 1000, 'max-connections-per-ip': 0 }, 40)
	const wires = Array.from({ length: 120 }, () => d.wire())
	await Promise.allSettled(wires.map(w => w.open))
	for (const w of wires) w.send(get('/hello'))
	await until(() => wires.filter(w => w.text().includes('200 OK')).length >= 5, 'some are served')
	const served = wires.find(w => w.text().includes('200 OK'))
	await served.reply()
	await quiet(d, async () => {
		served.send(get('/late?ms=600'))
		await served.reply()
	}, 20)
	for (const w of wires) w.destroy()
	await until(async () => {
		const w = d.wire()
		w.send(get('/hop'))
		return w.reply().then(r => { w.destroy(); return r.status === 200 }, () => false)
	}, 'it serves again when there is room')
	sure(d.err.split('\n').length < 400, 'a flood of log lines')
	await d.stop()
})

test('limits thousands of idle connections', async () => {
	const d = await door({ 'max-connections': 6000, 'max-connections-per-ip': 0 })
	if (/lowered_to/.test(d.err)) throw new Skip('the limit of open files is too small')
	const before = d.memory(), wires = []
	for (let i = 0; i < 5000; i += 250) {
		const some = Array.from({ length: 250 }, () => d.wire())
		await Promise.all(some.map(w => w.open))
		for (const w of some) w.send(get('/hello'))
		await Promise.all(some.map(w => w.reply()))
		wires.push(...some)
	}
	same((await d.state()).connections, 5001, 'connections')
	console.log(`# ${Math.round((d.memory() - before) / 5000)} bytes of RSS for each idle connection (under sanitizers)`)
	await quiet(d, async () => {
		for (let i = 0; i < 5; i++) {
			wires[i * 999].send(get('/late?ms=100'))
			same((await wires[i * 999].reply()).status, 200, 'status')
		}
	})
	for (const w of wires) w.destroy()
	await until(async () => (await d.state()).connections === 1, 'all are gone')
	await d.stop()
})

// The library that does TLS closes a connection five seconds after its handshake, unless it is told not to.
test('limits behind TLS are no shorter', async early => {
	if (!early) throw new Skip('openssl is not here')
	const { d, all } = await early
	const [late, again, silent, half] = await Promise.all(all)
	same(late.body, '{"late":true}', 'a long call')
	same(again.body, '{"late":true}', 'a long call behind another request')
	same([silent.status, half.status], [200, 200], 'who was silent for long, and who had sent half a head')
	await d.stop()
}, () => {
	const pair = certificate()
	return pair && (async () => {
		const d = await door({ ...pair, 'head-timeout-ms': 60000, 'idle-timeout-ms': 60000 }), long = 7000
		const wires = [0, 1, 2, 3].map(() => d.wire({ secure: true })), [late, again, silent, half] = wires
		const after = (w, text) => new Promise(go => setTimeout(go, long)).then(() => w.send(text).reply())
		late.send(get(`/late?ms=${long}`))
		again.send(get('/hop'))
		half.send(`GET /hop HTTP/1.1\r\n${H}`)
		await silent.open
		const all = [late.reply(), again.reply().then(() => again.send(get(`/late?ms=${long}`)).reply()),
			after(silent, get('/hop')), after(half, '\r\n')]
		for (const one of all) one.catch(() => {}) // judged when its turn comes
		return { d, all }
	})()
})

test('limits hold behind TLS', async () => {
	const pair = certificate()
	if (!pair) throw new Skip('openssl is not here')
	const d = await door({ ...pair, 'head-timeout-ms': 5000 }) // the handshake counts
	const s = { secure: true }
	const w = d.wire(s)
	w.send(get('/hop') + `POST /echo HTTP/1.1\r\n${H}Content-Length: 40000\r\n\r\n${'x'.repeat(40000)}`)
	same((await w.reply()).status, 200, 'first')
	same(JSON.parse((await w.reply()).body).body.length, 40000, 'a body over several records')
	w.send(get('/big?bytes=5000000'))
	same((await w.reply()).body.length, 5000000, 'a big answer')
	w.destroy()
	await dripped(d.wire(s), `GET /hello HTTP/1.1\r\n${H}X: `)
	const refused = d.wire(s)
	refused.send(`POST /echo HTTP/1.1\r\n${H}Content-Length: 99000000\r\n\r\n${'x'.repeat(60000)}`)
	same((await refused.reply()).status, 413, 'a refusal arrives')
	await refused.closed()
	same(refused.error, undefined, 'the end of the refused connection')
	const stuck = d.wire({ ...s, pause: true })
	stuck.send(get('/big?bytes=20000000'))
	const other = d.wire(s)
	other.send(get('/hop'))
	await other.reply()
	await rests(d)
	await quiet(d, async () => {
		stuck.send('z'.repeat(50000))
		other.send(get('/late?ms=600'))
		await other.reply()
	}, 15)
	stuck.socket.resume()
	const big = await stuck.reply()
	same(big.body.length, 20000000, 'what the stuck reader gets in the end')
	const plain = d.wire()
	plain.send(get('/hello'))
	await plain.closed()
	if (plain.text().includes('200')) fail('plain HTTP was answered')
	for (const x of [stuck, other]) x.destroy()
	await d.stop()
})
