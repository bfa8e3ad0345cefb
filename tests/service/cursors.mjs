// SPDX-License-Identifier: Apache-2.0
// A cursor when the server is restarted: with a page cache it goes on with the same fetch, at every door; without one, or after
// its time, the answer says why it does not. The rest of a page is never that of another fetch.
import { assert, binary, end, finish, send, start, startOrigin, startScraped, test, until } from '../lib/harness.mjs'

let fetches = 0
const origin = await startOrigin((q, r) => {
	r.writeHead(200, { 'Content-Type': 'text/html' })
	const n = ++fetches
	r.end(`<h1>Fetch ${n}</h1>${Array.from({ length: 200 }, (_, i) => `<p>Line ${i} of fetch ${n}, with some words.</p>`).join('')}`)
})
const url = `${origin.url}/long`
const allow = { SCRAPED_ALLOW_TARGETS: origin.host }

const rest = async (server, config, more) =>
	send(`${server.url}/v1/scrape`, { headers: { Authorization: `Bearer ${server.key}` }, body: { urls: [url], config, ...more } })
const mcp = async (server, args) => {
	const answer = await send(`${server.url}/mcp`, {
		headers: { Authorization: `Bearer ${server.key}`, Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2025-06-18' },
		body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'scrape_url', arguments: { url, ...args } } },
	})
	return JSON.parse(answer.text.replace(/^(?:event: .*\n)?data: /, '')).result
}

/** The same data folder and port with another process; its settings may differ. */
async function restarted(server, env = {}) {
	await server.stop()
	const child = start(binary, ['serve'], { env: { ...server.env, ...env } })
	await until(async () => (await send(`${server.url}/v1/ready`)).status === 200, 'the server again')
	return { ...server, child, stop: async () => assert.equal(await end(child), 0) }
}

await test('with a page cache the same fetch goes on after a restart', async () => {
	let server = await startScraped({ env: allow })
	for (const format of ['markdown', 'html']) {
		const first = (await rest(server, { maxTokens: 500, noCache: true }, { format })).json.result
		const [, n] = /Fetch (\d+)/.exec(first[format])
		const before = fetches
		server = await restarted(server)
		const second = (await rest(server, { maxTokens: 500, cursor: first.nextCursor })).json.result
		assert.match(second[format], new RegExp(`of fetch ${n}, [^]*go on with cursor`))
		assert.equal(second.cached, true)
		assert.equal(second.metadata.fetchedAt, first.metadata.fetchedAt)
		const third = (await mcp(server, { max_tokens: 500, cursor: second.nextCursor })).structuredContent
		assert.match(third[format], new RegExp(`of fetch ${n}, `))
		assert.equal(fetches, before, 'nothing is fetched')
		const all = (await rest(server, { cursor: third.next_cursor })).json.result
		assert.match(all[format], new RegExp(`Line 199 of fetch ${n}, `))
		assert.equal(all.nextCursor, undefined)
	}
	await server.stop()
})

await test('without one the answer says why it does not', async () => {
	let server = await startScraped({ env: { ...allow, SCRAPED_CACHE_BYTES: 'off' } })
	const first = (await rest(server, { maxTokens: 500 })).json.result
	assert.equal((await rest(server, { maxTokens: 500, cursor: first.nextCursor })).status, 200)
	server = await restarted(server)
	const said = /cursor: it is too old, or was made for somebody else, or before this server started, which has no page cache to keep the rest in; fetch the page again without cursor/
	const answer = await rest(server, { maxTokens: 500, cursor: first.nextCursor })
	assert.equal(answer.status, 400)
	assert.equal(answer.json.error.code, 'INVALID_REQUEST')
	assert.match(answer.json.error.message, said)
	const tool = await mcp(server, { cursor: first.nextCursor })
	assert.equal(tool.isError, true)
	assert.match(tool.content[0].text, said)
	const again = (await rest(server, { maxTokens: 500 })).json.result
	assert.match(again.markdown, /^# Fetch \d+\n/)
	await server.stop()
})

await test('after its time it is too old', async () => {
	const server = await startScraped({ env: { ...allow, SCRAPED_CURSOR_MS: '1s' } })
	const first = (await rest(server, { maxTokens: 500, noCache: true })).json.result
	const answer = await until(async () => {
		const got = await rest(server, { maxTokens: 500, cursor: first.nextCursor })
		return got.status !== 200 && got
	}, 'its end')
	assert.equal(answer.status, 400)
	assert.match(answer.json.error.message, /^cursor: it is too old, or was made for somebody else; fetch the page again without cursor$/)
	await server.stop()
})

await finish()
