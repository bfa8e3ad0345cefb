// SPDX-License-Identifier: Apache-2.0
// robots.txt as sites really answer: what each answer means, how often they are asked, how long it counts.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { assert, finish, startNginx, startOrigin, tempDir, test, until } from '../lib/harness.mjs'
import { startDriver, startRaw } from './driver.mjs'

const start = (targets, flags = []) => startDriver({ name: 'robots_driver', flags: ['--allow-targets', targets, '--robots-agent', 'foobot', ...flags] })
const robots = 'User-agent: foobot\nDisallow: /private\nCrawl-delay: 2\n\nUser-agent: *\nDisallow: /\n'
const all = '127.0.0.0/8'

// allowed (true or false) of a target at an origin.
const may = async (driver, origin, target = '/page', more = {}) => {
	const answer = await driver.ask({ url: origin.url + target, ...more })
	assert.equal(answer.code, 'OK', JSON.stringify(answer))
	return answer.allowed
}
const ahead = (driver, ms) => driver.command({ cmd: 'ahead', ms })
const asked = origin => origin.requests.filter(q => q.url === '/robots.txt').length
const minutes = 60000, hours = 60 * minutes, days = 24 * hours

await test('a real server', async () => {
	const root = tempDir()
	fs.writeFileSync(path.join(root, 'robots.txt'), robots)
	const nginx = await startNginx({ root })
	const driver = await start(nginx.host)
	assert.deepEqual(await driver.ask({ url: `${nginx.url}/page?a=b#c` }), { id: 1, code: 'OK', allowed: true, delay_ms: 2000 })
	assert.equal(await may(driver, nginx, '/private/x'), false)
	assert.equal(await may(driver, nginx, '/robots.txt'), true)
	const rows = nginx.log().filter(row => row.path === '/robots.txt')
	assert.equal(rows.length, 1, 'one request for all')
	assert.match(rows[0].agent, /^Mozilla\/5\.0 \(compatible; scraped\//, 'the name that pages see')
	await driver.stop()
})

// [what, answer(request, response), is /page allowed]
const say = (status, headers = {}, body = '') => (q, r) => { r.writeHead(status, headers); r.end(body) }
const answers = [
	['200 with rules', say(200, {}, 'User-agent: *\nDisallow: /page\n'), false],
	['200 without any', say(200, {}, 'hello'), true],
	['200 as HTML', say(200, { 'Content-Type': 'text/html' }, '<html>User-agent: *\nDisallow: /other\n'), true],
	['200, packed', say(200, { 'Content-Encoding': 'gzip' }, zlib.gzipSync('User-agent: *\nDisallow: /page\n')), false],
	['200, badly packed', say(200, { 'Content-Encoding': 'gzip' }, 'this is not gzip'), false],
	['204', say(204), true],
	['304', say(304), true],
	['400', say(400), true],
	['401', say(401, {}, 'User-agent: *\nDisallow: /\n'), true],
	['403', say(403), true],
	['404', say(404, {}, 'User-agent: *\nDisallow: /\n'), true],
	['410', say(410), true],
	['429', say(429), false],
	['500', say(500, {}, 'User-agent: *\nAllow: /\n'), false],
	['503', say(503), false],
	['a cut body', (q, r) => { r.writeHead(200, { 'Content-Length': 1000 }); r.write('User-agent: *\n', () => r.destroy()) }, false],
	['no answer at all', q => q.socket.destroy(), false],
]
await test('what answers mean', async () => {
	const driver = await start(all)
	for (const [what, answer, allowed] of answers) {
		const origin = await startOrigin(answer)
		assert.equal(await may(driver, origin), allowed, what)
		assert.equal(await may(driver, origin, '/page/again'), allowed, `${what}, again`)
		assert.equal(asked(origin), 1, `${what}: asked once`)
		assert.equal(await may(driver, origin, '/robots.txt'), true, `${what}: the file itself`)
	}
	const gone = await startOrigin(say(200))
	await gone.stop()
	assert.equal(await may(driver, gone), false, 'nobody listens')
	await driver.stop()
})

await test('redirects', async () => {
	const other = await startOrigin(say(200, {}, 'User-agent: *\nDisallow: /page\n'))
	let last = 5
	const chain = await startOrigin((q, r) => {
		const n = q.url === '/robots.txt' ? 0 : Number(q.url.slice(1))
		say(301, { Location: n + 1 < last ? `/${n + 1}` : `${other.url}/end` })(q, r)
	})
	const driver = await start(all)
	assert.equal(await may(driver, chain), false, 'five are followed, also to another site')
	last = 6
	const again = await startOrigin((q, r) => say(301, { Location: `${chain.url}/1` })(q, r))
	assert.equal(await may(driver, again), true, 'a sixth is not: there is no file')
	const circle = await startOrigin(say(302, { Location: '/robots.txt' }))
	assert.equal(await may(driver, circle), true, 'nor is a circle')
	const broken = await startOrigin(say(302, { Location: 'http://127.0.0.1:1/' }))
	assert.equal(await may(driver, broken), false, 'to where nobody listens')
	await driver.stop()
})

await test('a redirect to a private address is not followed', async () => {
	const inside = await startOrigin(say(200, {}, 'User-agent: *\nAllow: /\n'))
	const origin = await startOrigin(say(301, { Location: `${inside.url}/robots.txt` }))
	const driver = await start(origin.host)
	assert.equal(await may(driver, origin), false, 'it counts as unreachable')
	assert.equal(inside.requests.length, 0, 'requests to the private one')
	await driver.stop()
})

await test('many ask at once and the site is asked once', async () => {
	const held = []
	const origin = await startOrigin((q, r) => held.push(r))
	const driver = await start(all)
	const many = Array.from({ length: 50 }, (_, i) => may(driver, origin, i % 2 ? '/private' : `/page/${i}`))
	await until(() => held.length === 1, 'the request')
	held[0].end(robots)
	assert.deepEqual(await Promise.all(many), Array.from({ length: 50 }, (_, i) => i % 2 === 0))
	assert.equal(asked(origin), 1)
	await driver.stop()
})

await test('hosts, ports and schemes have files of their own', async () => {
	const one = await startOrigin(say(200, {}, 'User-agent: *\nDisallow: /\n'))
	const two = await startOrigin(say(200, {}, ''))
	const driver = await start(all)
	assert.equal(await may(driver, one), false)
	assert.equal(await may(driver, two), true)
	assert.equal(await may(driver, { url: `http://127.0.0.2:${two.port}` }), false, 'another address, where nobody listens')
	assert.equal(await may(driver, { url: `https://127.0.0.1:${two.port}` }), false, 'another scheme, which is not spoken')
	assert.equal(asked(two), 1)
	await driver.stop()
})

await test('how long it counts', async () => {
	let head = {}, status = 200
	const origin = await startOrigin((q, r) => say(status, head, 'User-agent: *\nDisallow: /page\n')(q, r))
	// [header, asked again after so much, but not before]
	for (const [control, ms] of [[undefined, days], ['max-age=3600', hours], ['max-age=10000000', days], ['max-age=0', 5 * minutes], ['no-store', 5 * minutes]]) {
		head = control ? { 'Cache-Control': control } : {}
		const driver = await start(all), before = asked(origin)
		assert.equal(await may(driver, origin), false)
		await ahead(driver, ms - minutes)
		assert.equal(await may(driver, origin), false)
		assert.equal(asked(origin), before + 1, `${control}: not yet`)
		await ahead(driver, ms + minutes)
		assert.equal(await may(driver, origin), false)
		assert.equal(asked(origin), before + 2, `${control}: again`)
		await driver.stop()
	}
})

await test('a site that falls silent', async () => {
	let status = 200
	const origin = await startOrigin((q, r) => say(status, {}, robots)(q, r))
	const driver = await start(all)
	assert.equal(await may(driver, origin), true)
	status = 503
	let now = days + minutes
	await ahead(driver, now)
	assert.equal(await may(driver, origin), true, 'its rules of yesterday go on')
	assert.equal(await may(driver, origin, '/private'), false, 'all of them')
	assert.equal(asked(origin), 2)
	for (const [n, pause] of [5, 10, 20, 40, 60, 60].entries()) { // it is asked again after so many minutes
		await ahead(driver, now += (pause - 1) * minutes)
		await may(driver, origin)
		assert.equal(asked(origin), n + 2, `before ${pause} minutes`)
		await ahead(driver, now += 2 * minutes)
		await may(driver, origin)
		assert.equal(asked(origin), n + 3, `after ${pause} minutes`)
	}
	await ahead(driver, 7 * days + hours)
	assert.equal(await may(driver, origin), false, 'a week later nothing is known any more')
	status = 404
	await ahead(driver, 7 * days + 3 * hours)
	assert.equal(await may(driver, origin), true, 'it answers again')
	await driver.stop()
})

await test('a site that was silent from the beginning', async () => {
	let status = 500
	const origin = await startOrigin((q, r) => say(status, {}, robots)(q, r))
	const driver = await start(all)
	assert.equal(await may(driver, origin), false)
	status = 200
	await ahead(driver, 4 * minutes)
	assert.equal(await may(driver, origin), false)
	assert.equal(asked(origin), 1)
	await ahead(driver, 6 * minutes)
	assert.equal(await may(driver, origin), true)
	await driver.stop()
})

await test('a site that hangs', async () => {
	const origin = await startOrigin(() => {})
	const driver = await start(all)
	let ended = 0
	const patient = [may(driver, origin), may(driver, origin, '/other')]
	for (const one of patient)
		one.then(() => ended++)
	await until(() => asked(origin) === 1, 'the request')
	assert.equal(await may(driver, origin, '/quick', { timeout_ms: 300 }), false, 'who has no time is not allowed')
	assert.equal(ended, 0, 'and does not wait for those who have')
	assert.deepEqual(await Promise.all(patient), [false, false], 'after ten seconds it counts as unreachable')
	const before = asked(origin)
	assert.equal(await may(driver, origin), false)
	assert.equal(asked(origin), before, 'and is left alone for a while')
	await driver.stop()
})

await test('a hurried caller teaches nothing', async () => {
	const held = []
	const origin = await startOrigin((q, r) => held.push(r))
	const driver = await start(all)
	assert.equal(await may(driver, origin, '/page', { timeout_ms: 3000 }), false)
	const later = may(driver, origin)
	await until(() => held.length === 2, 'it is asked again')
	held[1].end(robots)
	assert.equal(await later, true)
	await driver.stop()
})

await test('who leads and is cancelled leaves an heir', async () => {
	const held = []
	const origin = await startOrigin((q, r) => held.push(r))
	const driver = await start(all)
	const leader = driver.ask({ url: `${origin.url}/page`, cancel: 'leader' })
	await until(() => held.length === 1, 'the first request')
	const others = Array.from({ length: 5 }, () => may(driver, origin))
	await driver.command({ cmd: 'cancel', name: 'leader' })
	assert.equal((await leader).code, 'CANCELLED')
	await until(() => held.length === 2, 'the heir asks')
	held[1].end(robots)
	assert.deepEqual(await Promise.all(others), [true, true, true, true, true])
	assert.equal(held.length, 2)
	await driver.stop()
})

await test('the end of the fetcher sends all home', async () => {
	const origin = await startOrigin(() => {})
	const driver = await start(all)
	const waiting = Array.from({ length: 20 }, () => driver.ask({ url: `${origin.url}/page` }))
	await until(() => asked(origin) === 1, 'the request')
	driver.tell({ cmd: 'stop' })
	for (const answer of await Promise.all(waiting))
		assert.equal(answer.code, 'CANCELLED')
	await driver.stop()
})

await test('large files and many sites are kept within bounds', async () => {
	const lines = 'Disallow: /abcdefghijklmnopqrstuvwxyz\n'.repeat(13000) // 480 KB
	const raw = await startRaw((socket, head) => socket.write(
		`HTTP/1.1 200 OK\r\nContent-Length: ${lines.length + 15}\r\n\r\nUser-agent: *\r\n${lines}`), { host: '0.0.0.0' })
	const driver = await start(all, ['--fetch-in-flight', '8'])
	const sites = Array.from({ length: 120 }, (_, i) => ({ url: `http://127.0.1.${i + 1}:${raw.port}` }))
	for (const site of sites)
		assert.equal(await may(driver, site), true)
	const first = raw.requests
	assert.equal(await may(driver, sites.at(-1)), true, 'the newest')
	assert.equal(raw.requests, first, 'is kept')
	assert.equal(await may(driver, sites[0]), true, 'the oldest')
	assert.equal(raw.requests, first + 1, 'had to go')
	await driver.stop()
})

await finish()
