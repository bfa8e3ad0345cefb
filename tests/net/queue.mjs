// SPDX-License-Identifier: Apache-2.0
// One slow site with ten thousand URLs in the row, and what others notice of it: nothing. The slow site answers only when the
// others have been served, so nothing here hangs on how fast the machine is.
import dgram from 'node:dgram'
import fs from 'node:fs'
import path from 'node:path'
import { assert, finish, onFinish, run, skip, tempDir, test, until } from '../lib/harness.mjs'
import { startDriver, startRaw } from './driver.mjs'

const page = body => `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`

async function crowded(many, flags = []) {
	const driver = startDriver({ flags: ['--allow-targets', '127.0.0.0/8', ...flags] })
	const held = []
	let open = false
	const slow = await startRaw(s => open ? s.write(page('late')) : held.push(s), { host: '0.0.0.0' })
	let ended = 0
	const crowd = Array.from({ length: many }, (_, i) =>
		driver.ask({ url: `http://127.0.0.2:${slow.port}/${i}`, timeout_ms: 600000 }).then(r => { ended++; return r.code }))
	const release = async () => {
		open = true
		for (const s of held)
			s.write(page('late'))
		const codes = await Promise.all(crowd)
		assert.equal(codes.filter(c => c === 'OK').length, many, 'all of the crowd end well')
		const s = await driver.command('stats')
		assert.deepEqual([s.running, s.waiting], [0, 0])
		await driver.stop()
		await slow.stop()
	}
	await until(async () => (await driver.command('stats')).waiting > 0 && held.length > 0, 'the crowd is in the row')
	return { driver, slow, held, release, ended: () => ended }
}

await test('a slow site holds up nobody else', async () => {
	const MANY = 10000, c = await crowded(MANY)
	const other = await startRaw(s => s.write(page('here')))
	const s = await c.driver.command('stats')
	assert.deepEqual([s.running, s.waiting], [8, MANY - 8], 'eight at a time, the rest waits')
	for (let i = 0; i < 100; i++)
		assert.equal((await c.driver.ask({ url: `${other.url}/${i}`, timeout_ms: 60000 })).code, 'OK')
	const burst = await Promise.all(Array.from({ length: 500 }, (_, i) => c.driver.ask({ url: `${other.url}/b${i}`, timeout_ms: 60000 })))
	assert.ok(burst.every(r => r.code === 'OK'), 'a burst, too')
	assert.equal(c.held.length, 8, 'the slow site saw eight')
	assert.equal(c.ended(), 0, 'and has answered nobody')
	await other.stop()
	await c.release()
})

await test('who gives up in the row leaves it to the others', async () => {
	const c = await crowded(1000)
	const waits = Array.from({ length: 200 }, () => c.driver.ask({ url: `http://127.0.0.2:${c.slow.port}/x`, timeout_ms: 600000, cancel_ms: 100 }))
	for (const r of await Promise.all(waits))
		assert.equal(r.code, 'CANCELLED')
	assert.equal(c.held.length, 8)
	await c.release()
})

await test('hosts take turns', async () => {
	// One place in all: the crowd's next one is not before the newcomer's first.
	const MANY = 1000, c = await crowded(MANY, ['--fetch-in-flight', '1'])
	const order = []
	const other = await startRaw(s => { order.push('other'); s.write(page('here')) })
	const asked = Array.from({ length: 5 }, (_, i) => c.driver.ask({ url: `${other.url}/${i}`, timeout_ms: 600000 }))
	await until(async () => (await c.driver.command('stats')).waiting === MANY - 1 + 5, 'all are in the row')
	const before = c.slow.requests
	const release = c.release()
	for (const r of await Promise.all(asked))
		assert.equal(r.code, 'OK')
	const between = c.slow.requests - before
	assert.ok(between <= 6, `the other five were let in among ${between} of the crowd`)
	await release
	await other.stop()
})

// A name server that knows *.alive.example.net and says nothing about any other name.
async function startNames(address) {
	const asked = new Set()
	const server = dgram.createSocket('udp4', (query, from) => {
		const labels = []
		let at = 12
		for (; query[at]; at += query[at] + 1)
			labels.push(query.toString('latin1', at + 1, at + 1 + query[at]))
		const name = labels.join('.'), type = query.readUInt16BE(at + 1)
		asked.add(name)
		if (!name.endsWith('.alive.example.net'))
			return
		const found = type === 1 // A; no other address
		const head = Buffer.from(query.subarray(0, at + 5))
		head.writeUInt16BE(0x8180, 2)
		head.writeUInt16BE(found ? 1 : 0, 6)
		head.writeUInt32BE(0, 8)
		server.send(found ? Buffer.concat([head, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1])]) : head, from.port, from.address)
	})
	await new Promise((done, fail) => server.once('error', fail).bind(53, address, done))
	onFinish(() => new Promise(done => server.close(done)))
	return asked
}

await test('a job of names that nobody answers for holds up nobody else', async () => {
	if (process.getuid() !== 0 || run('unshare', ['-m', 'true']).status !== 0)
		skip('needs root and unshare, for a name server of its own')
	const jobs = 64 // what job_in_flight lets out at a time
	const asked = await startNames('127.0.0.77')
	const file = path.join(tempDir(), 'resolv.conf')
	fs.writeFileSync(file, 'nameserver 127.0.0.77\n')
	const driver = startDriver({ flags: ['--allow-targets', '127.0.0.0/8'],
		prefix: ['unshare', '-m', 'sh', '-c', `mount --bind ${file} /etc/resolv.conf && exec "$0" "$@"`] })
	const other = await startRaw(s => s.write(page('here')))
	let ended = 0
	const dead = Array.from({ length: jobs }, (_, i) =>
		driver.ask({ url: `http://n${i}.dead.example.net/`, timeout_ms: 60000 }).then(r => { ended++; return r.code }))
	await until(() => [...asked].filter(name => name.endsWith('.dead.example.net')).length === jobs, 'all are looked up')
	for (let i = 0; i < 20; i++) {
		const r = await driver.ask({ url: `http://n${i}.alive.example.net:${other.port}/`, timeout_ms: 60000 })
		assert.equal(r.code, 'OK', r.message)
	}
	assert.equal(ended, 0, 'names that are known wait for those that are not')
	assert.ok((await Promise.all(dead)).every(code => code === 'FETCH_FAILED'))
	await driver.stop()
})

await finish()
