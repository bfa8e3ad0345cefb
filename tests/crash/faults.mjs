// SPDX-License-Identifier: Apache-2.0
// What goes wrong around jobs: a full disk, a disk that fails, clocks that step, names that nobody resolves, receivers that
// are dead, sites that are slow, pages that kill the process. Accepted jobs end all the same, and nobody else's wait for it.
import dgram from 'node:dgram'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import zlib from 'node:zlib'
import { assert, binary, delay, finish, onFinish, run, send, skip, startOrigin, tempDir, test, until } from '../lib/harness.mjs'
import { Disk, generator, shim } from './disk.mjs'
import { Caller, isFinal, Server, startReceiver, startWeb } from './world.mjs'

const seed = Number(process.env.CRASH_SEED ?? 7)
const release = process.env.SCRAPED_RELEASE ?? null
const preload = release && shim('powercut')
const ENOSPC = 28, EIO = 5
const web = await startWeb()
const env = { SCRAPED_ALLOW_TARGETS: web.hosts.join(','), SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_JOB_PER_HOST: '16' }
const noShim = () => release || skip('SCRAPED_RELEASE is not set (a preload library and sanitizers do not go together)')

/** A server on a disk whose faults can be switched. */
async function faulty(more = {}) {
	const server = await new Server({ env: { ...env, ...more }, program: noShim() }).prepare()
	server.disk = new Disk(path.join(server.dir, 'data'), generator(seed), { preload }).withoutJournal()
	server.launch()
	await server.ready()
	return server
}
const submit = (server, urls, { key = server.keys[0], ...more } = {}) => server.call('POST', '/v1/jobs', { key, body: { urls, ...more } })
async function make(server, urls, options) {
	const r = await submit(server, urls, options)
	assert.equal(r.status, 201, r.text)
	return r.json.job.id
}
async function ended(server, id, key = server.keys[0], timeoutMs = 60000) {
	return until(async () => {
		const { job } = await server.get(`/v1/jobs/${id}?limit=1000`, key)
		return isFinal(job.status) && job
	}, `${id} ends`, timeoutMs)
}
const stop = async server => assert.equal(await server.kill('SIGTERM', 60000), 0, server.child.err.slice(-3000))

// --- disks ---

await test('full_disk', async () => {
	const server = await faulty(), random = generator(seed)
	const caller = new Caller(server, web, random, { kinds: ['page', 'slow', 'nginx', 'gone'] })
	for (let i = 0; i < 10; i++)
		await caller.submit(Object.assign(caller.plan(), { cancel: false }))
	server.disk.fail({ write: ENOSPC })
	const refused = await submit(server, [`${web.origin.url}/page/full`])
	assert.equal(refused.status, 503, refused.text)
	assert.equal(refused.json.error.code, 'OVERLOADED')
	assert.match(refused.json.error.message, /disk is full/)
	assert.ok(refused.headers['retry-after'])
	assert.equal((await server.call('GET', '/v1/health')).status, 200)
	await until(() => server.disk.hits > 5, 'writes that fail')
	assert.equal(server.child.exitCode, null, 'it runs')
	server.disk.fail()
	await caller.settle()	// by itself
	await caller.judge()
	assert.equal((await submit(server, [`${web.origin.url}/page/full`])).status, 201)
	await caller.findLost().catch(() => {})
	await stop(server)
})

await test('disk_that_is_full_now_and_then', async () => {
	const server = await faulty(), random = generator(seed + 1)
	const caller = new Caller(server, web, random, { kinds: ['page', 'slow', 'nginx', 'flaky'] })
	for (const percent of [1, 10, 50]) {
		server.disk.fail({ write: ENOSPC, percent })
		for (let i = 0; i < 8; i++) {
			const job = Object.assign(caller.plan(), { cancel: false })
			job.lost = !await caller.submit(job)
		}
		await delay(200)
	}
	server.disk.fail()
	await caller.settle()
	await caller.judge()
	await server.kill()
	server.launch()
	await server.ready()
	await caller.judge()
	await stop(server)
})

await test('tmpfs_that_is_full', async () => {
	if (process.getuid() !== 0)
		skip('mounting wants root')
	const dir = tempDir()
	if (run('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dir]).status !== 0)
		skip('no tmpfs')
	onFinish(() => run('umount', ['-l', dir]))
	const server = await new Server({ env: { ...env, SCRAPED_CACHE_BYTES: 'off' }, dir }).prepare()
	server.launch()
	await server.ready()
	const slow = Array.from({ length: 20 }, (_, i) => `${web.origin.url}/slow/tmpfs-${i}`)
	const id = await make(server, slow)
	const filler = path.join(dir, 'filler'), fd = fs.openSync(filler, 'w')
	for (let size = 65536; size >= 1; size >>= 1)
		try {
			for (;;)
				fs.writeSync(fd, Buffer.alloc(size, 120))
		} catch (e) {
			assert.equal(e.code, 'ENOSPC')
		}
	fs.closeSync(fd)
	await until(async () => (await submit(server, slow.concat(slow, slow))).status === 503, 'refusal')
	fs.rmSync(filler)
	const job = await ended(server, id)
	assert.deepEqual([job.status, job.completedUrls], ['completed', 20])
	await stop(server)
})

// A disk that does not keep what it is told to is the end for the process: it says so, accepts nothing more, and after a new
// start all that was accepted before is there.
await test('fsync_that_fails', async () => {
	const server = await faulty()
	const id = await make(server, Array.from({ length: 30 }, (_, i) => `${web.origin.url}/slow/eio-${i}`))
	server.disk.fail({ sync: EIO })
	await until(async () => (await submit(server, [`${web.origin.url}/page/eio`])).status >= 500, 'refusal')
	await until(async () => (await send(`${server.url}/v1/ready`)).status === 503, 'not ready')
	server.disk.fail()
	assert.ok((await submit(server, [`${web.origin.url}/page/eio`])).status >= 500, 'it is final for this process')
	await server.kill()
	server.launch()
	await server.ready()
	const job = await ended(server, id)
	assert.deepEqual([job.status, job.completedUrls], ['completed', 30])
	await stop(server)
})

await test('writes_that_fail', async () => {
	const server = await faulty(), random = generator(seed + 2)
	const caller = new Caller(server, web, random, { kinds: ['page', 'slow'] })
	for (let i = 0; i < 5; i++)
		await caller.submit(Object.assign(caller.plan(), { cancel: false }))
	server.disk.fail({ write: EIO, percent: 30 })
	for (let i = 0; i < 10; i++) {
		const r = await submit(server, [`${web.origin.url}/page/weio-${i}`])
		assert.ok(r.status === 201 || r.status >= 500, r.text)
	}
	server.disk.fail()
	await caller.settle()	// by itself
	await server.kill()
	server.launch()
	await server.ready()
	await caller.settle()
	await caller.judge()
	await stop(server)
})

// --- clocks ---

for (const [name, step] of [['an_hour_on', 3600e3], ['an_hour_back', -3600e3], ['ten_years_on', 10 * 365 * 86400e3], ['ten_years_back', -10 * 365 * 86400e3]])
	await test(`clock_steps_${name}`, async () => {
		const server = await faulty({ SCRAPED_JOB_KEEP_MS: '8760h' })
		const urls = [...Array.from({ length: 12 }, (_, i) => `${web.origin.url}/slow/${name}-${i}`), `${web.origin.url}/flaky/${name}`]
		const before = await make(server, urls)
		server.disk.fail({ clockMs: step })
		const after = await make(server, urls.map(url => `${url}-b`))
		const jobs = []
		for (const id of [after, before])
			jobs.push(await ended(server, id).catch(e => e))
		// what was accepted before a leap of years may be out of time or out of keeping; it has ended all the same
		assert.deepEqual([jobs[0].status, jobs[0].completedUrls], ['completed', urls.length], `${jobs[0]}`)
		if (Math.abs(step) < 86400e3)
			assert.deepEqual([jobs[1].status, jobs[1].completedUrls], ['completed', urls.length], `${jobs[1]}`)
		const ticks = () => fs.readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0)
		await until(async () => {	// one that spins never rests
			const start = ticks()
			await delay(500)
			return ticks() - start <= 5
		}, 'it does not spin')
		server.disk.fail()
		const again = await make(server, [`${web.origin.url}/page/${name}-again`])
		assert.equal((await ended(server, again)).status, 'completed')
		await stop(server)
	})

// --- slow peers ---

const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))]
/** A site of the trouble: at an address of its own (politeness and webhooks go by host), takes requests and says nothing. */
async function startStuck() {
	const held = new Set()
	const dead = net.createServer(socket => {
		held.add(socket)
		socket.on('error', () => {})
		socket.on('close', () => held.delete(socket)).resume()
	})
	await new Promise(done => dead.listen(0, '0.0.0.0', done))
	onFinish(() => { held.forEach(socket => socket.destroy()); dead.close() })
	return { held, port: dead.address().port }
}
/** Times of n jobs of one URL each, one after the other, by an account that has no trouble. */
async function healthy(server, label, n = Number(process.env.FAULT_JOBS ?? 60)) {
	const key = server.keys[1], times = []
	for (let i = 0; i < n; i++) {
		const began = performance.now()
		const id = await make(server, [`${web.nginx.url}/p${i % 40}.html?${label}-${i}`], { key })
		for (;;) {
			const { job } = await server.get(`/v1/jobs/${id}?limit=1`, key)
			if (isFinal(job.status)) {
				assert.equal(job.status, 'completed')
				break
			}
			await delay(1)
		}
		times.push(performance.now() - began)
	}
	return times
}
/** Measures the healthy account before the trouble and during it; `going` tells that it is not over. */
async function beside(name, server, trouble, going) {
	const without = await healthy(server, `${name}-without`)
	await trouble()
	const during = await healthy(server, `${name}-with`)
	assert.ok(await going(), 'the trouble was over too soon')
	const show = list => `p50 ${at(list, 0.5).toFixed(1)} ms, p99 ${at(list, 0.99).toFixed(1)} ms`
	console.log(`# ${name}: jobs of others alone ${show(without)}; beside it ${show(during)}`)
}
const running = async (server, id) => !isFinal((await server.get(`/v1/jobs/${id}?limit=1`)).job.status)
async function fresh(more = {}) {
	const server = await new Server({ env: { ...env, ...more }, program: release ?? binary }).prepare()
	server.launch()
	await server.ready()
	return server
}

await test('slow_origins_delay_nobody_else', async () => {
	const { held, port } = await startStuck()
	const server = await fresh({ SCRAPED_ALLOW_TARGETS: `${env.SCRAPED_ALLOW_TARGETS},127.0.0.2:${port}` })
	let id
	await beside('slow_origins', server, async () => {
		id = await make(server, Array.from({ length: 2000 }, (_, i) => `http://127.0.0.2:${port}/${i}`))
		await until(() => held.size >= 4, 'the slow ones are open')
	}, () => held.size > 0 && running(server, id))
	await server.call('DELETE', `/v1/jobs/${id}`)
	await until(() => held.size === 0, 'transfers of a cancelled job are let go')
	assert.equal((await ended(server, id)).status, 'cancelled')
	await stop(server)
})

await test('many_slow_hosts_delay_nobody_else', async () => {
	const { held, port } = await startStuck()
	const server = await fresh({ SCRAPED_ALLOW_TARGETS: `${env.SCRAPED_ALLOW_TARGETS},127.0.0.0/8` })
	let id
	await beside('many_slow_hosts', server, async () => {
		id = await make(server, Array.from({ length: 400 }, (_, i) => `http://127.0.${1 + (i >> 6)}.${1 + i % 64}:${port}/${i}`))
		await until(() => held.size >= 32, 'the slow ones are open')
	}, () => held.size > 0 && running(server, id))
	assert.equal((await server.call('DELETE', `/v1/jobs/${id}`)).status, 200)
	await stop(server)
})

await test('another_accounts_ten_thousand_urls_delay_nobody_else', async () => {
	const server = await fresh()
	let id
	await beside('ten_thousand', server, async () => {
		id = await make(server, Array.from({ length: 10000 }, (_, i) => `${web.origin.url}/slow/many-${i}`))
	}, () => running(server, id))
	assert.equal((await server.call('DELETE', `/v1/jobs/${id}`)).status, 200)
	await stop(server)
})

// Who asks for these names gets no answer: a name server that is silent, in a mount namespace of its own.
/** The program with a name server of the test's own: answer(question) gives what is sent back, NULL for nothing. */
async function withNames(answer) {
	if (process.getuid() !== 0 || run('unshare', ['-m', 'true']).status !== 0)
		skip('a mount namespace wants root')
	const socket = dgram.createSocket('udp4')
	await new Promise((done, fail) => socket.once('error', fail).bind(53, '127.0.0.53', done)).catch(() => skip('127.0.0.53:53 is taken'))
	let open = true
	const close = () => open && new Promise(done => { open = false; socket.close(done) })
	onFinish(close)
	socket.on('message', (question, from) => {
		const said = answer(question)
		if (said)
			socket.send(said, from.port, from.address)
	})
	const resolv = path.join(tempDir(), 'resolv.conf')
	fs.writeFileSync(resolv, 'nameserver 127.0.0.53\noptions timeout:3 attempts:2\n')
	const wrapped = path.join(tempDir(), 'scraped')
	const program = release ?? binary
	fs.writeFileSync(wrapped, `#!/bin/sh\n[ "$1" = serve ] || exec '${program}' "$@"\nexec unshare -m sh -c 'mount --bind ${resolv} /etc/resolv.conf && exec ${program} serve'\n`, { mode: 0o755 })
	return { program: wrapped, close }
}

await test('names_that_do_not_exist_are_asked_for_once', async () => {
	const NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3
	const names = await withNames(question => {
		const said = Buffer.from(question)
		const code = said.includes('sick') ? SERVFAIL : said.includes('empty') ? NOERROR : NXDOMAIN
		said.writeUInt16BE(0x8180 | code, 2)
		said.writeUInt16BE(0, 10)	// without the question's EDNS record
		let end = 12
		while (said[end])
			end += said[end] + 1
		return said.subarray(0, end + 5)
	})
	const server = await new Server({ env: { ...env, SCRAPED_JOB_RETRY_MS: '5ms', SCRAPED_JOB_TRIES: '3' }, program: names.program }).prepare()
	server.launch()
	await server.ready()
	const id = await make(server, ['gone', 'empty', 'sick'].map(name => `http://${name}.example.net/`))
	const job = await ended(server, id)
	assert.deepEqual(job.results.map(one => one.error.code), ['FETCH_FAILED', 'FETCH_FAILED', 'FETCH_FAILED'])
	assert.deepEqual(job.results.map(one => /does not exist/.test(one.error.message)), [true, true, false])
	assert.deepEqual(server.rows('SELECT tries FROM items ORDER BY seq').map(row => row.tries), [1, 1, 3])
	await stop(server)
	await names.close()
})

await test('dead_dns_delays_nobody_else', async () => {
	let asked = 0
	const names = await withNames(() => { asked++ })
	const server = await new Server({ env, program: names.program }).prepare()
	server.launch()
	await server.ready()
	let id
	await beside('dead_dns', server, async () => {
		id = await make(server, Array.from({ length: 1500 }, (_, i) => `http://name${i}.example.net/`), { config: { timeoutMs: 20000 } })
		await until(() => asked > 10, 'questions')
	}, () => running(server, id))
	assert.equal((await server.call('DELETE', `/v1/jobs/${id}`)).status, 200)
	await stop(server)
})

await test('dead_webhook_receivers_delay_nobody_else', async () => {
	const { held, port } = await startStuck()
	const good = await startReceiver()
	const server = await fresh({ SCRAPED_ALLOW_TARGETS: `${env.SCRAPED_ALLOW_TARGETS},127.0.0.2:${port},${good.host}`, SCRAPED_WEBHOOK_TIMEOUT_MS: '120s' })
	const ids = []
	await beside('dead_webhook', server, async () => {
		for (let i = 0; i < 40; i++)
			ids.push(await make(server, [`${web.origin.url}/page/dead-${i}`], { webhook: `http://127.0.0.2:${port}/${i}` }))
		await until(() => held.size > 0, 'a delivery that hangs')
	}, () => held.size > 0)
	const id = await make(server, [`${web.origin.url}/page/good`], { key: server.keys[1], webhook: `${good.url}/good` })
	await until(() => good.got.some(one => one.json.job.id === id), 'the living receiver is told')
	assert.ok(held.size > 0, 'while the dead one still holds its own')
	for (const one of ids)
		assert.equal((await ended(server, one)).status, 'completed', 'a delivery does not change its job')
	await stop(server)
})

// --- pages that kill ---

const marker = 'this page is poison'

for (const [by, signal] of [['abort', 'SIGABRT'], ['overflow', 'SIGSEGV']]) await test(`poison_page_${by}`, async () => {
	noShim()
	const asked = new Map()
	const origin = await startOrigin((q, r) => {
		asked.set(q.url, (asked.get(q.url) ?? 0) + 1)
		const body = zlib.gzipSync(`<title>t</title><h1>Page ${q.url}</h1><p>${q.url.startsWith('/poison') ? marker : 'harmless'}`)
		r.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(body)
	})
	const server = await new Server({ program: release, env: { ...env, SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_CACHE_BYTES: 'off' } }).prepare()
	server.disk = { env: { LD_PRELOAD: shim('poison'), POISON: marker, POISON_BY: by } }
	const urls = Array.from({ length: 30 }, (_, i) => `${origin.url}/${i === 13 ? 'poison' : 'good'}/${i}`)
	let crashes = 0, id = null, job = null
	while (!job && crashes < 10) {
		server.launch()
		const child = server.child
		await server.ready().catch(e => { if (child.exitCode === null && child.signalCode === null) throw e })
		try {
			id ??= await make(server, urls)
			for (;;) {	// throws when the server dies
				const now = (await server.get(`/v1/jobs/${id}?limit=1000`)).job
				if (isFinal(now.status)) {
					job = now
					break
				}
				await delay(5)
			}
		} catch (e) {
			await Promise.race([child.ended, delay(60000)])
			assert.equal(child.signalCode, signal, `${e.message}\n${child.err.slice(-2000)}`)
			id ??= server.rows('SELECT id FROM jobs')[0]?.id
			crashes++
		}
	}
	console.log(`# poison_page_${by}: ${crashes} crashes`)
	assert.equal(crashes, 3)
	assert.deepEqual([job.status, job.completedUrls, job.failedUrls], ['partial', 29, 1])
	job.results.forEach((one, i) => assert.equal(one.error?.code, i === 13 ? 'INTERNAL_ERROR' : undefined, one.url))
	assert.equal(asked.get('/poison/13'), 3)
	await stop(server)
})

await test('killed_while_it_reads_a_page', async () => {
	noShim()
	const origin = await startOrigin((q, r) => r.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' })
		.end(zlib.gzipSync(`<title>t</title><p>${marker}`)))
	const server = await new Server({ program: release, env: { ...env, SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_CACHE_BYTES: 'off' } }).prepare()
	server.disk = { env: { LD_PRELOAD: shim('poison'), POISON: marker, POISON_BY: 'hang' } }
	let id = null
	for (let kills = 0; kills < 5; kills++) {	// more than a page that kills would get
		server.launch()
		await server.ready()
		id ??= await make(server, [`${origin.url}/page`])
		await until(() => {	// the rows first: once the item runs again, what stood in the file before is gone
			const [item] = server.rows('SELECT state, lost FROM items')
			return item.state === 1 && item.lost === kills &&
				fs.readFileSync(path.join(server.dir, 'data', 'suspects')).includes(`${id}/0`)
		}, 'the page is read')
		await server.kill()
	}
	server.disk = null
	server.launch()
	await server.ready()
	assert.equal((await ended(server, id)).status, 'completed')
	await stop(server)
})

await finish()
