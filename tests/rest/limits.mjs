// SPDX-License-Identifier: Apache-2.0
// Limits as callers meet them: what is too much is refused at once with 429 and a time, and a place
// in flight comes back with the answer, with a failure, and when the client goes away.
import { assert, finish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'

const held = []
const origin = await startOrigin((q, r) => {
	const answer = () => {
		r.writeHead(200, { 'Content-Type': 'text/html' })
		r.end('<p>a page</p>')
	}
	if (q.url.startsWith('/hold'))
		held.push(answer)
	else
		answer()
})
const scraped = await startScraped({
	env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_KEY_IN_FLIGHT: '1', SCRAPED_CACHE_BYTES: 'off' },
})
const scrape = (path, more = {}) => send(`${scraped.url}/v1/scrape`, {
	headers: { Authorization: `Bearer ${scraped.key}` },
	body: { urls: [`${origin.url}${path}`], ...more.body }, signal: more.signal,
})
const nextHeld = () => until(() => held.shift(), 'the origin was asked')
const freeAgain = () => until(async () => (await scrape('/page')).status === 200, 'the place is free again')

await test('one more than may be in flight is refused at once', async () => {
	const first = scrape('/hold')
	const release = await nextHeld()
	const second = await scrape('/page')
	assert.equal(second.status, 429)
	assert.equal(second.json.error.code, 'RATE_LIMITED')
	assert.match(second.headers['retry-after'], /^[1-9]\d*$/)
	release()
	assert.equal((await first).status, 200)
	await freeAgain()
})

await test('a failure gives the place back', async () => {
	assert.equal((await scrape('/hold', { body: { config: { timeoutMs: 50 } } })).status, 504)
	await freeAgain()
})

await test('a client that goes away gives the place back', async () => {
	held.length = 0
	const away = new AbortController()
	const first = scrape('/hold', { signal: away.signal })
	await nextHeld()
	away.abort()
	await assert.rejects(first)
	await freeAgain()
})

await test('who has no key is not counted against anybody', async () => {
	for (let i = 0; i < 5; i++)
		assert.equal((await send(`${scraped.url}/v1/scrape`, { body: {} })).status, 401)
	assert.equal((await scrape('/page')).status, 200)
})

await finish()
