// SPDX-License-Identifier: Apache-2.0
// Several processes on one data folder: two `scraped mcp` and a `serve`. One of them works on jobs, each may make and read all of
// them, and when the worker dies another takes over.
import { assert, finish, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { openPipe } from './pipe.mjs'
import { META, modern, talker } from './talk.mjs'

const held = new Map()
let holding = true
const origin = await startOrigin((q, r) => {
	r.setHeader('Content-Type', 'text/html')
	const answer = () => r.end(`<title>Page ${q.url}</title><h1>Head</h1>`)
	if (holding && q.url.startsWith('/held'))
		held.set(q.url, answer)
	else
		answer()
})
const env = { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_CACHE_BYTES: 'off' }
const server = await startScraped({ env })
const url = path => `${origin.url}${path}`
const CAPS = { [META + 'clientCapabilities']: { extensions: { [META + 'tasks']: {} } } }
const all = { ...env, SCRAPED_DATA: server.env.SCRAPED_DATA }
const doors = { server: talker(server.url, server.key), one: openPipe(all), two: openPipe(all) }

const call = async (door, name, args) => {
	const { result } = (await door.now('tools/call', { name, arguments: args })).json
	assert.equal(result.isError, false, result.content[0].text)
	return result.structuredContent
}
const ended = (door, job_id) => until(async () => {
	const job = await call(door, 'get_job', { job_id })
	return !['queued', 'running'].includes(job.status) && job
}, `the end of ${job_id}`)

await test('a_job_made_anywhere_is_worked_on_and_read_everywhere', async () => {
	for (const [maker, door] of Object.entries(doors)) {
		const { job_id } = await call(door, 'create_job', { urls: [url(`/${maker}/0`), url(`/${maker}/1`)], name: maker })
		for (const reader of Object.values(doors)) {
			assert.equal((await ended(reader, job_id)).status, 'completed')
			const { results } = await call(reader, 'get_job_results', { job_id })
			assert.deepEqual(results.map(r => r.title), [0, 1].map(i => `Page /${maker}/${i}`))
		}
	}
	for (const door of Object.values(doors))
		assert.equal((await call(door, 'list_jobs', {})).total, 3)
})

await test('jobs_made_at_once_end_once_each', async () => {
	const made = await Promise.all(Object.entries(doors).flatMap(([maker, door]) =>
		Array.from({ length: 10 }, (_, i) => call(door, 'create_job', { urls: [url(`/at-once/${maker}/${i}`)] }))))
	for (const { job_id } of made)
		assert.equal((await ended(doors.one, job_id)).status, 'completed')
	assert.equal(origin.requests.filter(q => q.url.startsWith('/at-once')).length, 30, 'each page is asked for once')
})

await test('cancelled_from_beside', async () => {
	const { job_id } = await call(doors.server, 'create_job', { urls: [url('/held/cancel')] })
	await until(() => held.has('/held/cancel'), 'the fetch')
	assert.equal((await call(doors.two, 'cancel_job', { job_id })).status, 'cancelled')
	assert.equal((await ended(doors.server, job_id)).status, 'cancelled')
})

await test('listening_hears_of_another_process', async () => {
	const { job_id } = await call(doors.one, 'create_job', { urls: [url('/held/listen')] })
	const mine = m => m.params?._meta?.[META + 'subscriptionId'] === 'l'
	doors.two.send(modern('subscriptions/listen', { notifications: { taskIds: [job_id] } }, { id: 'l', meta: CAPS }))
	await doors.two.find(m => mine(m) && m.params.status === 'working', 'the present state')
	await until(() => held.has('/held/listen'), 'the fetch')
	held.get('/held/listen')()
	await doors.two.find(m => mine(m) && m.params.status === 'completed', 'the end of the task')
})

await test('who_works_dies_and_another_takes_over', async () => {
	const { job_id } = await call(doors.two, 'create_job', { urls: [url('/held/dies'), url('/lives')] })
	await until(() => held.has('/held/dies'), 'the fetch')
	held.delete('/held/dies')
	await server.kill() // it was first, so it works
	await until(() => held.has('/held/dies'), 'the fetch of the next one')
	held.get('/held/dies')()
	for (const door of [doors.one, doors.two])
		assert.equal((await ended(door, job_id)).status, 'completed')
})

await test('the_pipes_end_one_after_the_other', async () => {
	const { job_id } = await call(doors.one, 'create_job', { urls: [url('/held/last')] })
	await until(() => held.has('/held/last'), 'the fetch')
	doors.one.close()
	assert.equal(await doors.one.child.ended, 0, doors.one.child.err)
	// whichever of them worked: the other one's fetch goes on, or begins anew
	holding = false
	held.get('/held/last')()
	assert.equal((await ended(doors.two, job_id)).status, 'completed')
	doors.two.close()
	assert.equal(await doors.two.child.ended, 0, doors.two.child.err)
})

await finish()
