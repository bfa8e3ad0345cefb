// SPDX-License-Identifier: Apache-2.0
// Jobs over REST beyond what a wire file can say: requests side by side, streams that are cut and
// resumed, answers too long for one piece, and jobs that were born elsewhere.
import http from 'node:http'
import { assert, finish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'

const held = []
let holding = false
const filler = 'Some words that make a page long enough to matter. '.repeat(1200)
const origin = await startOrigin((q, r) => {
	const answer = () => {
		r.writeHead(200, { 'Content-Type': 'text/html' })
		r.end(`<title>${q.url}</title><h1>${q.url}</h1>${q.url.startsWith('/big') ? `<p>${filler}</p>` : ''}`)
	}
	if (holding && q.url.startsWith('/held'))
		held.push(answer)
	else
		answer()
})
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_CACHE_BYTES: 'off',
	SCRAPED_JOB_IN_FLIGHT: '8', SCRAPED_JOB_PER_HOST: '8' } })
const auth = { Authorization: `Bearer ${scraped.key}` }
const call = (path, more = {}) => send(`${scraped.url}${path}`, { ...more, headers: { ...auth, ...more.headers } })
const urls = (n, path = '/p') => Array.from({ length: n }, (_, i) => `${origin.url}${path}/${i}`)
const make = async body => {
	const made = await call('/v1/jobs', { body })
	assert.equal(made.status, 201, made.text)
	return made.json.job.id
}
const ended = id => until(async () => {
	const got = (await call(`/v1/jobs/${id}?dialect=page`)).json
	return !['queued', 'running'].includes(got.status) && got
}, 'the job has ended')

await test('twenty requests at once with one key are one job', async () => {
	const all = await Promise.all(Array.from({ length: 20 }, () => call('/v1/jobs', {
		headers: { 'Idempotency-Key': 'at once' }, body: { urls: urls(2), name: 'once' },
	})))
	assert.deepEqual(all.map(one => one.status), Array(20).fill(201))
	assert.equal(new Set(all.map(one => one.json.job.id)).size, 1)
	assert.equal(all.filter(one => !one.headers['idempotency-replayed']).length, 1)
	assert.equal((await call('/v1/jobs')).json.total, 1)
})

// --- lines ---

const lines = (id, query = '') => call(`/v1/jobs/${id}/results${query}`, { headers: { Accept: 'application/x-ndjson' } })

await test('lines are all results in order, and the count is said before', async () => {
	const id = await make({ urls: urls(230, '/big') })
	await ended(id)
	const got = await lines(id)
	assert.equal(got.status, 200)
	assert.match(got.headers['content-type'], /^application\/x-ndjson/)
	assert.equal(got.headers['x-result-count'], '230')
	const rows = got.text.trimEnd().split('\n').map(line => JSON.parse(line))
	assert.deepEqual(rows.map(row => row.url), urls(230, '/big'))
	assert.ok(rows.every(row => row.status === 'success' && row.markdown.length > 50000))
	const part = await lines(id, '?offset=225&limit=3')
	assert.equal(part.headers['x-result-count'], '3')
	assert.deepEqual(part.text.trimEnd().split('\n').map(line => JSON.parse(line).url), urls(230, '/big').slice(225, 228))
	assert.equal((await lines(id, '?offset=230')).text, '')

	// the same as one document: pieces of about 4 MB, each with a link to the next
	const seen = []
	let pieces = 0
	for (let next = `/v1/jobs/${id}/results`; next; pieces++) {
		const piece = (await call(next)).json
		seen.push(...piece.results.map(row => row.url))
		assert.ok(JSON.stringify(piece.results).length <= 4 * 1024 * 1024 + 100000)
		next = piece.resultsNext
	}
	assert.deepEqual(seen, urls(230, '/big'))
	assert.ok(pieces > 2, `${pieces} pieces`)
	const bulk = (await call(`/v1/jobs/${id}`)).json.job
	assert.ok(bulk.results.length < 230 && bulk.resultsNext === `/v1/jobs/${id}?offset=${bulk.results.length}`)
})

await test('HEAD says what GET would, without a body', async () => {
	const id = (await call('/v1/jobs?limit=1')).json.jobs[0].id
	for (const [path, type] of [['', /json/], ['/results', /json/], ['/events', /event-stream/]]) {
		const got = await call(`/v1/jobs/${id}${path}`, { method: 'HEAD' })
		assert.equal(got.status, 200, path)
		assert.match(got.headers['content-type'], type)
		assert.equal(got.text, '')
	}
})

// --- events ---

/** Reads events until `stop` is true of one, or to the end; resolves to them. */
function events(id, { last, query = '', stop = () => false } = {}) {
	return new Promise((done, fail) => {
		const all = []
		const headers = { ...auth, ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }) }
		const q = http.get(`${scraped.url}/v1/jobs/${id}/events${query}`, { headers, agent: false }, r => {
			let text = ''
			if (r.statusCode !== 200) {
				r.resume()
				return done({ status: r.statusCode, all })
			}
			r.setEncoding('utf8').on('data', part => {
				text += part
				for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
					const one = {}
					for (const line of text.slice(0, at).split('\n'))
						if (/^\w+: /.test(line))
							one[line.slice(0, line.indexOf(':'))] = line.slice(line.indexOf(':') + 2)
					text = text.slice(at + 2)
					if (!one.event)
						continue
					all.push({ ...one, data: JSON.parse(one.data) })
					if (stop(all.at(-1), all)) {
						q.destroy()
						return done({ status: 200, all, cut: true })
					}
				}
			})
			r.on('end', () => done({ status: 200, all }))
			r.on('error', () => {})
		})
		q.on('error', e => all.length ? null : fail(e))
	})
}
const results = all => all.filter(one => one.event === 'result')

await test('events come as the job goes on, and end with it', async () => {
	holding = true
	const id = await make({ urls: urls(3, '/held') })
	const watched = events(id)
	for (let i = 0; i < 3; i++)
		(await until(() => held.shift(), 'the origin was asked'))()
	const { all } = await watched
	holding = false
	assert.deepEqual(all[0].event, 'progress')
	assert.deepEqual(results(all).map(one => one.id), ['1', '2', '3'])
	assert.deepEqual(results(all).map(one => one.data.index).sort(), [0, 1, 2])
	assert.ok(results(all).every(one => one.data.url === urls(3, '/held')[one.data.index] && one.data.data.title))
	const end = all.at(-1)
	assert.equal(end.event, 'end')
	assert.equal(end.data.success, true)
	assert.equal(end.data.job.status, 'completed')
	assert.equal(end.data.job.completedUrls, 3)
	const progress = all.filter(one => one.event === 'progress').map(one => one.data.completed)
	assert.deepEqual(progress, [...progress].sort((a, b) => a - b), 'progress never goes back')
})

await test('a listener looks at a busy job a few times a second, not once for each URL', async () => {
	const began = performance.now()
	const { all } = await events(await make({ urls: urls(400) }))
	const looks = all.filter(one => one.event === 'progress').length, seconds = (performance.now() - began) / 1000
	assert.equal(results(all).length, 400)
	assert.ok(looks <= 10 + 11 * seconds, `${looks} looks in ${seconds} s`)	// ten a second; without the pause between them it is more than a hundred in two
})

await test('who was cut off anywhere goes on where it was, and misses and doubles nothing', async () => {
	const id = await make({ urls: urls(120) })
	const seen = []
	let rounds = 0, end
	for (let last; !end; rounds++) {
		const most = 1 + Math.floor(Math.random() * 40)
		const got = await events(id, { last, stop: (_, all) => results(all).length >= most })
		seen.push(...results(got.all).map(one => Number(one.id)))
		last = seen.at(-1) ?? 0
		end = got.all.find(one => one.event === 'end')
	}
	assert.deepEqual(seen, Array.from({ length: 120 }, (_, i) => i + 1))
	assert.ok(rounds >= 3, `${rounds} rounds`)
	const query = await events(id, { query: '?lastEventId=118' })
	assert.deepEqual(results(query.all).map(one => one.id), ['119', '120'])
	assert.equal((await events(id, { last: 'end' })).status, 204)
	assert.equal((await events(id, { last: 'nothing' })).status, 400)
	const page = await events(id, { query: '?dialect=page&lastEventId=119' })
	assert.equal(results(page.all)[0].data.status, 'success')
	assert.equal(page.all.at(-1).data.jobId, id)
})

// --- born elsewhere ---

await test('a job of an agent is shown in both words, and read by everybody', async () => {
	const made = await call('/mcp', {
		headers: { Accept: 'application/json, text/event-stream' },
		body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'create_job', arguments: { urls: urls(2), name: 'agent' } } },
	})
	const id = /job_id=(job_\w+)/.exec(made.text)?.[1]
	assert.ok(id, made.text)
	await ended(id)
	const got = (await call(`/v1/jobs/${id}`)).json
	assert.equal(got.success, true)
	assert.equal(got.job.id, id)
	assert.equal(got.jobId, id)
	assert.equal(got.job.completedUrls, 2)
	assert.equal(got.completedCount, 2)
	assert.equal(got.job.results.length, 2)
	assert.equal((await call(`/v1/jobs/${id}/results`)).json.results.length, 2)
})

await test('an agent reads long pages in parts that make up the whole', async () => {
	const id = await make({ urls: [...urls(2, '/big'), `${origin.url}/ümlaut-ü`] })
	await ended(id)
	const whole = (await call(`/v1/jobs/${id}/results`)).json.results.map(row => row.markdown)
	const parts = whole.map(() => '')
	let calls = 0
	for (let cursor; cursor !== null; calls++) {
		const got = await call('/mcp', {
			headers: { Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2025-06-18' },
			body: { jsonrpc: '2.0', id: 1, method: 'tools/call',
				params: { name: 'get_job_results', arguments: { job_id: id, max_chars: 30000, ...(cursor ? { cursor } : {}) } } },
		})
		const out = JSON.parse(got.text.replace(/^(?:event: .*\n)?data: /, '')).result.structuredContent
		assert.ok(out.results.reduce((n, row) => n + [...row.markdown ?? ''].length, 0) <= 30000)
		for (const row of out.results) {
			assert.equal(row.from_char ?? 0, [...parts[row.index]].length)
			parts[row.index] += row.markdown ?? ''
		}
		cursor = out.next_cursor ?? null
	}
	assert.deepEqual(parts, whole)
	assert.ok(calls >= 4, `${calls} calls`)
})

await test('a stop of the server ends the streams of events at once', async () => {
	holding = true
	const id = await make({ urls: urls(1, '/held') })
	let heard = false
	const watched = events(id, { stop: () => { heard = true } })
	await until(() => held.length && heard, 'the job runs and is watched')
	const stopped = scraped.stop()
	const { all } = await watched
	assert.ok(!all.some(one => one.event === 'end'))
	held.shift()()
	await stopped
})

await finish()
