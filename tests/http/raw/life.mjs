// SPDX-License-Identifier: Apache-2.0
// Opening and closing the door: what it refuses to open with, where it listens, how it drains.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { certificate, door, refused, same, scratch, Skip, sure, test, until } from './lib.mjs'

const H = 'Host: localhost\r\n'
const get = p => `GET ${p} HTTP/1.1\r\n${H}\r\n`
const broken = path.join(scratch, 'broken.pem')
writeFileSync(broken, 'not a certificate')

// [settings, words that the operator reads]
const faults = [
	[{ listen: 'nonsense' }, /listen.*address:port/],
	[{ listen: '127.0.0.1' }, /listen.*address:port/],
	[{ listen: '::1:8080' }, /listen.*address:port/],
	[{ listen: '127.0.0.1:99999' }, /listen.*address:port/],
	[{ listen: '127.0.0.1:-1' }, /listen.*address:port/],
	[{ listen: '0.0.0.0:0' }, /tls_cert and tls_key, or behind_proxy/],
	[{ listen: '[::]:0' }, /tls_cert and tls_key, or behind_proxy/],
	[{ listen: '0.0.0.0:0', 'behind-proxy': 'on' }, /public_url/],
	[{ listen: '192.0.2.1:0', 'behind-proxy': 'on', 'allowed-hosts': '*' }, /not an address of this machine/],
	[{ 'tls-cert': broken }, /tls_cert and tls_key belong together/],
	[{ 'tls-cert': '/nowhere.pem', 'tls-key': broken }, /tls_cert: \/nowhere.pem cannot be read: No such file/],
	[{ 'tls-cert': broken, 'tls-key': broken }, /tls_cert: .*not a readable PEM certificate/],
	[{ 'trusted-proxies': '10.0.0.0/99' }, /trusted_proxies: "10.0.0.0\/99"/],
	[{ 'allowed-origins': 'app.example' }, /allowed_origins: "app.example"/],
	[{ 'allowed-hosts': 'a b' }, /allowed_hosts: "a b"/],
	[{ 'public-url': 'ftp://x' }, /public_url: "ftp:\/\/x"/],
]
test('life refuses to open, in words', async () => {
	for (const [flags, words] of faults) {
		const said = await refused(flags)
		sure(words.test(said), `${JSON.stringify(flags)}: ${said}`)
		sure(!/Sanitizer/.test(said), said)
	}
	const d = await door()
	sure(/is in use by another program/.test(await refused({ listen: `127.0.0.1:${d.port}` })), 'port in use')
	await d.stop()
	const pair = certificate()
	if (pair) {
		const said = await refused({ ...pair, 'tls-key': pair['tls-cert'] })
		sure(/tls_key: .*not a readable PEM key/.test(said), said)
	}
})

test('life listens exactly where it was told', async () => {
	for (const [listen, shown] of [['127.0.0.1:0', '127.0.0.1'], ['127.0.0.7:0', '127.0.0.7'], ['[::1]:0', '[::1]']]) {
		const d = await door({ listen })
		let table
		try { table = execFileSync('ss', ['-ltnH'], { encoding: 'utf8' }) } catch { throw new Skip('ss is not here') }
		const lines = table.split('\n').filter(l => new RegExp(`:${d.port}\\s`).test(l))
		same(lines.map(l => l.trim().split(/\s+/)[3]), [`${shown}:${d.port}`], 'listening sockets')
		await d.stop()
	}
	const d = await door({ listen: '0.0.0.0:0', 'behind-proxy': 'on', 'allowed-hosts': '*' })
	d.host = '127.0.0.1'
	same((await d.ask('GET /hop HTTP/1.1')).status, 200, 'on all addresses when that was said')
	await d.stop()
})

const connects = port => new Promise(done => {
	const s = net.connect(port, '127.0.0.1')
	s.on('connect', () => { s.destroy(); done(true) })
	s.on('error', () => done(false))
})

test('life drains', async () => {
	const d = await door({ 'drain-ms': 20000 })
	const idle = d.wire(), silent = d.wire(), half = d.wire(), running = d.wire(), events = d.wire(), posted = d.wire()
	idle.send(get('/hello'))
	await idle.reply()
	half.send(`GET /hello HTTP/1.1\r\n${H}`)
	running.send(get('/late?ms=1500'))
	events.send(get('/events?n=1000000&ms=50'))
	posted.send(`POST /events?n=10&ms=150 HTTP/1.1\r\n${H}\r\n`)
	await events.until(w => w.text().includes('id: 1'), 'an event')
	await posted.until(w => w.text().includes('id: 1'), 'an event')
	await silent.open
	d.signal()
	await until(() => d.out.includes('draining'), 'the application is told')
	await idle.closed()
	await silent.closed()
	same([idle.in.length, silent.in.length], [0, 0], 'bytes to idle clients')
	await until(async () => !await connects(d.port), 'new connections are refused')
	half.send('\r\n') // a request under way is still answered
	const r = await half.reply()
	same([r.status, r.head.connection], [200, 'close'], 'the half request')
	const late = await running.reply()
	same([late.body, late.head.connection], ['{"late":true}', 'close'], 'the running request')
	sure((await posted.reply()).body.includes('id: 10'), 'a stream that is an answer ends by itself')
	await events.closed()
	same(await d.gone(), 0, 'exit code')
	sure(d.err.includes('http.stopped connections=0'), 'nothing was left')
})

test('life cancels what runs too long', async () => {
	const d = await door({ 'drain-ms': 1000 })
	const w = d.wire(), detached = d.wire()
	w.send(get('/late?ms=60000'))
	detached.send(get('/detached?ms=60000'))
	await until(async () => (await d.state()).connections >= 3, 'they run')
	d.signal()
	same((await w.reply()).body, '{"late":false}', 'the cancelled call still answers')
	same(await d.gone(), 0, 'exit code')
})

test('life waits a little for a call that cannot stop', async () => {
	const d = await door({ 'drain-ms': 200 })
	const w = d.wire(), gone = d.wire()
	w.send(get('/block?ms=1500'))
	gone.send(get('/block?ms=1500'))
	await until(async () => (await d.state()).connections >= 3, 'they run')
	gone.reset()
	d.signal()
	same(await d.gone(), 0, 'exit code')
	sure(!d.err.includes('still running'), 'it did not wait')
	w.destroy()
})

test('life a second signal ends at once', async () => {
	for (const [first, second] of [['SIGTERM', 'SIGTERM'], ['SIGINT', 'SIGTERM']]) {
		const d = await door({ 'drain-ms': 600000 })
		const w = d.wire()
		w.send(get('/late?ms=600000'))
		await until(async () => (await d.state()).connections >= 2, 'it runs')
		d.signal(first)
		await until(() => d.out.includes('draining'), 'it drains')
		d.signal(second)
		same(await d.gone(), 1, 'exit code')
		w.destroy()
	}
})

test('life a reader that does not read cannot hold the drain up', async () => {
	const d = await door({ 'drain-ms': 800 })
	const w = d.wire({ pause: true })
	w.send(get('/big?bytes=30000000'))
	await until(async () => (await d.state()).connections >= 2, 'it is there')
	d.signal()
	same(await d.gone(), 0, 'exit code')
	w.destroy()
})

test('life counts broken handshakes', async () => {
	const pair = certificate()
	if (!pair) throw new Skip('openssl is not here')
	const d = await door({ ...pair, 'max-connections': 50, 'max-connections-per-ip': 0, 'drain-ms': 20000 })
	const hello = Buffer.from('16030100050100000103', 'hex')
	for (let i = 0; i < 100; i++) {
		const s = net.connect(d.port, '127.0.0.1')
		s.on('error', () => {})
		await new Promise(go => s.once('connect', go))
		if (i % 4 === 0) s.resetAndDestroy()
		else if (i % 4 === 1) s.end(hello)
		else if (i % 4 === 2) s.end('GET / HTTP/1.1\r\n\r\n')
		else { s.write(hello); s.resetAndDestroy() }
	}
	const w = d.wire({ secure: true })
	w.send(get('/state'))
	const state = JSON.parse((await w.reply()).body)
	sure(state.connections <= 51, `connections counted: ${state.connections}`)
	await until(async () => { w.send(get('/state')); return JSON.parse((await w.reply()).body).connections === 1 },
		'only this connection is counted')
	d.signal()
	same(await d.gone(), 0, 'exit code')
	sure(d.err.includes('http.stopped connections=0'), 'the count balances')
	sure(d.err.split('\n').length < 300, 'a flood of log lines')
})

test('life a quiet stream gets comments', async early => {
	const { d, w } = await early
	await w.until(x => x.text().includes('id: 1\ndata: {}\n\n:\n\n'), 'a comment line after 15 s')
	w.destroy()
	await d.stop()
}, async () => {
	const d = await door(), w = d.wire()
	w.send(get('/events?n=10&ms=60000'))
	return { d, w }
})
