// SPDX-License-Identifier: Apache-2.0
// The body of a webhook is what GET of the job answers with, in the words the job was made in; results that are too many are
// left out, and it says where they are.
import http from 'node:http'
import { assert, finish, onFinish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'

const words = 'Some words that fill the page. '.repeat(40)
const pages = await startOrigin((q, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(`<title>Page ${q.url}</title><h1>Page</h1><p>${words}`))
const got = []
const receiver = http.createServer((q, r) => {
	const parts = []
	q.on('data', part => parts.push(part)).on('end', () => {
		got.push(JSON.parse(Buffer.concat(parts).toString('utf8')))
		r.writeHead(204).end()
	})
})
await new Promise(done => receiver.listen(0, '127.0.0.2', done))
onFinish(() => new Promise(done => { receiver.closeAllConnections(); receiver.close(done) }))
const webhook = `http://127.0.0.2:${receiver.address().port}/`

const makers = {
	bulk: { path: '/v1/jobs', body: {}, id: json => json.job.id, of: body => body.job },
	page: { path: '/v1/scrape', body: { mode: 'async' }, id: json => json.jobId, of: body => body },
}
/** A job of so many pages, and the body its webhook was sent. */
async function sent(at, { path, body, id }, count) {
	const headers = { Authorization: `Bearer ${at.key}` }
	const before = got.length
	const urls = Array.from({ length: count }, (_, i) => `${pages.url}/${i}`)
	const made = await send(at.url + path, { headers, body: { ...body, urls, webhook } })
	assert.ok([201, 202].includes(made.status), made.text)
	await until(() => got.length > before, 'the delivery')
	const get = where => send(`${at.url}${where}`, { headers })
	return { job: id(made.json), body: got[before], urls, get }
}

const whole = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: '127.0.0.0/24' } })
for (const [name, maker] of Object.entries(makers))
	await test(`the_body_is_what_get_answers_${name}`, async () => {
		const { job, body, urls, get } = await sent(whole, maker, 3)
		const read = (await get(`/v1/jobs/${job}`)).json
		delete read.requestId
		if (name === 'page') {	// reads its results elsewhere
			const { results } = (await get(`/v1/jobs/${job}/results`)).json
			assert.deepEqual(body, { ...read, results })
		} else {
			assert.deepEqual(body, read)
		}
		assert.deepEqual((maker.of(body).results ?? body.results).map(one => one.url), urls)
	})

const small = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: '127.0.0.0/24', SCRAPED_WEBHOOK_BODY_BYTES: '4K', SCRAPED_PUBLIC_URL: 'https://scrape.example/base' } })
for (const [name, maker] of Object.entries(makers))
	await test(`what_is_too_much_is_left_out_${name}`, async () => {
		const { job, body, urls, get } = await sent(small, maker, 5)
		const it = maker.of(body), next = new URL(it.resultsNext ?? body.resultsNext)
		const here = it.results ?? body.results
		assert.ok(here.length >= 1 && here.length < 5, String(here.length))
		assert.equal(next.origin, 'https://scrape.example')
		assert.ok(next.pathname.startsWith(`/base/v1/jobs/${job}`), next.href)
		const rest = (await get(next.pathname.slice('/base'.length) + next.search)).json
		const more = rest.job?.results ?? rest.results
		assert.deepEqual([...here, ...more].map(one => one.url), urls)
	})
await finish()
