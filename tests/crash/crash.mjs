// SPDX-License-Identifier: Apache-2.0
// The promise of jobs, judged from outside: whatever was accepted ends, once, in a final state, with one outcome for each URL.
// Callers submit while the server is killed at random moments (also while it starts, also by SIGTERM), then while the power
// goes: powercut.c and disk.mjs keep only what was synced.
//	CRASH_KILLS=20 CRASH_CUTS=5 CRASH_SEED=n		(script/crash N CUTS sets them)
import path from 'node:path'
import { assert, binary, delay, finish, skip, test } from '../lib/harness.mjs'
import { Disk, generator } from './disk.mjs'
import { Caller, Server, startReceiver, startWeb } from './world.mjs'

const kills = Number(process.env.CRASH_KILLS ?? 20), cuts = Number(process.env.CRASH_CUTS ?? 5)
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1000000)
const release = process.env.SCRAPED_RELEASE ?? null
const web = await startWeb(), hook = await startReceiver()
const env = { SCRAPED_ALLOW_TARGETS: [...web.hosts, hook.host].join(','), SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_JOB_PER_HOST: '16', SCRAPED_JOBS_OPEN_PER_ACCOUNT: '100000' }
const median = list => list.length ? [...list].sort((a, b) => a - b)[list.length >> 1].toFixed(0) : '-'
console.log(`# seed ${seed} (CRASH_SEED)`)

/** One life of the server: started, worked with for a moment, ended in one of many ways. */
async function life(server, callers, random, ends) {
	const startMs = ends.ready.length ? ends.ready.at(-1) : 200
	server.launch()
	if (random() < 0.2) {
		await delay(random() * startMs * 1.2)
		ends.starting++
		return server.kill()
	}
	ends.ready.push(await server.ready())
	let going = true
	const work = callers.flatMap(caller => Array.from({ length: 3 }, () => caller.work(() => going)))
	await delay(10 + random() ** 2 * 900)
	const luck = random()
	if (luck < 0.75) {
		ends.killed++
		await server.kill()
	} else if (luck < 0.9) {
		ends.termed++
		const status = await server.kill('SIGTERM', 60000)
		assert.equal(status, 0, `after SIGTERM: ${status}\n${server.child.err.slice(-3000)}`)
	} else {
		ends.both++
		await server.kill('SIGTERM', 1 + random() * 60)
	}
	going = false
	await Promise.all(work)
}

async function judge(server, caller, name) {
	server.launch()
	await server.ready()
	for (const job of caller.jobs.filter(one => one.lost && one.idempotency))
		job.lost = !await caller.submit(job)
	await caller.findLost()
	await caller.settle()
	const urls = await caller.judge()
	const accepted = caller.jobs.filter(job => job.id)
	console.log(`# ${name}: ${accepted.length} jobs accepted (${accepted.filter(job => job.sent > 1).length} asked for again, ${caller.jobs.filter(job => !job.id).length} never taken), ${urls} URLs: 0 lost, 0 doubled, 0 unfinished`)
	const again = caller.judgeRequests(), hooks = await caller.judgeHooks()
	console.log(`# ${name}: ${again} requests repeated by retries and restarts; ${hooks.jobs} webhooks, ${hooks.copies} of them sent again`)
	assert.ok(accepted.length > 0)
}

/** As the last test of memory: a crash in the middle of nothing, and all is read again. */
async function once_more(server, caller) {
	await server.kill()
	server.disk?.cut()
	server.launch()
	await server.ready()
	await caller.findLost()
	await caller.judge()
	assert.equal(await server.kill('SIGTERM', 60000), 0, server.child.err.slice(-3000))
}

await test('kills', async () => {
	const random = generator(seed), ends = { starting: 0, killed: 0, termed: 0, both: 0, ready: [] }
	const server = await new Server({ env }).prepare()
	const caller = new Caller(server, web, random, { hook })
	for (let n = 0; n < kills; n++)
		await life(server, [caller], random, ends)
	console.log(`# kills: ${kills}: ${ends.killed} at work, ${ends.starting} while it started, ${ends.termed} by SIGTERM, ${ends.both} by SIGTERM and then killed; ready after ${median(ends.ready)} ms (median)`)
	await judge(server, caller, 'kills')
	await once_more(server, caller)
}, { timeoutMs: 300000 + kills * 20000 })

await test('power_cuts', async () => {
	if (!release)
		skip('SCRAPED_RELEASE is not set (a preload library and sanitizers do not go together)')
	const random = generator(seed + 1), ends = { starting: 0, killed: 0, termed: 0, both: 0, ready: [] }
	const server = await new Server({ env, program: release }).prepare()
	server.disk = new Disk(path.join(server.dir, 'data'), random)
	server.disk.adopt()
	const caller = new Caller(server, web, random, { hook })
	for (let n = 0; n < cuts; n++) {
		await life(server, [caller], random, ends)
		server.disk.cut()
	}
	const { lost, torn, kept } = server.disk.cuts
	console.log(`# power_cuts: ${cuts}; of the writes that no sync had confirmed ${lost} lost, ${torn} torn, ${kept} kept`)
	await judge(server, caller, 'power_cuts')
	await once_more(server, caller)
}, { timeoutMs: 300000 + cuts * 20000 })

// Figures, not judged: how soon a killed server is back, and how soon what it was working on is asked for again.
await test('restart_times', async () => {
	const server = await new Server({ env, program: release ?? binary }).prepare(1)
	const ready = [], orphans = []
	const urls = Array.from({ length: 200 }, (_, i) => `${web.origin.url}/never/restart-${i}`)
	server.launch()
	await server.ready()
	assert.equal((await server.call('POST', '/v1/jobs', { body: { urls } })).status, 201)
	for (let n = 0; n < 7; n++) {
		const count = () => urls.reduce((sum, url) => sum + (web.asked.get(new URL(url).pathname)?.length ?? 0), 0)
		await server.kill()
		const before = count()
		server.launch()
		ready.push(await server.ready())
		while (count() === before)
			await delay(1)
		const first = Math.min(...urls.flatMap(url => web.asked.get(new URL(url).pathname) ?? []).filter(at => at > server.began))
		orphans.push(first - server.began)
	}
	await server.kill()
	console.log(`# restart_times (${release ? 'release' : 'sanitizers'}): ready after ${median(ready)} ms (median of ${ready.length}), the first orphan at its origin after ${median(orphans)} ms`)
})
await finish()
