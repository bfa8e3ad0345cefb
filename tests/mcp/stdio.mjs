// SPDX-License-Identifier: Apache-2.0
// `scraped mcp`: messages on a pipe, both eras mixed, cancellation, and every way it can end.
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, finish, start, startOrigin, tempDir, test, until } from '../lib/harness.mjs'
import { LEGACY, legacy, META, meta, modern, NOW } from './talk.mjs'
import { openPipe } from './pipe.mjs'

const hanging = new Map()
const origin = await startOrigin((q, r) => {
	r.setHeader('Content-Type', 'text/html')
	if (!q.url.startsWith('/hang'))
		return r.end('<title>T</title><h1>Hello</h1><p>World.')
	const state = { closed: false }
	hanging.set(q.url, state)
	r.on('close', () => { state.closed = true })
})

const open = (env = {}) => openPipe({ SCRAPED_ALLOW_TARGETS: origin.host, ...env })
const scrape = (path, options) => modern('tools/call', { name: 'scrape_url', arguments: { url: origin.url + path } }, options)
const hello = (version, id = 0) => legacy('initialize', { protocolVersion: version, capabilities: {}, clientInfo: { name: 'c', version: '1' } }, id)

await test('both_eras_on_one_pipe', async () => {
	const p = open()
	const found = await p.ask(modern('server/discover', {}, { id: 'd' }))
	assert.deepEqual(found.result.supportedVersions, [NOW])
	assert.equal(found.result.resultType, 'complete')
	assert.equal((await p.ask(hello(LEGACY[0]))).result.protocolVersion, LEGACY[0])
	p.send({ jsonrpc: '2.0', method: 'notifications/initialized' })
	const plain = await p.ask(legacy('tools/list', {}, 1))
	assert.equal('resultType' in plain.result, false)
	assert.ok(plain.result.tools[0].outputSchema)
	assert.equal((await p.ask(modern('tools/list', {}, { id: 2 }))).result.resultType, 'complete')
	const future = await p.ask(modern('tools/list', {}, { id: 3, meta: { [META + 'protocolVersion']: '2031-01-01' } }))
	assert.deepEqual(future.error.data, { supported: [NOW], requested: '2031-01-01' })
	assert.equal((await p.ask(modern('ping', {}, { id: 4 }))).error.code, -32601)
	assert.deepEqual((await p.ask(legacy('ping', {}, 5))).result, {})
	assert.equal((await p.ask(modern('tools/list', {}, { id: 6, meta: { [META + 'clientCapabilities']: undefined } }))).error.code, -32602)
	const page = await p.ask(scrape('/page', { id: 7 }))
	assert.equal(page.result.content[0].text, '# Hello\n\nWorld.\n')
	assert.equal(page.result.structuredContent.markdown, page.result.content[0].text)
	p.close()
	assert.equal(await p.child.ended, 0)
})

await test('what_initialize_agreed_to', async () => {
	const p = open()
	assert.equal((await p.ask(hello('2025-03-26'))).result.protocolVersion, '2025-03-26')
	assert.equal('outputSchema' in (await p.ask(legacy('tools/list', {}, 1))).result.tools[0], false)
	p.send([legacy('ping', {}, 'a'), legacy('ping', {}, 'b')])
	const batch = await until(() => p.got.find(Array.isArray), 'the batch')
	assert.deepEqual(batch.map(m => m.id), ['a', 'b'])
	assert.ok((await p.ask(modern('tools/list', {}, { id: 2 }))).result.tools[0].outputSchema)
	p.close()
	assert.equal(await p.child.ended, 0)
})

await test('requests_run_at_the_same_time', async () => {
	const p = open()
	p.send(scrape('/hang-beside', { id: 'slow' }))
	await until(() => hanging.get('/hang-beside'), 'the fetch')
	for (let id = 1; id <= 3; id++)
		assert.equal((await p.ask(scrape(`/quick${id}`, { id }))).result.isError, false)
	assert.equal(p.got.some(m => m.id === 'slow'), false)
	p.child.kill('SIGTERM')
	assert.equal(await p.child.ended, 0)
})

await test('cancelled_requests_are_not_answered', async () => {
	const p = open()
	p.send(scrape('/hang-cancel', { id: 5 }))
	const state = await until(() => hanging.get('/hang-cancel'), 'the fetch')
	for (const requestId of ['5', 6, null, {}])
		p.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })
	await p.ask(legacy('ping', {}, 1))
	assert.equal(state.closed, false)
	p.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5, reason: 'test', _meta: meta() } })
	await until(() => state.closed, 'the end of the fetch')
	await p.ask(scrape('/after', { id: 2 }))
	p.close()
	assert.equal(await p.child.ended, 0)
	assert.deepEqual(p.got.map(m => m.id), [1, 2])
})

await test('progress', async () => {
	const p = open()
	await p.ask(scrape('/progress', { id: 1, meta: { progressToken: 'p' } }))
	const notes = p.got.filter(m => m.method)
	assert.ok(notes.length > 0)
	for (const note of notes)
		assert.deepEqual([note.method, note.params.progressToken], ['notifications/progress', 'p'])
	assert.equal(p.got.at(-1).id, 1)
	await p.ask(scrape('/no-progress', { id: 2 }))
	assert.equal(p.got.filter(m => m.method).length, notes.length)
	p.close()
	assert.equal(await p.child.ended, 0)
})

await test('lines_that_are_no_messages', async () => {
	const p = open()
	p.write('garbage\n\n   \n{"jsonrpc":"2.0"}\n')
	await until(() => p.got.length === 2, 'two errors')
	assert.deepEqual(p.got.map(m => [m.error.code, 'id' in m]), [[-32700, false], [-32600, false]])
	p.write('{"jsonrpc":"2.0","id":1,"result":{}}\n{"jsonrpc":"2.0","method":"no/such"}\n')
	p.write('{"jsonrpc":"2.0","id":"cr","method":"ping"}\r\n')
	await p.answer('cr')
	p.write('{"jsonrpc":"2.0","id":null,"method":"ping"}\n[]\n')
	await until(() => p.got.length === 5, 'two more errors')
	assert.deepEqual(p.got.slice(3).map(m => m.error.code), [-32600, -32600])
	p.close()
	assert.equal(await p.child.ended, 0)
})

await test('lines_have_a_length', async () => {
	const p = open()
	const around = ['{"jsonrpc":"2.0","id":"long","method":"ping","params":{"x":"', '"}}']
	const fits = (8 << 20) - around.join('').length
	p.write(around.join('x'.repeat(fits)) + '\n')
	assert.deepEqual((await p.answer('long')).result, {})
	p.write(around.join('x'.repeat(fits + 1)) + '\n')
	p.write('y'.repeat(20 << 20) + '\n')
	await p.ask(legacy('ping', {}, 2))
	assert.deepEqual(p.got.slice(1, 3).map(m => [m.error.code, 'id' in m]), [[-32700, false], [-32700, false]])
	p.close()
	assert.equal(await p.child.ended, 0)
})

await test('the_end_of_input_waits_for_answers', async () => {
	const p = open()
	p.write(JSON.stringify(scrape('/last', { id: 1 })) + '\n' + JSON.stringify(legacy('ping', {}, 2))) // no newline
	p.close()
	assert.equal(await p.child.ended, 0)
	assert.deepEqual(p.got.map(m => m.id).sort(), [1, 2])
})

await test('the_end_of_input_with_a_hanging_page', async () => {
	const p = open()
	p.send(scrape('/hang-eof', { id: 1 }))
	const state = await until(() => hanging.get('/hang-eof'), 'the fetch')
	p.close()
	assert.equal(await p.child.ended, 0)
	await until(() => state.closed, 'the end of the fetch')
})

await test('what_it_keeps_lies_in_the_home_of_who_starts_it', async () => {
	const makes = async env => {
		const here = tempDir(), child = start(binary, ['mcp'], { stdin: 'pipe', cwd: here, env })
		child.stdin.end(JSON.stringify(modern('tools/list', {}, { id: 1 })) + '\n')
		assert.equal(await child.ended, 0, child.err)
		assert.equal(JSON.parse(child.out).id, 1)
		return { here: fs.readdirSync(here), warnings: child.err.split('\n').filter(line => / warn /.test(line)) }
	}
	const mode = folder => (fs.statSync(folder).mode & 0o777).toString(8)
	const home = tempDir(), xdg = path.join(tempDir(), 'a/b'), named = path.join(tempDir(), 'named')
	const none = { SCRAPED_DATA: undefined, XDG_DATA_HOME: undefined, HOME: home }
	for (const [env, folder] of [[none, path.join(home, '.local/share/scraped')], [{ ...none, XDG_DATA_HOME: xdg }, path.join(xdg, 'scraped')],
		[{ ...none, SCRAPED_DATA: named }, named], [{ ...none, XDG_DATA_HOME: 'relative' }, path.join(home, '.local/share/scraped')]]) {
		assert.deepEqual(await makes(env), { here: [], warnings: [] })
		assert.ok(fs.existsSync(path.join(folder, 'scraped.db')), folder)
		if (folder !== named)
			assert.equal(mode(folder), '700')
	}
	assert.equal(mode(path.join(home, '.local')), '700')
	const file = path.join(tempDir(), 'file')
	fs.writeFileSync(file, '')
	for (const env of [{ ...none, HOME: undefined }, { ...none, HOME: file }]) {	// it goes on without
		const { here, warnings } = await makes(env)
		assert.deepEqual([here, warnings.length], [[], 1], warnings.join('\n'))
		assert.match(warnings[0], /mcp\.no_store/)
	}
})

await test('signals_end_it', async () => {
	for (const signal of ['SIGTERM', 'SIGINT']) {
		const p = open()
		p.send(scrape(`/hang-${signal}`, { id: 1 }))
		await until(() => hanging.get(`/hang-${signal}`), 'the fetch')
		p.child.kill(signal)
		assert.equal(await p.child.ended, 0)
	}
})

await test('a_closed_output_ends_it', async () => {
	const p = open()
	await p.ask(legacy('ping', {}, 1))
	p.child.stdout.destroy()
	assert.equal(await p.child.ended, 0)
})

await test('many_at_once', async () => {
	const p = open()
	for (let id = 1; id <= 200; id++)
		p.send(id % 2 ? legacy('ping', {}, id) : scrape('/many', { id }))
	p.close()
	assert.equal(await p.child.ended, 0)
	assert.deepEqual(p.bad, [])
	assert.deepEqual(p.got.map(m => m.id).sort((a, b) => a - b), Array.from({ length: 200 }, (_, i) => i + 1))
	for (const m of p.got)
		assert.ok(m.result && !m.result.isError, JSON.stringify(m).slice(0, 300))
})

await finish()
