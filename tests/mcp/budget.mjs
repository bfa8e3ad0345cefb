// SPDX-License-Identifier: Apache-2.0
// What the tool list costs an agent, which reads it in every talk: under 2,000 tokens, counted as
// four bytes each (the o200k vocabulary makes 1,718 tokens of 7,050 bytes of it, 4.1 bytes each). And what its texts must say (docs: when to use, when the sibling, what to call next).
import { assert, finish, send, startScraped, test } from '../lib/harness.mjs'

const scraped = await startScraped()
const ask = (method, params) => send(`${scraped.url}/mcp`, {
	headers: { Authorization: `Bearer ${scraped.key}`, Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2025-06-18' },
	body: { jsonrpc: '2.0', id: 1, method, params },
})
const parse = text => JSON.parse(text.replace(/^(?:event: .*\n)?data: /, ''))
const { tools } = parse((await ask('tools/list')).text).result

await test('the tool list is short', () => {
	const bytes = Buffer.byteLength(JSON.stringify(tools))
	assert.ok(bytes / 4 < 2000, `${bytes} bytes are ${bytes / 4} tokens`)
})

await test('the job tools are there, with their hints', () => {
	const hints = Object.fromEntries(tools.map(({ name, annotations: a }) =>
		[name, [a.readOnlyHint, a.destructiveHint, a.idempotentHint, a.openWorldHint].map(Number).join('')]))
	assert.deepEqual(hints, { scrape_url: '1011', create_job: '0001', get_job: '1010', get_job_results: '1010',
		list_jobs: '1010', cancel_job: '0110' })
})

await test('each job tool names its siblings, and an answer the next call', async () => {
	const about = Object.fromEntries(tools.map(tool => [tool.name, tool.description]))
	assert.match(about.create_job, /scrape_url/)
	assert.match(about.get_job, /create_job.*get_job_results/s)
	assert.match(about.list_jobs, /get_job/)
	assert.match(about.cancel_job, /get_job_results/)
	const call = async (name, args) => parse((await ask('tools/call', { name, arguments: args })).text).result
	const made = await call('create_job', { urls: ['https://example.invalid/'] })
	const id = made.structuredContent.job_id
	assert.match(made.content[0].text, new RegExp(`call get_job with job_id=${id} in \\d+ s$`))
	const cancelled = await call('cancel_job', { job_id: id })
	if (!cancelled.isError)
		assert.match(cancelled.content[0].text, new RegExp(`call get_job_results with job_id=${id}$`))
	const list = await call('list_jobs', { limit: 1 })
	assert.match(list.content[0].text, /Next: .*get_job/)
	const results = await call('get_job_results', { job_id: id })
	assert.match(results.content[0].text, /Next: /)
	for (const cursor of ['x', 's0.0.00000000', `${'9'.repeat(80)}`]) {
		const bad = await call('get_job_results', { job_id: id, cursor })
		assert.equal(bad.isError, true)
		assert.match(bad.content[0].text, /INVALID_REQUEST: cursor/)
	}
})

await finish()
