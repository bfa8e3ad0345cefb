// SPDX-License-Identifier: Apache-2.0
// Thousands of URLs in jobs, from origins that answer, fail, redirect, are slow or huge: memory and descriptors do not grow
// (release build). JOBS_SOAK=N sets the number of URLs (script/soak N).
import { assert, binary, delay, finish, test } from '../lib/harness.mjs'
import { descriptors, memory } from '../service/watch.mjs'
import { generator } from './disk.mjs'
import { draw, isFinal, judgePage, Server, startReceiver, startWeb } from './world.mjs'

const total = Number(process.env.JOBS_SOAK ?? 2000), seed = Number(process.env.CRASH_SEED ?? 3)
const release = process.env.SCRAPED_RELEASE ?? null
const GROWTH_MB = 24, PER_JOB = 250, AT_A_TIME = 4, PER_HOST = 32
const kinds = [...Array(6).fill('page'), ...Array(4).fill('nginx'), 'doc', 'doc', 'slow', 'slow', 'flaky', 'moved', 'moved', 'gone', 'broken', 'image', 'huge']

await test('memory_and_descriptors_stay', async () => {
	const web = await startWeb(), hook = await startReceiver(), random = generator(seed)
	const server = await new Server({ program: release ?? binary, env: { SCRAPED_ALLOW_TARGETS: [...web.hosts, hook.host].join(','), SCRAPED_CACHE_BYTES: '64M',
		SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_JOB_PER_HOST: String(PER_HOST), SCRAPED_LOG_LEVEL: 'warn' } }).prepare()
	server.launch()
	await server.ready()
	const pid = server.child.pid, first = descriptors(pid), marks = []
	let done = 0, made = 0
	async function one(key) {
		const n = made++
		const items = Array.from({ length: Math.min(PER_JOB, total) }, (_, i) => draw(web, random, `soak${n}-${i}`, kinds))
		const made_ = await server.call('POST', '/v1/jobs', { key, body: { urls: items.map(item => item.url), webhook: `${hook.url}/x`, config: { cacheTtlSeconds: 60 } } })
		assert.equal(made_.status, 201, made_.text)
		const { id } = made_.json.job
		for (;;) {
			const { job } = await server.get(`/v1/jobs/${id}?limit=1`, key)
			marks.push([done + job.completedUrls + job.failedUrls, memory(pid), descriptors(pid)])
			if (isFinal(job.status))
				break
			await delay(100)
		}
		let target = `/v1/jobs/${id}/results?limit=100`, list = []
		while (target) {
			const part = await server.get(target, key)
			list = list.concat(part.results)
			target = part.resultsNext
		}
		assert.equal(list.length, items.length)
		list.forEach((result, i) => judgePage(items[i], result, id))
		done += items.length
	}
	const began = performance.now()
	await Promise.all(Array.from({ length: AT_A_TIME }, async (_, i) => {
		while (made * PER_JOB < total)
			await one(server.keys[i % server.keys.length])
	}))
	const seconds = (performance.now() - began) / 1000
	const half = marks.length >> 1, most = list => Math.max(...list.map(mark => mark[1]))
	const shown = Array.from({ length: 20 }, (_, i) => marks[Math.min(marks.length - 1, Math.floor(i * marks.length / 20))])
	console.log(`# soak: ${done} URLs in ${made} jobs, ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(0)}/s (${release ? 'release' : 'sanitizers'})`)
	console.log(`# memory MB: ${shown.map(mark => mark[1].toFixed(0)).join(' ')}; at rest ${memory(pid).toFixed(0)}`)
	console.log(`# descriptors: ${shown.map(mark => mark[2]).join(' ')}; at the start ${first}, at rest ${descriptors(pid)}`)
	if (release)
		assert.ok(most(marks.slice(half)) <= most(marks.slice(0, half)) + GROWTH_MB, 'memory does not grow')
	assert.ok(Math.max(...marks.slice(half).map(mark => mark[2])) <= Math.max(...marks.slice(0, half).map(mark => mark[2])) + 40, 'descriptors do not grow')
	// what is left are connections to the two sites, as many as went there at a time, and the receiver's
	assert.ok(descriptors(pid) <= first + 2 * PER_HOST + 8, 'descriptors come back')
	assert.equal(await server.kill('SIGTERM', 60000), 0, server.child.err.slice(-2000))
}, { timeoutMs: 300000 + total * 100 })
await finish()
