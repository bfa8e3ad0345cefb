// SPDX-License-Identifier: Apache-2.0
// Jobs as tasks (the extension io.modelcontextprotocol/tasks) and listening to them, on the built server: over HTTP and on a pipe.
// What is sent is checked with the schemas of the extension's own package.
import Ajv from 'ajv/dist/2020.js'
import * as wire from '@modelcontextprotocol/ext-tasks/core/v2'
import { assert, binary, createKey, finish, run, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { change, rows } from '../lib/database.mjs'
import { follow } from './fixture_server.mjs'
import { openPipe } from './pipe.mjs'
import { META, modern, modernHeaders, talker } from './talk.mjs'

const held = new Map() // path -> release
const origin = await startOrigin((q, r) => {
	if (q.url.startsWith('/gone'))
		return r.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>gone')
	r.setHeader('Content-Type', 'text/html; charset=utf-8')
	const answer = () => r.end(`<title>Head ${q.url}</title><h1>Head ${q.url}</h1><p>Text.`)
	if (q.url.startsWith('/held'))
		held.set(q.url, [...held.get(q.url) ?? [], answer])
	else
		answer()
})
const release = async path => {
	await until(() => held.has(path), `the fetch of ${path}`)
	for (const answer of held.get(path))
		answer()
	held.delete(path)
}
const EXTENSION = META + 'tasks'
const CAPS = { meta: { [META + 'clientCapabilities']: { extensions: { [EXTENSION]: {} } } } }
const env = { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_JOB_TRIES: '1', SCRAPED_CACHE_BYTES: 'off' }
let scraped = await startScraped({ env })
const http = talker(scraped.url, scraped.key)
const pipe = openPipe({ ...env, SCRAPED_DATA: `${scraped.dir}/pipe` })
const url = path => `${origin.url}${path}`
const doors = { http: http.now, pipe: pipe.now }
const ajv = new Ajv({ strict: false })
const { tools } = (await http.now('tools/list')).json.result
const made = ajv.compile(tools.find(t => t.name === 'create_job').outputSchema)

const ask = async (door, method, params) => {
	const { json } = await door(method, params, CAPS)
	return json
}
const right = (schema, value) => {
	const parsed = schema.safeParse(value)
	assert.ok(parsed.success, `${JSON.stringify(parsed.error?.issues)} ${JSON.stringify(value)}`)
}
/** Makes a task; the CreateTaskResult. */
async function create(door, args) {
	const { result } = await ask(door, 'tools/call', { name: 'create_job', arguments: args })
	assert.equal(result?.resultType, 'task', JSON.stringify(result))
	right(wire.CreateTaskResultV2Schema, result)
	return result
}
async function get(door, taskId) {
	const { result, error } = await ask(door, 'tasks/get', { taskId })
	assert.ok(result, JSON.stringify(error))
	assert.equal(result.resultType, 'complete')
	right(wire.GetTaskResultV2Schema, result)
	assert.equal(result.taskId, taskId)
	return result
}
const ended = (door, taskId) => until(async () => {
	const task = await get(door, taskId)
	return task.status !== 'working' && task
}, `the end of ${taskId}`)
const undone = ({ error, result }, code) => {
	assert.equal(result, undefined)
	assert.equal(error.code, code, JSON.stringify(error))
	return error
}
const tool = async (door, name, args) => (await door('tools/call', { name, arguments: args })).json.result

for (const [name, door] of Object.entries(doors)) {
	await test(`${name}_a_task_works_and_completes`, async () => {
		const path = `/held/${name}`
		const task = await create(door, { urls: [url('/a'), url(path), url('/gone')] })
		assert.match(task.taskId, /^job_[0-9a-z]{26}$/)
		assert.equal(task.status, 'working')
		assert.deepEqual([task.pollIntervalMs, task.statusMessage], [1000, '0 of 3 URLs done'])
		assert.equal(Date.parse(task.createdAt), Date.parse(task.lastUpdatedAt))
		assert.ok(task.ttlMs >= 86400000)
		for (const member of ['content', 'structuredContent', 'isError'])
			assert.equal(member in task, false)
		assert.equal((await get(door, task.taskId)).status, 'working') // at once
		await until(async () => (await get(door, task.taskId)).statusMessage === '2 of 3 URLs done, 1 failed', 'the progress')
		const job = await tool(door, 'get_job', { job_id: task.taskId }) // both are one thing
		assert.equal(job.structuredContent.status, 'running')
		await release(path)
		const end = await ended(door, task.taskId)
		assert.equal(end.status, 'completed')
		assert.equal(end.statusMessage, '3 of 3 URLs done, 1 failed')
		assert.equal('pollIntervalMs' in end, false)
		assert.ok(Date.parse(end.lastUpdatedAt) >= Date.parse(end.createdAt))
		assert.equal(end.createdAt, task.createdAt)
		const { result } = end
		assert.equal(result.resultType, 'complete')
		assert.equal(result.isError, false)
		assert.ok(made(result.structuredContent), JSON.stringify(made.errors))
		assert.deepEqual([result.structuredContent.job_id, result.structuredContent.status, result.structuredContent.failed], [task.taskId, 'partial', 1])
		assert.deepEqual(result.structuredContent.results.map(r => r.error?.code ?? r.title), ['Head /a', `Head ${path}`, 'FETCH_FAILED'])
		assert.match(result.content[0].text, /^\[0\] \S+\/a\n# Head \/a\n[^]*FETCH_FAILED: [^]*status=partial/)
		assert.deepEqual(result.content.slice(1).map(c => [c.type, c.uri]), [0, 1, 2].map(i => ['resource_link', `scraped://jobs/${task.taskId}/results/${i}`]))
		assert.deepEqual(await get(door, task.taskId), end)
	})

	await test(`${name}_nothing_succeeded`, async () => {
		const { taskId } = await create(door, { urls: [url('/gone/1'), url('/gone/2')] })
		const { status, result } = await ended(door, taskId)
		assert.deepEqual([status, result.isError], ['completed', true])
		assert.equal('structuredContent' in result, false)
		assert.match(result.content[0].text, /^\[0\] \S+\nFETCH_FAILED: [^]*\[1\] [^]*status=failed/)
	})

	await test(`${name}_a_long_result_says_how_to_go_on`, async () => {
		const urls = Array.from({ length: 250 }, (_, i) => url(`/many/${i}`))
		const { taskId } = await create(door, { urls })
		const { result } = await ended(door, taskId)
		const { results, next_cursor, next } = result.structuredContent
		assert.ok(results.length > 20 && results.length < 250, `${results.length}`)
		assert.equal(next, `call get_job_results with job_id=${taskId} cursor=${next_cursor}`)
		assert.equal(result.content.filter(c => c.type === 'resource_link').length, 20)
		const more = await tool(door, 'get_job_results', { job_id: taskId, cursor: next_cursor })
		assert.equal(more.structuredContent.results[0].index, results.length)
	})

	await test(`${name}_cancel_and_update`, async () => {
		const path = `/held/cancel/${name}`
		const { taskId } = await create(door, { urls: [url(path)] })
		await until(() => held.has(path), 'the fetch')
		const empty = ({ result }) => {
			assert.deepEqual(Object.keys(result).sort(), ['_meta', 'resultType'])
			assert.equal(result.resultType, 'complete')
		}
		empty(await ask(door, 'tasks/update', { taskId, inputResponses: { nobody: { action: 'accept' } } }))
		undone(await ask(door, 'tasks/update', { taskId }), -32602)
		assert.equal((await get(door, taskId)).status, 'working')
		empty(await ask(door, 'tasks/cancel', { taskId }))
		const task = await ended(door, taskId)
		assert.equal(task.status, 'cancelled')
		for (const member of ['result', 'error'])
			assert.equal(member in task, false)
		await release(path)
		empty(await ask(door, 'tasks/cancel', { taskId }))
		empty(await ask(door, 'tasks/update', { taskId, inputResponses: {} }))
		assert.deepEqual(await get(door, taskId), task)
	})

	await test(`${name}_unknown_tasks`, async () => {
		for (const taskId of ['job_' + '0'.repeat(26), 'x', 'x'.repeat(3000)])
			for (const [method, more] of [['tasks/get'], ['tasks/cancel'], ['tasks/update', { inputResponses: {} }]])
				undone(await ask(door, method, { taskId, ...more }), -32602)
		for (const method of ['tasks/list', 'tasks/result'])
			undone(await ask(door, method, { taskId: 'x' }), -32601)
	})

	await test(`${name}_who_did_not_declare_sees_no_task`, async () => {
		const { taskId } = await create(door, { urls: [url('/a')] })
		await ended(door, taskId)
		const declarations = [undefined, {}, { extensions: {} }, { extensions: { [EXTENSION]: null } }, { extensions: { other: {} } }, { tasks: {} }]
		for (const caps of declarations) {
			const options = { meta: caps && { [META + 'clientCapabilities']: caps } }
			const { result } = (await door('tools/call', { name: 'create_job', arguments: { urls: [url('/a')] }, task: { ttl: 1 } }, options)).json
			assert.equal(result.resultType, 'complete')
			assert.ok(made(result.structuredContent))
			for (const [method, params] of [['tasks/get', { taskId }], ['tasks/cancel', { taskId }], ['tasks/update', { taskId, inputResponses: {} }],
				['subscriptions/listen', { notifications: { taskIds: [taskId] } }]]) {
				const error = undone((await door(method, params, options)).json, -32021)
				assert.deepEqual(error.data.requiredCapabilities, { extensions: { [EXTENSION]: {} } })
			}
		}
		// only create_job becomes a task, and only when it makes one
		const page = (await ask(door, 'tools/call', { name: 'scrape_url', arguments: { url: url('/a') } })).result
		assert.equal(page.resultType, 'complete')
		const bad = (await ask(door, 'tools/call', { name: 'create_job', arguments: { urls: ['x'] } })).result
		assert.deepEqual([bad.resultType, bad.isError], ['complete', true])
		const { capabilities } = (await door('server/discover')).json.result
		assert.deepEqual(capabilities, { tools: {}, resources: { subscribe: true }, extensions: { [EXTENSION]: {} } })
	})

	await test(`${name}_the_same_key_is_the_same_task`, async () => {
		const args = { urls: [url('/k')], idempotency_key: 'k' }
		const first = await create(door, args), second = await create(door, args)
		assert.equal(first.taskId, second.taskId)
	})
}

// --- who, over HTTP ---

await test('the_name_is_in_a_header', async () => {
	const { taskId } = await create(http.now, { urls: [url('/a')] })
	for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update'])
		for (const name of [undefined, 'job_x']) {
			const r = await http.now(method, { taskId, inputResponses: {} }, { ...CAPS, headers: { 'Mcp-Name': name } })
			assert.deepEqual([r.status, r.json.error.code], [400, -32020], r.text)
		}
})

let stranger
await test('tasks_of_others_are_unknown', async () => {
	const key = createKey(scraped.env, ['--name', 'stranger'])
	change(scraped, 'INSERT INTO accounts VALUES (\'acc_stranger\', \'stranger\', 0, 0)')
	change(scraped, 'UPDATE api_keys SET account_id = \'acc_stranger\' WHERE name = \'stranger\'')
	stranger = talker(scraped.url, key).now
	const { taskId } = await create(http.now, { urls: [url('/held/other')] })
	const none = undone(await ask(stranger, 'tasks/get', { taskId: 'job_' + '0'.repeat(26) }), -32602)
	for (const [method, more] of [['tasks/get'], ['tasks/cancel'], ['tasks/update', { inputResponses: {} }]])
		assert.deepEqual(undone(await ask(stranger, method, { taskId, ...more }), -32602), none)
	assert.equal((await get(http.now, taskId)).status, 'working')
	await ask(http.now, 'tasks/cancel', { taskId })
})

await test('a_missing_scope_is_a_challenge', async () => {
	const weak = scope => talker(scraped.url, createKey(scraped.env, ['--scopes', scope])).now
	const { taskId } = await create(http.now, { urls: [url('/a')] })
	for (const [door, needs, method, params] of [[weak('jobs:write'), 'jobs:read', 'tasks/get', { taskId }],
		[weak('jobs:read'), 'jobs:write', 'tasks/cancel', { taskId }], [weak('jobs:write'), 'jobs:read', 'tasks/update', { taskId, inputResponses: {} }],
		[weak('jobs:read'), 'jobs:write', 'tools/call', { name: 'create_job', arguments: { urls: [url('/a')] } }]]) {
		const r = await door(method, params, CAPS)
		assert.equal(r.status, 403, r.text)
		assert.match(r.headers['www-authenticate'], new RegExp(`error="insufficient_scope", scope="${needs}"`))
	}
})

await test('a_job_made_over_REST_is_a_task', async () => {
	const r = await send(`${scraped.url}/v1/jobs`, { headers: { Authorization: `Bearer ${scraped.key}` }, body: { urls: [url('/rest')], selectors: { head: 'h1' } } })
	assert.equal(r.status, 201, r.text)
	const { status, result } = await ended(http.now, r.json.job.id)
	assert.equal(status, 'completed')
	assert.deepEqual(result.structuredContent.results[0].data, { head: 'Head /rest' })
})

// --- listening ---

const listen = (notifications, { id = 'sub', caps = CAPS, key = scraped.key } = {}) => {
	const message = modern('subscriptions/listen', { notifications }, { id, ...caps })
	return follow(`${scraped.url}/mcp`, { headers: { Authorization: `Bearer ${key}`, ...modernHeaders(message) }, body: message })
}
const ID = META + 'subscriptionId'
const ackOf = s => s.find(m => m.method === 'notifications/subscriptions/acknowledged', 'the acknowledgement')
const notes = (s, method) => s.events.map(e => e.json).filter(m => m?.method === method)

await test('a_task_tells_of_itself', async () => {
	const { taskId } = await create(http.now, { urls: [url('/held/l1'), url('/held/l2')] })
	const foreign = (await create(stranger, { urls: [url('/a')] })).taskId
	const s = await listen({ taskIds: [taskId, foreign, 'x'], toolsListChanged: true }, { id: 7 })
	assert.equal(s.status, 200)
	assert.match(s.headers.get('content-type'), /^text\/event-stream/)
	const ack = await ackOf(s)
	assert.deepEqual(ack.params.notifications, { taskIds: [taskId] })
	assert.equal(s.events[0].json, ack)
	await s.find(m => m.method === 'notifications/tasks' && m.params.status === 'working', 'the present state')
	await release('/held/l1')
	await s.find(m => m.params?.statusMessage === '1 of 2 URLs done', 'the progress')
	await release('/held/l2')
	const last = await s.find(m => m.params?.status === 'completed', 'the end of the task')
	await s.end()
	assert.equal(s.failure(), undefined)
	const all = s.events.map(e => e.json)
	for (const m of all.slice(0, -1)) {
		assert.strictEqual(m.params._meta[ID], 7)
		if (m.method === 'notifications/tasks') {
			const { _meta, ...task } = m.params
			right(wire.DetailedTaskV2Schema, task)
			assert.equal(task.taskId, taskId)
		}
	}
	// nothing more can come: it ends with its answer
	assert.deepEqual([all.at(-1).id, all.at(-1).result.resultType, all.at(-1).result._meta[ID]], [7, 'complete', 7])
	assert.equal(all.at(-2), last)
	const { _meta, ...told } = last.params
	const { _meta: other, resultType, ...got } = await get(http.now, taskId)
	assert.deepEqual(told, got)
})

await test('resources_tell_of_changes', async () => {
	const { taskId } = await create(http.now, { urls: [url('/held/r1')] })
	const foreign = (await create(stranger, { urls: [url('/a')] })).taskId
	const uri = `scraped://jobs/${taskId}`
	await until(() => held.has('/held/r1'), 'the fetch') // it runs: no more news until its page comes
	const s = await listen({ resourceSubscriptions: [uri, `scraped://jobs/${foreign}`, `${uri}/results/0`, 'https://example.com/'] }, { caps: {} })
	assert.deepEqual((await ackOf(s)).params.notifications, { resourceSubscriptions: [uri] })
	const quiet = await listen({ resourceSubscriptions: [uri] }, { key: createKey(scraped.env, ['--scopes', 'scrape']), caps: {} })
	assert.deepEqual((await ackOf(quiet)).params.notifications, {})
	await release('/held/r1')
	const note = await s.find(m => m.method === 'notifications/resources/updated', 'the change')
	assert.deepEqual(note.params, { uri, _meta: { [ID]: 'sub' } })
	await s.end()
	assert.equal(notes(s, 'notifications/resources/updated').length, 1)
	assert.equal(quiet.events.length, 1)
	await quiet.close()
})

await test('filters_that_are_none', async () => {
	for (const filter of [undefined, [], { taskIds: 'x' }, { taskIds: [1] }, { resourceSubscriptions: {} }, { resourceSubscriptions: Array(257).fill('x') }]) {
		const r = await http.now('subscriptions/listen', { notifications: filter }, CAPS)
		assert.equal(r.json.error.code, -32602, r.text)
	}
})

await test('listening_on_a_pipe', async () => {
	const { taskId } = await create(doors.pipe, { urls: [url('/held/p1')] })
	pipe.send(modern('subscriptions/listen', { notifications: { taskIds: [taskId] } }, { id: 'p', ...CAPS }))
	const mine = m => m.params?._meta?.[ID] === 'p'
	await pipe.find(m => mine(m) && m.method === 'notifications/subscriptions/acknowledged', 'the acknowledgement')
	await release('/held/p1')
	const last = await pipe.find(m => mine(m) && m.params.status === 'completed', 'the end of the task')
	assert.equal(last.params.taskId, taskId)
	assert.equal((await pipe.answer('p')).result.resultType, 'complete')
})

await test('who_loses_the_account_hears_no_more', async () => {
	const { taskId } = await create(stranger, { urls: [url('/held/lost')] })
	const key = createKey(scraped.env, ['--name', 'leaves'])
	change(scraped, 'UPDATE api_keys SET account_id = \'acc_stranger\' WHERE name = \'leaves\'')
	const s = await listen({ taskIds: [taskId] }, { key })
	await s.find(m => m.method === 'notifications/tasks', 'the present state')
	change(scraped, 'UPDATE jobs SET account_id = \'acc_local\' WHERE id = ?', taskId)
	await s.end()
	assert.equal(s.events.at(-1).json.result.resultType, 'complete')
	const told = notes(s, 'notifications/tasks').length
	await release('/held/lost')
	await ended(http.now, taskId)
	assert.equal(notes(s, 'notifications/tasks').length, told)
})

await test('who_loses_the_key_hears_no_more', async () => {
	const { taskId } = await create(http.now, { urls: [url('/held/revoked')] })
	const key = createKey(scraped.env, ['--name', 'revoked'])
	const [s, other] = [await listen({ taskIds: [taskId] }, { key }), await listen({ taskIds: [taskId] })]
	await s.find(m => m.method === 'notifications/tasks', 'the present state')
	const { id } = rows(scraped, 'SELECT id FROM api_keys WHERE name = \'revoked\'')[0]
	const revoked = run(binary, ['key', 'revoke', id], { env: scraped.env })
	assert.equal(revoked.status, 0, revoked.err)
	await s.end()
	assert.equal(s.events.at(-1).json.result.resultType, 'complete')
	assert.equal(s.events.some(e => e.json.params?.status === 'completed'), false)
	assert.equal(other.ended, false)
	await release('/held/revoked')
	await other.find(m => m.params?.status === 'completed', 'the end of the task')
	await other.end()
})

// --- ends and restarts ---

await test('a_task_is_known_after_a_crash', async () => {
	const { taskId } = await create(http.now, { urls: [url('/a'), url('/held/crash')] })
	const s = await listen({ taskIds: [taskId] })
	await until(() => held.has('/held/crash'), 'the fetch')
	await scraped.kill()
	await s.end()
	held.delete('/held/crash')
	const { key, port, dir } = scraped
	scraped = Object.assign(await startScraped({ env: { ...env, SCRAPED_DATA: `${dir}/data` }, port }), { key })
	assert.equal((await get(http.now, taskId)).status, 'working')
	const again = await listen({ taskIds: [taskId] })
	await ackOf(again)
	await release('/held/crash')
	const last = await again.find(m => m.params?.status === 'completed', 'the end of the task')
	assert.deepEqual(last.params.result.structuredContent.results.map(r => r.title), ['Head /a', 'Head /held/crash'])
	await again.end()
})

await test('SIGTERM_ends_listening_streams_at_once', async () => {
	const { taskId } = await create(http.now, { urls: [url('/held/term')] })
	await until(() => held.has('/held/term'), 'the fetch')
	const [one, empty] = [await listen({ taskIds: [taskId] }), await listen({}, { id: 2 })]
	await ackOf(one)
	await ackOf(empty)
	assert.deepEqual((await ackOf(empty)).params.notifications, {})
	// this call keeps the server up: the streams do not end because the process does
	const running = http.now('tools/call', { name: 'scrape_url', arguments: { url: url('/held/busy') } })
	await until(() => held.has('/held/busy'), 'the fetch')
	scraped.child.kill('SIGTERM')
	for (const [s, id] of [[one, 'sub'], [empty, 2]]) {
		await s.end()
		const { id: answered, result } = s.events.at(-1).json
		assert.deepEqual([answered, result.resultType, result._meta[ID]], [id, 'complete', id])
	}
	assert.equal(scraped.child.exitCode, null)
	await release('/held/busy')
	assert.equal((await running).json.result.isError, false)
	assert.equal(await scraped.child.ended, 0, scraped.child.err) // the held job does not hold it up
})

await test('the_end_of_a_pipe_ends_its_streams', async () => {
	const { taskId } = await create(doors.pipe, { urls: [url('/held/eof')] })
	pipe.send(modern('subscriptions/listen', { notifications: { taskIds: [taskId] } }, { id: 'eof', ...CAPS }))
	await pipe.find(m => m.params?._meta?.[ID] === 'eof', 'the acknowledgement')
	pipe.close()
	assert.equal(await pipe.child.ended, 0, pipe.child.err)
	assert.equal(pipe.got.find(m => m.id === 'eof').result.resultType, 'complete')
})

await finish()
