// SPDX-License-Identifier: Apache-2.0
// The engine of jobs as seen from outside: every URL gets its one outcome, through failures that pass, kills, stops and
// hand-overs; nobody's list holds up another's page; hosts are asked as often as they may be.
import http from 'node:http'
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, end, finish, freePort, onFinish, send, start, startScraped, test, until } from '../lib/harness.mjs'

const page = n => `<!doctype html><title>Page ${n}</title><h1>Page ${n}</h1><p>Some text of page ${n}.`

/** An origin at every loopback address: { port, seen (paths in order), running, most, hold(path), release() }. */
async function origin(answer = () => false) {
	const o = { seen: [], times: [], running: 0, most: 0, held: [], holding: false }
	const server = http.createServer((q, r) => {
		o.seen.push(q.url)
		o.times.push(Date.now())
		o.most = Math.max(o.most, ++o.running)
		r.on('close', () => o.running--)
		if (answer(q, r, o))
			return
		const give = () => r.setHeader('Content-Type', 'text/html').end(page(q.url))
		if (o.holding && q.url.startsWith('/hold'))
			o.held.push(give)
		else
			give()
	})
	await new Promise(done => server.listen(0, '0.0.0.0', done))
	o.port = server.address().port
	o.url = (n, where) => `http://127.0.0.${n}:${o.port}${where}`
	o.count = where => o.seen.filter(s => s === where).length
	o.release = () => {
		o.holding = false
		o.held.splice(0).forEach(give => give())
	}
	onFinish(() => new Promise(done => {
		server.closeAllConnections()
		server.close(done)
	}))
	return o
}

const settings = { SCRAPED_ALLOW_TARGETS: '127.0.0.0/8', SCRAPED_JOB_RETRY_MS: '1ms', SCRAPED_CACHE_BYTES: 'off' }
const serve = env => startScraped({ env: { ...settings, ...env } })
/** The server again, in the same folder. */
async function again(s) {
	const child = start(binary, ['serve'], { env: s.env })
	let stopped
	const stop = () => stopped ??= end(child).then(status => {
		if (status !== 0)
			throw new Error(`scraped serve ended with ${status}:\n${child.err.slice(-4000)}`)
	})
	onFinish(stop)
	await until(async () => (await send(`${s.url}/v1/health`)).status === 200, 'scraped again')
	return { ...s, child, stop, kill: () => { child.kill('SIGKILL'); return stopped = child.ended } }
}
const call = (s, method, where, body, headers = {}) =>
	send(s.url + where, { method, body, headers: { Authorization: `Bearer ${s.key}`, ...headers } })
async function make(s, body) {
	const made = await call(s, 'POST', '/v1/jobs', body)
	assert.equal(made.status, 201, made.text)
	return made.json.job.id
}
const state = async (s, id) => (await call(s, 'GET', `/v1/jobs/${id}`)).json.job
const over = job => ['completed', 'partial', 'failed', 'cancelled'].includes(job.status) && job
const ended = (s, id) => until(async () => over(await state(s, id)), `the end of ${id}`)
async function code(s, body) {
	const r = await call(s, 'POST', '/v1/jobs', body)
	return `${r.status} ${r.json.error?.code} ${r.json.error?.message}`
}

await test('every URL gets its outcome in the order asked, twice if it was asked twice', async () => {
	const o = await origin((q, r) => q.url === '/no' && r.writeHead(404).end())
	const s = await serve({})
	const urls = [o.url(1, '/a'), o.url(1, '/no'), o.url(1, '/a'), o.url(2, '/b')]
	const job = await ended(s, await make(s, { urls, name: 'list' }))
	assert.equal(job.status, 'partial')
	assert.deepEqual([job.totalUrls, job.completedUrls, job.failedUrls], [4, 3, 1])
	assert.deepEqual(job.results.map(r => r.url), urls)
	assert.deepEqual(job.results.map(r => r.data?.title ?? r.error.code), ['Page /a', 'FETCH_FAILED', 'Page /a', 'Page /b'])
	assert.equal(o.count('/no'), 1, 'a 404 is final')
	await s.stop()
	assert.ok(fs.readFileSync(path.join(s.env.SCRAPED_DATA, 'suspects')).every(b => b === 0), 'nothing is suspected after a clean end')
})

await test('what may pass is tried again, as often as the setting says', async () => {
	const o = await origin((q, r, it) => {
		if (q.url === '/flaky' && it.count('/flaky') < 3)
			return r.writeHead(500).end()
		if (q.url === '/reset')
			return q.socket.destroy()
		return q.url === '/down' && r.writeHead(503).end()
	})
	const s = await serve({ SCRAPED_JOB_TRIES: '3' })
	const job = await ended(s, await make(s, { urls: [o.url(1, '/flaky'), o.url(1, '/down'), o.url(1, '/reset')] }))
	assert.equal(job.status, 'partial')
	assert.equal(job.results[0].data.title, 'Page /flaky')
	assert.deepEqual(job.results.slice(1).map(r => r.error.code), ['FETCH_FAILED', 'FETCH_FAILED'])
	assert.deepEqual([o.count('/flaky'), o.count('/down')], [3, 3])
})

await test('a try that a kill has ended is none of them', async () => {
	const o = await origin((q, r, it) => q.url === '/page' && (it.count('/page') <= 2 || it.count('/page') === 3 && r.writeHead(500).end()))
	let s = await serve({ SCRAPED_JOB_TRIES: '2' })
	const id = await make(s, { urls: [o.url(1, '/page')] })
	for (let n = 1; n <= 2; n++) {
		await until(() => o.count('/page') === n, 'it is asked for')
		await s.kill()
		s = await again(s)
	}
	assert.equal((await ended(s, id)).status, 'completed')
	assert.equal(o.count('/page'), 4)
})

await test('Retry-After pauses its host, and no other', async () => {
	const o = await origin((q, r, it) => q.url === '/busy' && it.count('/busy') === 1 && r.writeHead(429, { 'Retry-After': '1' }).end())
	const s = await serve({ SCRAPED_JOB_PER_HOST: '1' })
	const job = await ended(s, await make(s, { urls: [o.url(1, '/busy'), o.url(1, '/next'), o.url(2, '/other')] }))
	assert.equal(job.status, 'completed')
	const at = where => o.times[o.seen.lastIndexOf(where)]
	assert.ok(at('/busy') - o.times[o.seen.indexOf('/busy')] >= 1000, 'the second try comes when it was asked to')
	assert.ok(at('/next') - o.times[o.seen.indexOf('/busy')] >= 1000, 'the host is left in peace')
	assert.ok(at('/other') < at('/next'))
})

await test('who is redirected away from a host does not speak for it', async () => {
	const o = await origin((q, r) => {
		if (q.url === '/go')
			return r.writeHead(302, { Location: o.url(2, '/full') }).end()
		return q.url === '/full' && r.writeHead(503, { 'Retry-After': '600' }).end()
	})
	const s = await serve({ SCRAPED_JOB_PER_HOST: '1' })
	await make(s, { urls: [o.url(1, '/go')] })
	await until(() => o.count('/full') === 1, 'the answer of the other host')
	assert.equal((await ended(s, await make(s, { urls: [o.url(1, '/mine')] }))).status, 'completed')
})

await test('a long list holds up no other job, not even at its own host', async () => {
	const o = await origin()
	o.holding = true
	const s = await serve({ SCRAPED_JOB_IN_FLIGHT: '8', SCRAPED_JOB_PER_HOST: '4' })
	const many = await make(s, { urls: Array.from({ length: 5000 }, (_, i) => o.url(1, `/hold/${i}`)) })
	await until(() => o.held.length === 4, 'four of the list are asked for')
	const one = await ended(s, await make(s, { urls: [o.url(2, '/mine')] }))
	assert.equal(one.status, 'completed', 'while all of the list is held')
	assert.equal(o.held.length, 4)
	const same = await make(s, { urls: [o.url(1, '/same')] })
	await until(async () => (await state(s, same)).status === 'running', 'it is claimed')
	await until(async () => {
		o.held.shift()?.()
		return over(await state(s, same))
	}, 'the page of the same host')
	assert.ok(o.seen.indexOf('/same') <= 20, `the page of the same host came as request ${o.seen.indexOf('/same')}`)
	assert.equal((await call(s, 'DELETE', `/v1/jobs/${many}`)).status, 200)
	assert.equal((await state(s, many)).status, 'cancelled')
	await until(() => o.running === 0, 'its transfers end')
})

await test('a job is no wider than it says', async () => {
	// None is answered before so many are there at once: a job that stays below never ends.
	let wanted = 2
	const waiting = []
	const o = await origin((q, r, it) => {
		waiting.push(() => r.setHeader('Content-Type', 'text/html').end(page(1)))
		if (it.most >= wanted)
			for (const give of waiting.splice(0))
				setTimeout(give, 5)
		return true
	})
	const s = await serve({ SCRAPED_JOB_PER_HOST: '50' })
	const urls = Array.from({ length: 40 }, (_, i) => o.url(1 + i % 5, `/${i}`))
	assert.equal((await ended(s, await make(s, { urls, config: { maxConcurrency: 2 } }))).status, 'completed')
	assert.equal(o.most, 2)
	o.most = 0
	wanted = 3
	assert.equal((await ended(s, await make(s, { urls }))).status, 'completed')
	assert.ok(o.most > 2)
})

await test('a cancelled job ends at once, what was done stays', async () => {
	const o = await origin()
	o.holding = true
	const s = await serve({})
	const id = await make(s, { urls: [o.url(1, '/fine'), o.url(1, '/hold/1'), o.url(2, '/hold/2')] })
	await until(async () => o.held.length === 2 && (await state(s, id)).completedUrls === 1, 'one is done, two are held')
	const gone = await call(s, 'DELETE', `/v1/jobs/${id}`)
	assert.equal(gone.json.job.status, 'cancelled')
	await until(() => o.running === 0, 'the transfers end')
	const job = await state(s, id)
	assert.deepEqual(job.results.map(r => r.error?.code ?? r.data.title), ['Page /fine', 'CANCELLED', 'CANCELLED'])
	assert.equal((await call(s, 'DELETE', `/v1/jobs/${id}`)).status, 409)
})

await test('a job ends when its time is over', async () => {
	const o = await origin()
	o.holding = true
	const s = await serve({ SCRAPED_JOB_TIMEOUT_MS: '5s' })
	const job = await ended(s, await make(s, { urls: [o.url(1, '/fine'), o.url(1, '/hold')] }))
	assert.equal(job.status, 'partial')
	assert.deepEqual(job.results.map(r => r.error?.code), [undefined, 'TIMEOUT'])
	await until(() => o.running === 0, 'the transfer ends')
})

await test('after kill -9 what ran runs again, and each page has one result', async () => {
	const o = await origin()
	o.holding = true
	let s = await serve({})
	const urls = Array.from({ length: 300 }, (_, i) => o.url(1 + i % 7, i % 10 ? `/${i}` : `/hold/${i}`))
	const id = await make(s, { urls })
	await until(async () => (await state(s, id)).completedUrls > 20, 'some are done')
	await s.kill()
	o.release()
	s = await again(s)
	const job = await ended(s, id)
	assert.equal(job.status, 'completed')
	assert.equal(job.completedUrls, 300)
})

await test('a stop gives back what runs, without a try', async () => {
	const o = await origin()
	o.holding = true
	let s = await serve({ SCRAPED_JOB_TRIES: '1' })
	const id = await make(s, { urls: [o.url(1, '/hold'), o.url(2, '/fine')] })
	await until(async () => o.held.length === 1 && (await state(s, id)).completedUrls === 1, 'one is held')
	await s.stop()
	o.release()
	s = await again(s)
	assert.equal((await ended(s, id)).status, 'completed')
})

await test('a lock that cannot be had is said once, and had as soon as it can be', async () => {
	const o = await origin()
	const s = await serve({})
	const lock = path.join(s.env.SCRAPED_DATA, 'jobs.lock')
	await s.stop()
	fs.rmSync(lock)
	fs.mkdirSync(lock)
	const without = await again(s)
	const id = await make(without, { urls: [o.url(1, '/a')] })
	await until(() => without.child.err.includes('job.no_lock'), 'it is said')
	assert.match(without.child.err, /error job\.no_lock .*directory/i)
	fs.rmdirSync(lock)
	assert.equal((await ended(without, id)).status, 'completed')
	assert.equal(without.child.err.split('job.no_lock').length, 2)
})

await test('when the process that works on jobs dies, another one of the folder takes over', async () => {
	const o = await origin()
	o.holding = true
	const first = await serve({})
	const port = await freePort()
	const second = await again({ ...first, url: `http://127.0.0.1:${port}`, env: { ...first.env, SCRAPED_LISTEN: `127.0.0.1:${port}` } })
	const id = await make(second, { urls: [o.url(1, '/hold'), o.url(1, '/fine')] })
	await until(async () => o.held.length === 1 && (await state(second, id)).completedUrls === 1, 'the first one works on it')
	await first.kill()
	o.release()
	assert.equal((await ended(second, id)).status, 'completed')
})

await test('robots.txt is asked when the job or the setting says so', async () => {
	const o = await origin((q, r) => q.url === '/robots.txt' && r.setHeader('Content-Type', 'text/plain').end('User-agent: *\nDisallow: /private\n'))
	const urls = [o.url(1, '/private'), o.url(1, '/open')]
	const s = await serve({})
	const codes = async (body, on = s) => (await ended(on, await make(on, body))).results.map(r => r.error?.code)
	assert.deepEqual(await codes({ urls }), [undefined, undefined])
	assert.deepEqual(await codes({ urls, respectRobotsTxt: true }), ['ROBOTS_DISALLOWED', undefined])
	const strict = await serve({ SCRAPED_ROBOTS: 'on' })
	assert.deepEqual(await codes({ urls }, strict), ['ROBOTS_DISALLOWED', undefined])
	const never = await serve({ SCRAPED_ROBOTS: 'off' })
	assert.deepEqual(await codes({ urls, respectRobotsTxt: true }, never), [undefined, undefined])
})

await test('a site that wants much time for itself takes no room from the others of its list', async () => {
	const o = await origin((q, r) => q.url === '/robots.txt' &&
		r.setHeader('Content-Type', 'text/plain').end(q.headers.host.startsWith('127.0.0.1:') ? 'User-agent: *\nCrawl-delay: 60\n' : ''))
	const s = await serve({ SCRAPED_JOB_PER_HOST: '2' })
	const slow = Array.from({ length: 200 }, (_, i) => o.url(1, `/slow/${i}`))
	const id = await make(s, { urls: [...slow, o.url(2, '/fast')], respectRobotsTxt: true })
	await until(() => o.count('/fast') === 1, 'the page of the other site')
	assert.ok(o.seen.filter(path => path.startsWith('/slow/')).length <= 2, 'what had begun before the delay was known')
	assert.equal((await call(s, 'DELETE', `/v1/jobs/${id}`)).status, 200)
})

await test('what is wrong with a job is said when it is made', async () => {
	const s = await startScraped({ env: { SCRAPED_JOB_MAX_URLS: '5' } })
	const fine = 'https://example.com/'
	assert.match(await code(s, { urls: [fine, fine, 'ftp://example.com/'] }), /^400 UNSUPPORTED_SCHEME urls\[2\]: /)
	assert.match(await code(s, { urls: [fine, 'http://'] }), /^400 INVALID_URL urls\[1\]: /)
	assert.match(await code(s, { urls: ['http://10.0.0.1/'] }), /^403 PRIVATE_NETWORK_TARGET urls\[0\]: /)
	assert.match(await code(s, { urls: Array(6).fill(fine) }), /^400 TOO_MANY_URLS urls has 6 URLs/)
	assert.match(await code(s, { urls: [] }), /^400 INVALID_REQUEST urls/)
	assert.match(await code(s, { urls: [fine], webhook: 'http://169.254.169.254/' }), /^403 PRIVATE_NETWORK_TARGET webhook: /)
	assert.match(await code(s, { urls: [fine], selectors: { price: 'a[' } }), /^400 INVALID_SELECTOR .*price/)
	assert.match(await code(s, { urls: [fine], name: 'n'.repeat(201) }), /^400 INVALID_REQUEST .*name/)
	assert.equal((await call(s, 'GET', '/v1/jobs')).json.total, 0, 'no job was made')
})

await test('the same request under the same key makes one job', async () => {
	const o = await origin()
	const s = await serve({})
	const post = (body, id) => call(s, 'POST', '/v1/jobs', body, { 'Idempotency-Key': id })
	const first = await post({ urls: [o.url(1, '/')] }, 'once')
	const second = await post({ urls: [o.url(1, '/')] }, 'once')
	assert.equal(second.json.job.id, first.json.job.id)
	assert.equal((await post({ urls: [o.url(1, '/other')] }, 'once')).json.error.code, 'IDEMPOTENCY_MISMATCH')
	assert.equal((await post({ urls: [o.url(1, '/')] }, 'x'.repeat(256))).status, 400)
	await ended(s, first.json.job.id)
	assert.equal(o.count('/'), 1)
})

await finish()
