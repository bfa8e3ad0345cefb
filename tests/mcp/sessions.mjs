// SPDX-License-Identifier: Apache-2.0
// What the conformance suite leaves out of the protocol library: sessions, questions on every transport, streams that are cut
// and gone on with, listening, sealed states. Against the fixture server.
import readline from 'node:readline'
import { assert, end, finish, onFinish, start, test, until } from '../lib/harness.mjs'
import { fixture, follow, startFixture } from './fixture_server.mjs'
import { events, LEGACY, legacy, META, modern, modernHeaders, talker } from './talk.mjs'

const server = await startFixture(), endpoint = `${server.url}/mcp`
const { post, now } = talker(server.url, 'none')
const TASKS = 'io.modelcontextprotocol/tasks'
const ALL = { elicitation: {}, sampling: {}, roots: {}, extensions: { [TASKS]: {} } }
const caps = { meta: { [META + 'clientCapabilities']: ALL } }
const hello = (version = LEGACY[0], capabilities = ALL) =>
	legacy('initialize', { protocolVersion: version, capabilities, clientInfo: { name: 'c', version: '1' } }, 0)

/** A session: the headers of its messages. */
async function session(version = LEGACY[0], capabilities = ALL) {
	const r = await post(hello(version, capabilities))
	assert.equal(r.status, 200, r.text)
	assert.match(r.headers['mcp-session-id'], /^mcp_[0-9a-z]{26}$/)
	return { 'Mcp-Session-Id': r.headers['mcp-session-id'], 'MCP-Protocol-Version': version }
}
const call = (name, args = {}, id = 1) => legacy('tools/call', { name, arguments: args }, id)
const listen = (notifications, options) => {
	const message = modern('subscriptions/listen', { notifications }, { id: 'L', ...options })
	return follow(endpoint, { body: message, headers: modernHeaders(message) })
}

await test('a_session_from_its_beginning_to_its_end', async () => {
	const s = await session()
	assert.equal((await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, s)).status, 202)
	assert.equal((await post(legacy('tools/list'), s)).json.result.tools.length > 20, true)
	const other = await session()
	assert.notEqual(other['Mcp-Session-Id'], s['Mcp-Session-Id'])
	const ended = await follow(endpoint, { method: 'DELETE', headers: s })
	assert.equal(ended.status, 204)
	for (const again of [await post(legacy('ping'), s), await follow(endpoint, { method: 'DELETE', headers: s }), await follow(endpoint, { method: 'GET', headers: s })])
		assert.equal(again.status, 404)
	assert.equal((await post(legacy('ping'), s)).json.error.code, -32001)
	assert.equal((await post(legacy('ping'), other)).status, 200)
})

await test('messages_without_a_session', async () => {
	for (const body of [legacy('tools/list'), { jsonrpc: '2.0', method: 'notifications/initialized' }, { jsonrpc: '2.0', id: 'ask_1', result: {} }]) {
		const r = await post(body)
		assert.equal(r.status, 400)
		assert.equal(r.json.error.code, -32000)
	}
	assert.equal((await post(legacy('ping'), { 'Mcp-Session-Id': 'mcp_00000000000000000000000000' })).status, 404)
	assert.equal((await follow(endpoint, { method: 'GET' })).status, 400)
	const put = await follow(endpoint, { method: 'PUT', body: legacy('ping') })
	assert.deepEqual([put.status, put.headers.get('allow')], [405, 'GET, POST, DELETE, OPTIONS'])
	const failed = await post(legacy('initialize', {}))
	assert.equal(failed.json.error.code, -32602)
	assert.equal(failed.headers['mcp-session-id'], undefined)
	const discovered = await now('server/discover', {}, { headers: { 'Mcp-Session-Id': 'whatever' } })
	assert.equal(discovered.status, 200)
})

await test('capabilities_are_what_is_answered', async () => {
	const shook = (await post(hello())).json.result.capabilities
	assert.deepEqual(shook, { tools: { listChanged: true }, resources: { subscribe: true }, prompts: { listChanged: true }, completions: {}, logging: {} })
	const found = (await now('server/discover')).json.result.capabilities
	assert.deepEqual(found, { ...shook, extensions: { [TASKS]: {} } })
})

await test('a_question_on_the_stream_of_its_call', async () => {
	const s = await session()
	const stream = await follow(endpoint, { body: call('test_input_required_result_multi_round'), headers: s })
	for (const [content, text] of [[{ name: 'Ada' }, 'Step 1'], [{ color: 'red' }, 'Step 2']]) {
		const asked = await stream.find(m => m.method === 'elicitation/create' && m.params.message.startsWith(text))
		assert.equal((await post({ jsonrpc: '2.0', id: 'ask_999', result: {} }, s)).status, 202) // nobody waits for it
		assert.equal((await post({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content } }, s)).status, 202)
	}
	assert.equal((await stream.find(m => m.id === 1)).result.content[0].text, 'Done: Ada, red')
	await stream.end()
	assert.deepEqual(stream.events[0].data, '')
	assert.match(stream.events[0].id, /^\d+-1$/)
})

await test('an_answer_of_another_session_is_not_taken', async () => {
	const s = await session(), thief = await session()
	const stream = await follow(endpoint, { body: call('test_input_required_result_elicitation'), headers: s })
	const asked = await stream.find(m => m.method === 'elicitation/create')
	const answer = name => ({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { name } } })
	assert.equal((await post(answer('Eve'), thief)).status, 202)
	assert.equal((await post(answer('Ada'), s)).status, 202)
	assert.equal((await post(answer('Late'), s)).status, 202)
	assert.equal((await stream.find(m => m.id === 1)).result.content[0].text, 'Hello, Ada!')
})

await test('a_question_is_refused_or_cannot_be_asked', async () => {
	const s = await session(), mute = await session(LEGACY[0], {})
	const stream = await follow(endpoint, { body: call('test_sampling'), headers: s })
	const asked = await stream.find(m => m.method === 'sampling/createMessage')
	await post({ jsonrpc: '2.0', id: asked.id, error: { code: -1, message: 'the user said no' } }, s)
	const { result } = await stream.find(m => m.id === 1)
	assert.equal(result.isError, true)
	assert.match(result.content[0].text, /the user said no/)
	assert.equal(events((await post(call('test_sampling'), mute)).text).at(-1).error.code, -32600)
	const plain = await post(call('test_sampling'), { ...s, Accept: 'application/json' })
	assert.match(plain.json.error.message, /session and an event stream/)
	const never = await now('tools/call', { name: 'test_sampling', arguments: {} })
	assert.deepEqual([never.status, never.json.error.code], [400, -32021])
	assert.deepEqual(never.json.error.data, { requiredCapabilities: { sampling: {} } })
})

await test('a_cut_stream_goes_on_where_it_was', async () => {
	const s = await session()
	const first = await follow(endpoint, { body: call('test_input_required_result_elicitation', {}, 'x'), headers: s })
	const asked = await first.find(m => m.method === 'elicitation/create')
	const seen = first.events.at(-1).id
	await first.close()
	await post({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { name: 'Ada' } } }, s)
	const back = await follow(endpoint, { method: 'GET', headers: { ...s, 'Last-Event-ID': seen } })
	assert.equal(back.status, 200)
	assert.equal((await back.find(m => m.id === 'x')).result.content[0].text, 'Hello, Ada!')
	await back.end()
	assert.equal(back.events.length, 1)
	const delivered = await follow(endpoint, { method: 'GET', headers: { ...s, 'Last-Event-ID': seen } })
	assert.equal(delivered.status, 400) // it was read to its end and is not kept
	for (const bad of ['', 'x', '1', '-1-1', '99-1', '1-', '9'.repeat(30) + '-1'])
		assert.equal((await follow(endpoint, { method: 'GET', headers: { ...s, 'Last-Event-ID': bad } })).status, 400, bad)
})

await test('older_revisions_get_no_event_without_data', async () => {
	for (const version of LEGACY.slice(1)) {
		const s = await session(version)
		const stream = await follow(endpoint, { body: call('test_simple_text'), headers: s })
		await stream.end()
		assert.equal(stream.events.length, 1)
		assert.ok(stream.events[0].json.result)
	}
})

await test('cancelled_by_the_client', async () => {
	const s = await session()
	const stream = await follow(endpoint, { body: call('test_input_required_result_elicitation', {}, 7), headers: s })
	await stream.find(m => m.method === 'elicitation/create')
	assert.equal((await post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } }, s)).status, 202)
	await stream.end()
	assert.equal(stream.events.some(e => e.json?.id === 7), false)
})

await test('the_stream_of_the_server_itself', async () => {
	const s = await session(), WATCHED = 'test://watched-resource'
	const stream = await follow(endpoint, { method: 'GET', headers: s })
	assert.equal(stream.status, 200)
	assert.equal((await follow(endpoint, { method: 'GET', headers: s })).status, 409)
	assert.equal((await follow(endpoint, { method: 'GET', headers: { ...s, Accept: 'application/json' } })).status, 406)
	await post(call('test_trigger_resource_update'), s)
	assert.equal((await post(legacy('resources/subscribe', { uri: 'test://no' }), s)).json.error.code, -32002)
	assert.deepEqual((await post(legacy('resources/subscribe', { uri: WATCHED }), s)).json.result, {})
	await post(call('test_trigger_resource_update'), s)
	await post(call('test_trigger_tool_change'), s)
	await stream.find(m => m.method === 'notifications/tools/list_changed')
	assert.deepEqual((await post(legacy('resources/unsubscribe', { uri: WATCHED }), s)).json.result, {})
	await post(call('test_trigger_resource_update'), s)
	await post(call('test_trigger_prompt_change'), s)
	await stream.find(m => m.method === 'notifications/prompts/list_changed')
	const told = stream.events.map(e => e.json)
	assert.deepEqual(told.filter(m => m.method === 'notifications/resources/updated').map(m => m.params), [{ uri: WATCHED }])
	const seen = stream.events[0].id
	await stream.close()
	const back = await until(async () => {
		const r = await follow(endpoint, { method: 'GET', headers: { ...s, 'Last-Event-ID': seen } })
		return r.status === 200 && r // the reader that was cut may not be gone yet
	}, 'the stream to be free')
	await back.find(m => m.method === 'notifications/prompts/list_changed')
	assert.equal(back.events.some(e => e.id === seen), false)
	await back.close()
})

await test('at_most_so_many_sessions', async () => {
	const first = await session()
	for (let i = 0; i < 1000; i += 50)
		await Promise.all(Array.from({ length: 50 }, () => session()))
	assert.equal((await post(legacy('ping'), first)).status, 404)
})

await test('log_levels', async () => {
	const s = await session(), level = name => post(legacy('logging/setLevel', { level: name }), s)
	const logs = async () => events((await post(call('test_tool_with_logging'), s)).text).filter(m => m.method === 'notifications/message').length
	assert.equal((await level('loud')).json.error.code, -32602)
	assert.deepEqual((await level('error')).json.result, {})
	assert.equal(await logs(), 0)
	await level('debug')
	assert.equal(await logs(), 3)
	const asked = await now('tools/call', { name: 'test_tool_with_logging' }, { meta: { [META + 'logLevel']: 'info' } })
	assert.equal(events(asked.text).filter(m => m.method === 'notifications/message').length, 3)
})

await test('a_sealed_state_is_good_for_one_request_alone', async () => {
	const confirm = (name, more, args = {}) => now('tools/call', { name, arguments: args, ...more }, caps)
	const answers = { inputResponses: { confirm: { action: 'accept', content: { ok: true } } } }
	const { result } = (await confirm('test_input_required_result_tampered_state')).json
	assert.equal(result.resultType, 'input_required')
	assert.equal('ttlMs' in result, false)
	const state = result.requestState
	const good = await confirm('test_input_required_result_tampered_state', { ...answers, requestState: state })
	assert.match(good.json.result.content[0].text, /^state-ok/)
	const flip = i => state.slice(0, i) + (state[i] === 'A' ? 'B' : 'A') + state.slice(i + 1)
	for (const bad of [flip(0), flip(50), flip(state.length - 1), state.slice(0, -1), state + 'x', '', 'x', null, 7, {}])
		assert.equal((await confirm('test_input_required_result_tampered_state', { ...answers, requestState: bad })).json.error.code, -32602, String(bad))
	assert.equal((await confirm('test_input_required_result_request_state', { ...answers, requestState: state })).json.error.code, -32602)
	assert.equal((await confirm('test_input_required_result_tampered_state', { ...answers, requestState: state }, { a: 1 })).json.error.code, -32602)
})

await test('listening', async () => {
	const s = await listen({ toolsListChanged: true, promptsListChanged: false, resourcesListChanged: true, resourceSubscriptions: ['test://watched-resource', 'test://secret'] })
	const ack = await s.find(() => true)
	assert.equal(ack.method, 'notifications/subscriptions/acknowledged')
	assert.deepEqual(ack.params, { notifications: { toolsListChanged: true, resourceSubscriptions: ['test://watched-resource'] }, _meta: { [META + 'subscriptionId']: 'L' } })
	for (const name of ['test_trigger_prompt_change', 'test_trigger_resource_update', 'test_trigger_tool_change'])
		await now('tools/call', { name })
	await s.find(m => m.method === 'notifications/tools/list_changed')
	const told = await s.find(m => m.method === 'notifications/resources/updated')
	assert.deepEqual(told.params, { uri: 'test://watched-resource', _meta: { [META + 'subscriptionId']: 'L' } })
	assert.equal(s.events.some(e => e.id || e.json.method === 'notifications/prompts/list_changed'), false)
	await s.close()
	for (const bad of [undefined, [], { toolsListChanged: 1 }, { resourceSubscriptions: 'x' }, { resourceSubscriptions: [1] }, { resourceSubscriptions: Array(257).fill('x') }]) {
		const r = await now('subscriptions/listen', { notifications: bad })
		assert.equal(r.json.error.code, -32602, JSON.stringify(bad))
	}
	const json = await now('subscriptions/listen', { notifications: {} }, { headers: { Accept: 'application/json' } })
	assert.equal(json.status, 406)
	assert.equal((await now('subscriptions/listen', { notifications: { taskIds: ['x'] } })).json.error.code, -32021)
})

await test('listening_to_a_task', async () => {
	const made = (await now('tools/call', { name: 'confirm_delete' }, caps)).json.result
	assert.equal(made.resultType, 'task')
	const s = await listen({ taskIds: [made.taskId, 'task_unknown'] }, caps)
	assert.deepEqual((await s.find(() => true)).params.notifications, { taskIds: [made.taskId] })
	assert.equal((await now('tasks/get', { taskId: made.taskId }, caps)).json.result.status, 'input_required')
	const updated = await now('tasks/update', { taskId: made.taskId, inputResponses: { confirm_1: { action: 'accept' } } }, { ...caps, headers: { 'Mcp-Name': made.taskId } })
	assert.equal(updated.json.result.resultType, 'complete')
	const done = await s.find(m => m.params.status === 'completed')
	assert.equal(done.method, 'notifications/tasks')
	assert.equal(done.params.taskId, made.taskId)
	assert.equal(done.params.result.content[0].text, 'Confirmed')
	assert.equal(done.params._meta[META + 'subscriptionId'], 'L')
	await s.close()
})

/** The fixture on a pipe. */
function open() {
	const child = start(fixture, ['stdio'], { stdin: 'pipe' }), got = []
	onFinish(() => child.kill('SIGKILL'))
	readline.createInterface({ input: child.stdout }).on('line', line => got.push(JSON.parse(line)))
	const write = message => child.stdin.write(JSON.stringify(message) + '\n')
	return { child, got, write, find: (pick, what) => until(() => got.find(pick), what) }
}

await test('a_pipe_asks_and_listens_too', async () => {
	const p = open()
	p.write(hello())
	const shook = await p.find(m => m.id === 0)
	assert.deepEqual(shook.result.capabilities, { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} })
	p.write(call('test_input_required_result_elicitation', {}, 5))
	const asked = await p.find(m => m.method === 'elicitation/create')
	p.write({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { name: 'Ada' } } })
	assert.equal((await p.find(m => m.id === 5)).result.content[0].text, 'Hello, Ada!')
	p.write(modern('subscriptions/listen', { notifications: { toolsListChanged: true } }, { id: 'L' }))
	await p.find(m => m.method === 'notifications/subscriptions/acknowledged')
	p.write(modern('tools/call', { name: 'test_trigger_tool_change' }, { id: 6 }))
	await p.find(m => m.method === 'notifications/tools/list_changed')
	p.child.stdin.end()
	assert.equal(await p.child.ended, 0)
	const last = p.got.slice(-2)
	assert.equal(last[0].id, 'L')
	assert.equal(last[0].result._meta[META + 'subscriptionId'], 'L')
	assert.deepEqual(last[1], { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'L' } })
})

await test('the_end_of_the_server_ends_streams_with_their_answer', async () => {
	const s = await listen({ toolsListChanged: true })
	await s.find(() => true)
	assert.equal(await end(server.child), 0, server.child.err)
	await s.end()
	const { result } = s.events.at(-1).json
	assert.equal(result.resultType, 'complete')
	assert.equal(result._meta[META + 'subscriptionId'], 'L')
})

await finish()
