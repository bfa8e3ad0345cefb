// SPDX-License-Identifier: Apache-2.0
// The whole internet, for one namespace: every address of it is here. A name server and web servers that
// play the zones of the vectors. Lines on stdin: {dns, http}; lines on stdout: answers to {ask}.
import dgram from 'node:dgram'
import net from 'node:net'
import readline from 'node:readline'

const zone = new Map()		// name -> entry of the vectors' `dns`
const pages = new Map()		// http://name/path -> answer
const queries = new Map()	// "name type" -> how often
const hits = new Map()		// host -> how often
const targets = new Set()	// addresses that were connected to
const types = { A: 1, CNAME: 5, AAAA: 28, HTTPS: 65 }
const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 }

function encodeName(name) {
	return Buffer.concat([...name.split('.').map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])])
}
function encodeAddress(text) {
	if (!text.includes(':'))
		return Buffer.from(text.split('.').map(Number))
	const v4 = text.match(/^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/)
	if (v4)
		text = v4[1] + ((v4[2] << 8) | v4[3]).toString(16) + ':' + ((v4[4] << 8) | v4[5]).toString(16)
	const [head, tail] = text.split('::').map(part => part ? part.split(':') : [])
	const words = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail]
	return Buffer.from(words.flatMap(w => [parseInt(w, 16) >> 8, parseInt(w, 16) & 255]))
}
function record(name, type, ttl, data) {
	const fixed = Buffer.alloc(10)
	fixed.writeUInt16BE(type, 0)
	fixed.writeUInt16BE(1, 2)
	fixed.writeUInt32BE(ttl, 4)
	fixed.writeUInt16BE(data.length, 8)
	return Buffer.concat([encodeName(name), fixed, data])
}
function pick(entry, name, kind) {
	const lists = entry[kind]
	if (!lists)
		return []
	const key = `${name} ${kind}`
	const n = queries.get(key) ?? 0
	queries.set(key, n + 1)
	return entry.mode === 'rr' ? lists[n % lists.length] : lists[Math.min(n, lists.length - 1)]
}

/** The answer to a query packet, or null for silence. */
function answer(query, tcp) {
	let at = 12
	const labels = []
	for (let n; (n = query[at]); at += n + 1)
		labels.push(query.subarray(at + 1, at + 1 + n).toString('latin1'))
	const type = query.readUInt16BE(at + 1)
	const question = query.subarray(12, at + 5)
	const kind = Object.keys(types).find(k => types[k] === type)
	const first = labels.join('.').toLowerCase()
	let name = first, entry = zone.get(name), rcode = entry ? 0 : 3
	const records = []
	for (let i = 0; entry?.cname && i < 20; i++) {
		records.push(record(name, types.CNAME, entry.ttl ?? 60, encodeName(entry.cname)))
		name = entry.cname
		entry = zone.get(name)
		rcode = entry ? 0 : 3
	}
	if (entry?.rcode === 'TIMEOUT' || /^dead-/.test(first))
		return null
	if (entry?.rcode)
		rcode = rcodes[entry.rcode]
	else if (entry && (kind === 'A' || kind === 'AAAA'))
		for (const ip of pick(entry, name, kind))
			records.push(record(name, type, entry.ttl ?? 60, encodeAddress(ip)))
	else if (entry?.https_target && kind === 'HTTPS')
		records.push(record(name, type, 60, Buffer.concat([Buffer.from([0, 1]), encodeName(entry.https_target)])))
	const cut = entry?.tc && !tcp
	const head = Buffer.from(query.subarray(0, 12))
	head.writeUInt16BE(entry?.wrong_id ? query.readUInt16BE(0) ^ 0xffff : query.readUInt16BE(0), 0)
	head.writeUInt16BE(0x8400 | (query.readUInt16BE(2) & 0x0100) | 0x80 | (cut ? 0x200 : 0) | rcode, 2)
	head.writeUInt16BE(1, 4)
	head.writeUInt16BE(cut ? 0 : records.length, 6)
	head.writeUInt16BE(0, 8)
	head.writeUInt16BE(0, 10)
	if (entry?.garbage)
		return Buffer.concat([head, Buffer.from('\xff\xff\xff\xff\xffgarbage', 'latin1')])
	return Buffer.concat([head, question, ...(cut ? [] : records)])
}

async function nameServer(address) {
	const udp = dgram.createSocket('udp4')
	udp.on('message', (query, from) => {
		const reply = answer(query, false)
		if (reply)
			udp.send(reply, from.port, from.address)
	})
	await new Promise(done => udp.bind(53, address, done))
	const tcp = net.createServer(socket => {
		let all = Buffer.alloc(0)
		socket.on('error', () => {})
		socket.on('data', part => {
			all = Buffer.concat([all, part])
			while (all.length >= 2 && all.length >= 2 + all.readUInt16BE(0)) {
				const reply = answer(all.subarray(2, 2 + all.readUInt16BE(0)), true)
				all = all.subarray(2 + all.readUInt16BE(0))
				if (reply)
					socket.write(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 255]), reply]))
			}
		})
	})
	await new Promise(done => tcp.listen(53, address, done))
}

function serve(socket) {
	let head = ''
	targets.add(socket.localAddress)
	socket.on('error', () => {})
	socket.on('data', part => {
		head += part.toString('latin1')
		for (let end; (end = head.indexOf('\r\n\r\n')) >= 0; head = head.slice(end + 4)) {
			const path = head.split(' ')[1] ?? '/'
			const host = (head.match(/^host: *(\S+)/im)?.[1] ?? '').toLowerCase()
			const name = host.replace(/:\d+$/, '')
			hits.set(name, (hits.get(name) ?? 0) + 1)
			const page = pages.get(`http://${name}${path}`) ?? pages.get(`http://${host}${path}`)
			const grow = [...pages].find(([url, p]) => p.grow && `http://${name}${path}`.startsWith(url))
			if (grow) {
				socket.write(`HTTP/1.1 302 Found\r\nLocation: ${path}${path.replace(/\//g, 'g')}x/\r\nContent-Length: 0\r\n\r\n`)
			} else if (page?.raw) {
				socket.end(Buffer.from(page.raw, 'utf8'))
			} else if (page) {
				const body = Buffer.from(page.body ?? '')
				const lines = (page.headers ?? []).map(([n, v]) => `${n}: ${v}\r\n`).join('')
				socket.write(`HTTP/1.1 ${page.status} X\r\n${lines}Content-Length: ${body.length}\r\n\r\n`)
				socket.write(body)
				if (/connection: close/i.test(lines))
					socket.end()
			} else {
				const body = '<html><head><title>RIG</title></head><body><p>RIG ok</p></body></html>'
				socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
			}
		}
	})
}

await nameServer('45.76.11.53')
for (const port of [80, 81, 8080, 8088])
	await new Promise(done => net.createServer(serve).listen(port, '::', 1024, done))
console.log(JSON.stringify({ ready: true }))
for await (const line of readline.createInterface({ input: process.stdin })) {
	const o = JSON.parse(line)
	for (const [name, entry] of Object.entries(o.dns ?? {}))
		zone.set(name.toLowerCase().replace(/\.$/, ''), entry)
	for (const [url, page] of Object.entries(o.http ?? {}))
		pages.set(url, page)
	if (o.ask)
		console.log(JSON.stringify({ hits: Object.fromEntries(hits), targets: [...targets], queries: Object.fromEntries(queries) }))
}
process.exit(0)
