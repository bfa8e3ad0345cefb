// SPDX-License-Identifier: Apache-2.0
// What machines do to a service: it is killed in the middle of traffic, the disk is full or read-only, descriptors run out,
// files are damaged or from the future. Each is survived, or said clearly.
import crypto from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { assert, binary, createKey, end, finish, freePort, onFinish, run, send, skip, start, startOrigin, startScraped, tempDir, test, until } from '../lib/harness.mjs'
import { crowd, descriptors, scrape } from './watch.mjs'

const kills = Number(process.env.FAULTS_KILLS ?? 5)
const origin = await startOrigin((q, r) => setTimeout(() => {
	r.writeHead(200, { 'Content-Type': 'text/html' })
	r.end(`<title>t</title><h1>A page</h1>${'<p>Text that differs.'.repeat(50)}${q.url}`)
}, q.url.includes('now') ? 0 : 15))

/** Settings for a server of these tests on the data folder dir. */
async function settings(dir, more = {}) {
	return { SCRAPED_DATA: dir, SCRAPED_LISTEN: `127.0.0.1:${await freePort()}`, SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_RATE_PER_MINUTE: 'off',
		SCRAPED_KEY_IN_FLIGHT: 'off', SCRAPED_FETCH_PER_HOST: 'off', ...more }
}

/** Starts it and waits until it is ready; command: what stands before the program. */
async function serve(env, key, command = []) {
	const [program, ...args] = [...command, binary, 'serve']
	const child = start(program, args, { env })
	const port = Number(env.SCRAPED_LISTEN.split(':')[1])
	const url = `http://127.0.0.1:${port}`
	await until(async () => {
		if (child.exitCode !== null)
			throw new Error(child.err)
		return (await send(`${url}/v1/ready`)).status === 200
	}, 'ready').catch(e => { throw new Error(`${e.message}\n${child.err.slice(-3000)}`) })
	const stop = async () => assert.equal(await end(child), 0, child.err.slice(-3000))
	return { child, port, url, key, env, stop, page: (name, more) => scrape({ port, key }, { urls: [`${origin.url}/${name}`], ...more }) }
}

/** A start that has to fail: what it says. */
function refused(env) {
	const r = run('timeout', ['-s', 'KILL', '30', binary, 'serve'], { env })
	assert.notEqual(r.status, 0)
	assert.ok(!/AddressSanitizer|runtime error|check\.failed/.test(r.err), r.err)
	return r.err
}

/** A file system of its own for root, of so many KB. */
function smallDisk(kb) {
	if (process.getuid() !== 0)
		skip('mounting wants root')
	const dir = tempDir()
	const mounted = run('mount', ['-t', 'tmpfs', '-o', `size=${kb}k`, 'tmpfs', dir])
	if (mounted.status !== 0)
		skip(`no tmpfs: ${mounted.err.trim()}`)
	onFinish(() => run('umount', ['-l', dir]))
	return dir
}

function fillUp(dir) {
	const file = path.join(dir, 'filler'), fd = fs.openSync(file, 'w')
	for (let size = 65536; size >= 1; size >>= 1)
		try {
			for (;;)
				fs.writeSync(fd, Buffer.alloc(size, 120))
		} catch (e) {
			assert.equal(e.code, 'ENOSPC')
		}
	fs.closeSync(fd)
	return () => fs.rmSync(file)
}

await test('killed_in_traffic', async () => {
	const env = await settings(path.join(tempDir(), 'data'))
	const keys = [createKey(env)]
	const starts = []
	for (let n = 0; n < kills; n++) {
		const began = performance.now()
		const s = await serve(env, keys[0])
		starts.push(performance.now() - began)
		const agent = new http.Agent({ keepAlive: true })
		let over = false, answered = 0
		const traffic = crowd(100000, 12, async i => {
			if (over)
				return
			const a = await scrape({ port: s.port, key: keys[i % keys.length] }, { urls: [`${origin.url}/${n}/${i}`] }, { agent })
			answered += a.status === 200
			assert.ok(a.broken || a.status === 200, a.text)
			over ||= s.child.exitCode !== null || s.child.signalCode !== null
		})
		await until(() => answered > crypto.randomInt(1, 150), 'answers')
		keys.push(createKey(env)) // shown to its owner, so it must be there after the kill
		s.child.kill('SIGKILL')
		over = true
		await s.child.ended
		await traffic
		agent.destroy()
	}
	const s = await serve(env, keys[0])
	for (const key of keys)
		assert.equal((await scrape({ port: s.port, key }, { urls: [`${origin.url}/now`] })).status, 200)
	assert.equal((await s.page('now')).json.result.cached, true)
	await s.stop()
	console.log(`# from start to ready, ms: ${starts.map(ms => ms.toFixed(0)).join(' ')}`)
})

await test('full_disk', async () => {
	const disk = smallDisk(2048)
	const env = await settings(path.join(disk, 'data'))
	const s = await serve(env, createKey(env))
	assert.equal((await s.page('now/1')).status, 200)
	const empty = fillUp(disk)
	const refusedKey = run(binary, ['key', 'create'], { env })
	assert.equal(refusedKey.out, '')
	assert.notEqual(refusedKey.status, 0)
	assert.match(refusedKey.err, /disk is full/)
	const answers = await crowd(200, 8, i => s.page(`now/full/${i}`))
	for (const a of answers)
		assert.equal(a.status, 200, a.text)
	assert.equal((await send(`${s.url}/v1/health`)).status, 200)
	empty()
	const key = createKey(env)
	assert.equal((await scrape({ port: s.port, key }, { urls: [`${origin.url}/now/1`] })).status, 200)
	await until(async () => (await s.page('now/again')).json.result.cached, 'the cache keeps pages again')
	await s.stop()
})

await test('full_disk_at_the_start', async () => {
	const disk = smallDisk(2048)
	const env = await settings(path.join(disk, 'data'))
	const key = createKey(env)
	const empty = fillUp(disk)
	const child = start(binary, ['serve'], { env })
	const up = await until(async () => child.exitCode ?? ((await send(`http://${env.SCRAPED_LISTEN}/v1/health`)).status === 200 ? 'up' : false), 'up or ended')
	console.log(`# with a full disk at the start: ${up === 'up' ? 'it serves' : 'it says so'}; cache: ${child.err.match(/cache\.[^ ]*.*/g)}`)
	if (up === 'up') {
		const page = await scrape({ port: Number(env.SCRAPED_LISTEN.split(':')[1]), key }, { urls: [`${origin.url}/now`] })
		assert.equal(page.status, 200, page.text)
		assert.equal(await end(child), 0, child.err)
	} else {
		assert.match(child.err, /disk is full/)
	}
	empty()
	const s = await serve(env, key)
	assert.equal((await s.page('now')).status, 200)
	await s.stop()
})

await test('read_only_folder', async () => {
	const disk = smallDisk(2048)
	const env = await settings(path.join(disk, 'data'))
	createKey(env)
	assert.equal(run('mount', ['-o', 'remount,ro', disk]).status, 0)
	assert.match(refused(env), /data: |database file cannot be opened or written/)
	const made = run(binary, ['key', 'create'], { env })
	assert.equal(made.out, '')
	assert.match(made.err, /data: |cannot be opened or written/)
})

await test('folder_that_is_a_file', async () => {
	const file = path.join(tempDir(), 'data')
	fs.writeFileSync(file, 'x')
	assert.match(refused(await settings(file)), /data: .*Not a directory/)
})

// What stands in cache.db when the service starts: [bytes of the file before -> after, left as a folder]
const noise = n => crypto.createHash('shake256', { outputLength: n }).update('noise').digest()
const caches = {
	noise: () => noise(50000),
	empty: () => Buffer.alloc(0),
	header_only: bytes => bytes.subarray(0, 100),
	cut: bytes => bytes.subarray(0, bytes.length - 4096),
	noise_behind_the_header: bytes => Buffer.concat([bytes.subarray(0, 100), noise(bytes.length - 100)]),
	noise_in_the_pages: bytes => Buffer.concat([bytes.subarray(0, 8192), noise(bytes.length - 8192)]),
}
for (const [name, change] of Object.entries(caches))
	await test(`cache_${name}`, async () => {
		const dir = path.join(tempDir(), 'data'), file = path.join(dir, 'cache.db')
		const env = await settings(dir)
		let s = await serve(env, createKey(env))
		await crowd(40, 8, i => s.page(`now/${i}`))
		await s.stop()
		fs.writeFileSync(file, change(fs.readFileSync(file)))
		for (let n = 0; n < 2; n++) { // damage may be found while it runs; then the next start has a new file
			s = await serve(env, s.key)
			for (const a of await crowd(60, 8, i => s.page(`now/${i}`)))
				assert.equal(a.status, 200, a.text)
			await s.stop()
		}
		s = await serve(env, s.key)
		await until(async () => (await s.page('now/1')).json.result.cached, 'pages are kept again')
		await s.stop()
	})

await test('cache_overwritten_while_it_runs', async () => {
	const dir = path.join(tempDir(), 'data'), file = path.join(dir, 'cache.db')
	const env = await settings(dir)
	let s = await serve(env, createKey(env))
	await crowd(40, 8, i => s.page(`now/${i}`))
	for (const end of ['', '-wal'])
		fs.writeFileSync(file + end, noise(30000), { flag: 'r+' })
	for (const a of await crowd(100, 8, i => s.page(`now/${i}`)))
		assert.equal(a.status, 200, a.text)
	await s.stop()
	s = await serve(env, s.key)
	await until(async () => (await s.page('now/1')).json.result.cached, 'pages are kept again')
	await s.stop()
})

await test('damaged_store_is_said_and_left_alone', async () => {
	const dir = path.join(tempDir(), 'data'), file = path.join(dir, 'scraped.db')
	const env = await settings(dir)
	createKey(env)
	fs.writeFileSync(file, noise(20000))
	assert.match(refused(env), /damaged/)
	assert.ok(fs.readFileSync(file).equals(noise(20000)), 'the file is as it was')
})

await test('store_of_a_newer_version', async () => {
	const sqlite = await import('node:sqlite').catch(() => skip('this Node has no SQLite'))
	const dir = path.join(tempDir(), 'data')
	const env = await settings(dir)
	const key = createKey(env)
	const db = new sqlite.DatabaseSync(path.join(dir, 'scraped.db'))
	const { step } = db.prepare('SELECT step FROM schema_steps').get()
	db.exec('UPDATE schema_steps SET step = 99')
	assert.match(refused(env), /made by a newer version \(schema 99/)
	assert.match(run(binary, ['key', 'create'], { env }).err, /newer version/)
	db.exec(`UPDATE schema_steps SET step = ${step}`)
	db.close()
	const s = await serve(env, key)
	assert.equal((await s.page('now')).status, 200)
	await s.stop()
})

await test('a_log_that_nobody_reads_stops_nobody', async () => {
	const server = await startScraped()
	server.child.stderr.pause()
	for (let i = 0; i < 300; i++) // far more than a pipe and node's buffers hold
		await Promise.all(Array.from({ length: 16 }, () => send(`${server.url}/nothing/${'x'.repeat(1000)}`)))
	assert.equal((await send(`${server.url}/v1/ready`)).status, 200)
	server.child.stderr.resume()
	await until(async () => {
		await send(`${server.url}/nothing`)
		return /log\.dropped lines=[1-9]/.test(server.child.err)
	}, 'the note of what was dropped')
	await server.stop()
})

await test('few_descriptors', async () => {
	if (run('prlimit', ['--version']).status !== 0)
		skip('prlimit is not there')
	const env = await settings(path.join(tempDir(), 'data'))
	const s = await serve(env, createKey(env), ['prlimit', '--nofile=48:48'])
	const sockets = Array.from({ length: 80 }, () => net.connect(s.port, '127.0.0.1').on('error', () => {}))
	await until(() => descriptors(s.child.pid) > 36, 'descriptors taken')
	const ticks = () => fs.readFileSync(`/proc/${s.child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0)
	// A loop that spins does so for ever, at all that it can get of a CPU; the last of what came before may still be at work.
	await until(async () => {
		const before = ticks()
		await new Promise(done => setTimeout(done, 500))
		return ticks() - before <= 3
	}, 'an end of the work: it does not spin while it waits for room')
	for (const socket of sockets)
		socket.destroy()
	await until(async () => (await send(`${s.url}/v1/health`)).status === 200, 'health')
	const answers = await crowd(60, 30, i => s.page(`many/${i}`))
	for (const a of answers)
		assert.ok(a.broken || [200, 502, 503, 504].includes(a.status), a.text)
	await until(async () => (await s.page('now/after')).status === 200, 'pages come again')
	await s.stop()
})

await finish()
