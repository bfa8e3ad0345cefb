// SPDX-License-Identifier: Apache-2.0
// Jobs as agents meet them: the five tools and the resources of the built server, in both eras, over HTTP and on a pipe.
// Tasks and listening are in tasks.mjs.
import Ajv from 'ajv/dist/2020.js'
import { assert, createKey, finish, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { change } from '../lib/database.mjs'
import { openPipe } from './pipe.mjs'
import { LEGACY, META, talker } from './talk.mjs'

const words = n => Array.from({ length: n }, (_, i) => `wörd-${i}`).join(' ')
const held = new Map() // path -> release
const origin = await startOrigin((q, r) => {
	if (q.url.startsWith('/gone'))
		return r.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>gone')
	r.setHeader('Content-Type', 'text/html; charset=utf-8')
	if (q.url === '/huge') // each character takes six in JSON
		return r.end('<!doctype html><title>Huge</title>' + '\x01'.repeat(12 << 20))
	if (q.url === '/written')
		return r.end(`<meta property="og:title" content="Written"><nav>Menu</nav><main><p>${'Words of the text, and more of them. '.repeat(20)}
			<a href="/there">a link</a> <img src="/i.png" alt="a sign"></main>`)
	const answer = () => r.end(`<!doctype html><html lang="en"><title>Page ${q.url}</title><h1>Head ${q.url}</h1>
		<p class="price" data-cents="995">9.95</p><p>${words(q.url.startsWith('/long') ? 2000 : 5)}</p>`)
	if (q.url.startsWith('/held'))
		held.set(q.url, answer)
	else
		answer()
})
const env = { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_JOB_TRIES: '1', SCRAPED_JOB_MAX_URLS: '50', SCRAPED_FETCH_BODY_BYTES: '16M', SCRAPED_FETCH_WIRE_BYTES: '16M',
	SCRAPED_JOBS_OPEN_PER_ACCOUNT: '30' }
const scraped = await startScraped({ env })
const http = talker(scraped.url, scraped.key)
const pipe = openPipe({ ...env, SCRAPED_DATA: `${scraped.dir}/pipe` })
const url = path => `${origin.url}${path}`

/** Each way in: an era of the protocol at a door. */
const ways = {
	http_now: { ask: http.now, links: true, structured: true },
	...Object.fromEntries(LEGACY.map(version => [`http_${version}`, {
		ask: (method, params) => http.old(method, params, { version }), links: version > '2025-04', structured: version > '2025-04', legacy: true }])),
	pipe_now: { ask: pipe.now, links: true, structured: true },
	pipe_old: { ask: pipe.old, links: true, structured: true, legacy: true },
}


const ajv = new Ajv({ strict: false })
const tools = Object.fromEntries((await http.now('tools/list')).json.result.tools.map(t => [t.name, t]))
const valid = Object.fromEntries(Object.entries(tools).map(([name, t]) => [name, ajv.compile(t.outputSchema)]))

/** The result of a tool call; what is structured is right by the tool's schema. */
async function call(way, name, args) {
	const { json } = await way.ask('tools/call', { name, arguments: args })
	assert.ok(json.result, JSON.stringify(json))
	const { result } = json
	assert.equal(result.content[0].type, 'text')
	assert.equal(result.resultType, way.legacy ? undefined : 'complete')
	if (result.isError || !way.structured)
		assert.equal('structuredContent' in result, false)
	else
		assert.ok(valid[name](result.structuredContent), JSON.stringify([valid[name].errors, result.structuredContent]))
	return { ...result, text: result.content[0].text, out: result.structuredContent }
}
const idOf = result => /job_id=(job_[0-9a-z]{26})/.exec(result.text)?.[1] ?? assert.fail(result.text)
const make = async (way, args) => idOf(await call(way, 'create_job', args))
const ended = (way, id) => until(async () => {
	const got = await call(way, 'get_job', { job_id: id })
	return !/status=(queued|running)/.test(got.text) && got
}, `the end of ${id}`)
const fails = async (way, name, args, code, ...patterns) => {
	const got = await call(way, name, args)
	assert.equal(got.isError, true, got.text)
	assert.ok(got.text.startsWith(`${code}: `), got.text)
	for (const pattern of patterns)
		assert.match(got.text, pattern)
	assert.match(got.text, /\n./, 'advice')
}

for (const [name, way] of Object.entries(ways)) {
	await test(`${name}_from_create_to_results`, async () => {
		const made = await call(way, 'create_job', { urls: [url('/a'), url('/gone'), url('/b')], name: `of ${name}` })
		assert.equal(made.isError, false)
		const id = idOf(made)
		assert.match(made.text, new RegExp(`\\nNext: call get_job with job_id=${id} in 1 s$`))
		const got = await ended(way, id)
		assert.match(got.text, /status=partial: 3 of 3 URLs done, 1 failed/)
		assert.match(got.text, new RegExp(`\\[1\\] ${url('/gone')}: FETCH_FAILED: .*404`))
		assert.match(got.text, new RegExp(`Next: call get_job_results with job_id=${id}$`))
		const results = await call(way, 'get_job_results', { job_id: id })
		assert.match(results.text, /^\[0\] \S+\/a\n# Head \/a\n/)
		assert.match(results.text, /\n\[1\] \S+\/gone\nFETCH_FAILED: /)
		const links = results.content.slice(1)
		assert.equal(links.length, way.links ? 3 : 0)
		if (way.structured) {
			const { out } = made
			assert.deepEqual([out.job_id, out.total, out.done, out.failed, out.name], [id, 3, 0, 0, `of ${name}`])
			assert.equal(out.status, 'queued')
			assert.deepEqual([got.out.status, got.out.total, got.out.done, got.out.failed], ['partial', 3, 3, 1])
			assert.deepEqual(got.out.errors.map(e => [e.index, e.url, e.code]), [[1, url('/gone'), 'FETCH_FAILED']])
			assert.deepEqual(results.out.results.map(r => [r.index, r.url, r.error?.code, r.title]),
				[[0, url('/a'), undefined, 'Page /a'], [1, url('/gone'), 'FETCH_FAILED', undefined], [2, url('/b'), undefined, 'Page /b']])
			assert.match(results.out.results[2].markdown, /^# Head \/b\n/)
			assert.equal(results.out.next_cursor, undefined)
		}
		if (way.links)
			assert.deepEqual(links.map(l => [l.type, l.uri, l.name, l.mimeType]), [
				['resource_link', `scraped://jobs/${id}/results/0`, 'Page /a', 'text/markdown'],
				['resource_link', `scraped://jobs/${id}/results/1`, url('/gone'), 'application/json'],
				['resource_link', `scraped://jobs/${id}/results/2`, 'Page /b', 'text/markdown']])
		const list = await call(way, 'list_jobs', { limit: 1 })
		assert.match(list.text, new RegExp(`^1 of \\d+ jobs, newest first\\.\njob_id=${id} status=partial .*name: of ${name}`))
		await fails(way, 'cancel_job', { job_id: id }, 'CONFLICT', /get_job_results/)
	})

	await test(`${name}_resources`, async () => {
		const id = await make(way, { urls: [url('/a'), url('/gone')], format: 'both', selectors: { price: '.price' } })
		await ended(way, id)
		const read = async uri => (await way.ask('resources/read', { uri })).json
		const job = (await read(`scraped://jobs/${id}`)).result
		const hints = result => [result.ttlMs, result.cacheScope, result.resultType]
		assert.deepEqual(hints(job), way.legacy ? [undefined, undefined, undefined] : [0, 'private', 'complete'])
		assert.deepEqual(job.contents.map(c => [c.uri, c.mimeType]), [[`scraped://jobs/${id}`, 'application/json']])
		const shown = JSON.parse(job.contents[0].text)
		assert.deepEqual([shown.job_id, shown.status, shown.done, shown.failed], [id, 'partial', 2, 1])
		const page = (await read(`scraped://jobs/${id}/results/0`)).result
		assert.deepEqual(page.contents.map(c => [c.uri, c.mimeType]),
			['text/markdown', 'text/html', 'application/json'].map(type => [`scraped://jobs/${id}/results/0`, type]))
		assert.match(page.contents[0].text, /^# Head \/a\n/)
		assert.match(page.contents[1].text, /^<!doctype html>/)
		assert.deepEqual(JSON.parse(page.contents[2].text), { price: '9.95' })
		if (way.legacy) {
			assert.deepEqual(hints(page), [undefined, undefined, undefined])
		} else {
			assert.ok(page.ttlMs > 86000000 && page.ttlMs <= 86400000, `${page.ttlMs}`)
			assert.equal(page.cacheScope, 'private')
		}
		const gone = (await read(`scraped://jobs/${id}/results/1`)).result
		assert.equal(gone.contents.length, 1)
		assert.equal(gone.contents[0].mimeType, 'application/json')
		assert.equal(JSON.parse(gone.contents[0].text).error.code, 'FETCH_FAILED')
		const other = 'job_' + '0'.repeat(26)
		for (const uri of [`scraped://jobs/${id}/results/2`, `scraped://jobs/${id}/results/-1`, `scraped://jobs/${id}/results/`, `scraped://jobs/${id}/results`,
			`scraped://jobs/${id}/`, `scraped://jobs/${id}/results/0/`, `scraped://jobs/${id}/results/x`, `scraped://jobs/${id}/results/99999999999999999999`,
			`scraped://jobs/${other}`, `scraped://jobs/${other}/results/0`, 'scraped://jobs/', 'scraped://jobs', `scraped://jobs/${'x'.repeat(5000)}`,
			`SCRAPED://jobs/${id}`, `https://example.com/${id}`, '', 'file:///etc/passwd']) {
			const { error, result } = await read(uri)
			assert.equal(result, undefined, uri)
			assert.equal(error.code, way.legacy ? -32002 : -32602, uri)
			assert.equal(error.data.uri, uri)
		}
	})

	await test(`${name}_resources_are_listed`, async () => {
		const { result } = (await way.ask('resources/list', {})).json
		assert.ok(result.resources.length > 0)
		for (const one of result.resources) {
			assert.match(one.uri, /^scraped:\/\/jobs\/job_[0-9a-z]{26}$/)
			assert.ok(one.name && one.description)
			assert.equal(one.mimeType, 'application/json')
			assert.ok(!Number.isNaN(Date.parse(one.annotations.lastModified)))
		}
		assert.deepEqual([result.ttlMs, result.cacheScope], way.legacy ? [undefined, undefined] : [0, 'private'])
		for (const cursor of ['', 'x', 5, 'l0.0.00000000', 'l-1.0.1']) {
			const { error } = (await way.ask('resources/list', { cursor })).json
			assert.equal(error?.code, -32602, `${cursor}`)
		}
		const templates = (await way.ask('resources/templates/list', {})).json.result
		assert.deepEqual(templates.resourceTemplates.map(t => t.uriTemplate), ['scraped://jobs/{job_id}', 'scraped://jobs/{job_id}/results/{index}'])
		for (const template of templates.resourceTemplates)
			assert.ok(template.name && template.title && template.description)
		assert.deepEqual([templates.ttlMs, templates.cacheScope], way.legacy ? [undefined, undefined] : [3600000, 'public'])
	})
}

// --- what can be asked for ---

for (const [name, way] of [['http', ways.http_now], ['pipe', ways.pipe_old]]) {
	await test(`${name}_selectors`, async () => {
		const selectors = { price: '.price', all: { css: 'p', all: true }, cents: { css: '.price', attr: 'data-cents', type: 'number' } }
		const id = await make(way, { urls: [url('/s')], selectors })
		await ended(way, id)
		const { results: [row] } = (await call(way, 'get_job_results', { job_id: id })).out
		assert.deepEqual(row.data, { price: '9.95', all: ['9.95', words(5)], cents: 995 })
		await fails(way, 'create_job', { urls: [url('/s')], selectors: { ok: 'h1', bad: 'div > > p' } }, 'INVALID_SELECTOR', /bad/, /position \d+|character \d+|at \d+/, /create_job/)
		await fails(way, 'create_job', { urls: [url('/s')], selectors: 'h1' }, 'INVALID_REQUEST', /selectors/)
	})

	await test(`${name}_bad_requests_make_no_job`, async () => {
		const total = async () => (await call(way, 'list_jobs', {})).out.total
		const before = await total()
		await fails(way, 'create_job', {}, 'INVALID_REQUEST', /urls/)
		await fails(way, 'create_job', { urls: [] }, 'INVALID_REQUEST', /urls/)
		await fails(way, 'create_job', { urls: 'x' }, 'INVALID_REQUEST', /urls/)
		await fails(way, 'create_job', { urls: [url('/a'), url('/b'), 'no url'] }, 'INVALID_URL', /urls\[2\]/)
		await fails(way, 'create_job', { urls: [url('/a'), 'ftp://example.com/'] }, 'UNSUPPORTED_SCHEME', /urls\[1\]/)
		await fails(way, 'create_job', { urls: ['http://10.0.0.1/'] }, 'PRIVATE_NETWORK_TARGET', /urls\[0\]/)
		await fails(way, 'create_job', { urls: Array(51).fill(url('/a')) }, 'TOO_MANY_URLS', /50/, /fewer urls/)
		await fails(way, 'create_job', { urls: [url('/a')], format: 'pdf' }, 'INVALID_REQUEST', /format/)
		await fails(way, 'create_job', { urls: [url('/a')], webhook: 'http://127.0.0.1:9/' }, 'PRIVATE_NETWORK_TARGET', /webhook/)
		await fails(way, 'create_job', { urls: [url('/a')], idempotency_key: 'x'.repeat(256) }, 'INVALID_REQUEST', /idempotency_key/)
		assert.equal(await total(), before)
	})

	await test(`${name}_pages_are_written_as_asked`, async () => {
		const how = { links: 'references', images: 'alt', structured: true, only_main: true }
		const id = await make(way, { urls: [url('/written')], ...how })
		await ended(way, id)
		const { out: { results: [page] }, text } = await call(way, 'get_job_results', { job_id: id })
		assert.match(page.markdown, /\[a link\]\[1\] a sign\n\n\[1\]: http:[^ ]*\/there\n$/)
		assert.doesNotMatch(text, /Menu/)
		assert.deepEqual(page.metadata, { structured: { openGraph: { title: 'Written' } } })
		assert.ok(text.includes('{"openGraph":{"title":"Written"}}\n'), text)
		const plain = await make(way, { urls: [url('/written')] })
		await ended(way, plain)
		const { out } = await call(way, 'get_job_results', { job_id: plain })
		assert.match(out.results[0].markdown, /Menu[^]*\[a link\]\(http:[^ ]*\/there\) !\[a sign\]\(/)
		assert.doesNotMatch(JSON.stringify(out), /openGraph/)
		for (const name of ['links', 'images', 'structured', 'only_main'])
			await fails(way, 'create_job', { urls: [url('/a')], [name]: 'much' }, 'INVALID_REQUEST', new RegExp(`${name} must be`))
	})

	await test(`${name}_a_prompt_without_a_model_is_a_warning`, async () => {
		const id = await make(way, { urls: [url('/a')], prompt: 'Which price?' })
		await ended(way, id)
		const { out, text } = await call(way, 'get_job_results', { job_id: id })
		assert.equal(out.results[0].error, undefined)
		assert.match(JSON.stringify(out.results[0].warnings), /LLM_NOT_CONFIGURED/)
		assert.match(text, /\(warnings: .*LLM_NOT_CONFIGURED.*\)\n/)
	})

	await test(`${name}_an_idempotency_key_makes_one_job`, async () => {
		const args = { urls: [url('/i')], idempotency_key: 'once' }
		const first = await call(way, 'create_job', args), second = await call(way, 'create_job', args)
		assert.equal(idOf(first), idOf(second))
		assert.deepEqual([first.out.existed, second.out.existed], [undefined, true])
		assert.match(second.text, /same idempotency_key/)
		await fails(way, 'create_job', { ...args, urls: [url('/j')] }, 'IDEMPOTENCY_MISMATCH', /another idempotency_key/)
	})

	await test(`${name}_long_pages_come_in_parts`, async () => {
		const id = await make(way, { urls: ['/long/0', '/short', '/long/1'].map(url) })
		await ended(way, id)
		const texts = ['', '', '']
		let cursor, calls = 0
		do {
			const { out, text } = await call(way, 'get_job_results', { job_id: id, max_chars: 5000, ...(cursor ? { cursor } : {}) })
			let chars = 0
			for (const row of out.results) {
				assert.equal(row.from_char ?? 0, [...texts[row.index]].length)
				texts[row.index] += row.markdown
				chars += [...row.markdown].length
			}
			assert.ok(chars > 0 && chars <= 5000, `${chars} characters`)
			cursor = out.next_cursor
			calls++
			if (cursor)
				assert.match(text, new RegExp(`Next: call get_job_results with job_id=${id} cursor=${cursor.replaceAll('.', '\\.')}$`))
		} while (cursor)
		assert.ok(calls >= 5, `${calls} calls`)
		for (const [i, path] of ['/long/0', '/short', '/long/1'].entries()) {
			const { contents } = (await way.ask('resources/read', { uri: `scraped://jobs/${id}/results/${i}` })).json.result
			assert.match(texts[i], new RegExp(`^# Head ${path}`))
			assert.equal(texts[i], contents[0].text)
		}
		const other = await make(way, { urls: [url('/a')] })
		const page = (await call(way, 'get_job_results', { job_id: id, max_chars: 1000 })).out.next_cursor
		for (const bad of ['x', `${page}0`, page.replace(/^./, 'n')])
			await fails(way, 'get_job_results', { job_id: id, cursor: bad }, 'INVALID_REQUEST', /cursor/)
		await fails(way, 'get_job_results', { job_id: other, cursor: page }, 'INVALID_REQUEST', /cursor/)
		for (const max_chars of [999, 400001, '5000'])
			await fails(way, 'get_job_results', { job_id: id, max_chars }, 'INVALID_REQUEST', /max_chars/)
	})

	await test(`${name}_a_job_that_runs_is_read_and_cancelled`, async () => {
		const path = `/held/${name}`
		const id = await make(way, { urls: [url('/a'), url(path)] })
		await until(() => held.has(path), 'the held page')
		const first = await until(async () => {
			const got = await call(way, 'get_job_results', { job_id: id })
			return got.out.results.length === 1 && got
		}, 'the first result')
		assert.equal(first.out.status, 'running')
		assert.match(first.text, new RegExp(`Next: call get_job with job_id=${id} in \\d s, then get_job_results with cursor=${first.out.next_cursor.replaceAll('.', '\\.')}$`))
		const none = await call(way, 'get_job_results', { job_id: id, cursor: first.out.next_cursor })
		assert.deepEqual(none.out.results, [])
		const unread = (await way.ask('resources/read', { uri: `scraped://jobs/${id}/results/1` })).json
		assert.equal(unread.error.code, way.legacy ? -32002 : -32602)
		const stopped = await call(way, 'cancel_job', { job_id: id })
		assert.equal(stopped.out.status, 'cancelled')
		held.get(path)()
		const rest = await call(way, 'get_job_results', { job_id: id, cursor: none.out.next_cursor })
		assert.deepEqual(rest.out.results.map(r => [r.index, r.error?.code]), [[1, 'CANCELLED']])
		assert.equal(rest.out.next_cursor, undefined)
		await fails(way, 'cancel_job', { job_id: id }, 'CONFLICT', /get_job_results/)
	})

	await test(`${name}_lists_in_pages`, async () => {
		const all = (await call(way, 'list_jobs', { limit: 100 })).out
		const ids = []
		for (let cursor; cursor !== null;) {
			const { out } = await call(way, 'list_jobs', { limit: 3, ...(cursor ? { cursor } : {}) })
			ids.push(...out.jobs.map(j => j.job_id))
			cursor = out.next_cursor ?? null
		}
		assert.equal(new Set(ids).size, all.total)
		assert.deepEqual(ids, all.jobs.map(j => j.job_id))
		const partial = (await call(way, 'list_jobs', { status: 'partial', limit: 100 })).out
		assert.ok(partial.total > 0 && partial.total < all.total)
		assert.ok(partial.jobs.every(j => j.status === 'partial'))
		for (const args of [{ limit: 0 }, { limit: 101 }, { status: 'done' }, { cursor: 'x' }])
			await fails(way, 'list_jobs', args, 'INVALID_REQUEST', new RegExp(Object.keys(args)[0]))
	})

	await test(`${name}_resources_page_by_page`, async () => {
		const total = (await call(way, 'list_jobs', {})).out.total
		for (let i = total; i < 25; i++)
			await make(way, { urls: [url('/a')] })
		const uris = []
		let pages = 0
		for (let cursor; cursor !== null; pages++) {
			const { result } = (await way.ask('resources/list', cursor ? { cursor } : {})).json
			uris.push(...result.resources.map(r => r.uri))
			cursor = result.nextCursor ?? null
		}
		const { jobs } = (await call(way, 'list_jobs', { limit: 100 })).out
		assert.ok(pages > 1)
		assert.deepEqual(uris, jobs.map(j => `scraped://jobs/${j.job_id}`))
	})
}

// --- who may ---

await test('a_stranger_meets_unknown_ids', async () => {
	const own = await make(ways.http_now, { urls: [url('/own')] })
	await ended(ways.http_now, own)
	const key = createKey(scraped.env, ['--name', 'stranger'])
	change(scraped, 'INSERT INTO accounts VALUES (\'acc_stranger\', \'stranger\', 0, 0)')
	change(scraped, 'UPDATE api_keys SET account_id = \'acc_stranger\' WHERE name = \'stranger\'')
	const other = talker(scraped.url, key), way = { ask: other.now, structured: true }
	const same = async (name, args) => {
		const theirs = await call(way, name, { ...args, job_id: own })
		const none = await call(way, name, { ...args, job_id: own.replace(/.$/, c => c === '0' ? '1' : '0') })
		assert.equal(theirs.isError, true)
		assert.match(theirs.text, /^NOT_FOUND: /)
		assert.match(theirs.text, /list_jobs/)
		assert.equal(theirs.text, none.text)
	}
	await same('get_job')
	await same('get_job_results')
	await same('cancel_job')
	const { out } = await call(ways.http_now, 'list_jobs', { limit: 1 })
	assert.equal((await call(way, 'list_jobs', {})).out.total, 0)
	await fails(way, 'list_jobs', { cursor: out.next_cursor }, 'INVALID_REQUEST', /cursor/)
	const page = (await ways.http_now.ask('resources/list', {})).json.result.nextCursor
	assert.equal((await other.now('resources/list', { cursor: page })).json.error.code, -32602)
	assert.deepEqual((await other.now('resources/list')).json.result.resources, [])
	for (const uri of [`scraped://jobs/${own}`, `scraped://jobs/${own}/results/0`]) {
		const { error } = (await other.now('resources/read', { uri })).json
		assert.deepEqual([error.code, error.data.uri], [-32602, uri])
	}
})

await test('a_missing_scope_is_a_challenge', async () => {
	const rows = [['scrape', 'jobs:write', 'tools/call', { name: 'create_job', arguments: { urls: [url('/a')] } }],
		['jobs:read', 'jobs:write', 'tools/call', { name: 'cancel_job', arguments: { job_id: 'x' } }],
		['jobs:write', 'jobs:read', 'tools/call', { name: 'get_job', arguments: { job_id: 'x' } }],
		['jobs:write', 'jobs:read', 'tools/call', { name: 'get_job_results', arguments: { job_id: 'x' } }],
		['jobs:write', 'jobs:read', 'tools/call', { name: 'list_jobs' }],
		['jobs:write', 'jobs:read', 'resources/list', {}],
		['jobs:write', 'jobs:read', 'resources/read', { uri: 'scraped://jobs/x' }]]
	for (const [has, needs, method, params] of rows) {
		const weak = talker(scraped.url, createKey(scraped.env, ['--scopes', has]))
		for (const ask of [weak.now, weak.old]) {
			const answer = await ask(method, params)
			assert.equal(answer.status, 403, `${method} ${answer.text}`)
			assert.match(answer.headers['www-authenticate'], new RegExp(`error="insufficient_scope", scope="${needs}"`))
			assert.equal(answer.json.error, 'insufficient_scope')
		}
	}
})

await test('too_many_open_jobs_say_what_to_do', async () => {
	const way = ways.http_now
	await until(async () => {
		for (const status of ['queued', 'running'])
			if ((await call(way, 'list_jobs', { status })).out.total > 0)
				return false
		return true
	}, 'the end of all that was made before')
	const open = []
	let full
	for (let i = 0; i <= 30 && !full; i++) {
		const got = await call(way, 'create_job', { urls: [url(`/held/many/${i}`)] })
		if (got.isError)
			full = got
		else
			open.push(idOf(got))
	}
	assert.equal(open.length, 30)
	assert.match(full.text, /^TOO_MANY_JOBS: [^]*cancel_job/)
	for (const job_id of open)
		assert.equal((await call(way, 'cancel_job', { job_id })).isError, false)
	for (const release of held.values())
		release()
})

// --- where it ends ---

await test('a_result_past_what_an_answer_may_hold_is_an_error', async () => {
	const id = await make(ways.http_now, { urls: [url('/huge')], format: 'html' })
	await ended(ways.http_now, id)
	const { json } = await http.now('resources/read', { uri: `scraped://jobs/${id}/results/0` })
	assert.equal(json.result, undefined)
	assert.equal(json.error.code, -32603)
	const { out } = await call(ways.http_now, 'get_job_results', { job_id: id }) // in parts it can be had
	assert.equal([...out.results[0].html].length, out.results[0].html.length)
	assert.ok(out.results[0].chars_left > 10000000)
})

await test('where_nothing_can_be_kept_there_are_no_jobs', async () => {
	const bare = openPipe({ ...env, SCRAPED_DATA: '/dev/null/none' }), way = { ask: bare.now, structured: true }
	await fails(way, 'create_job', { urls: [url('/a')] }, 'NOT_IMPLEMENTED', /scrape_url/)
	await fails(way, 'list_jobs', {}, 'NOT_IMPLEMENTED')
	assert.equal((await call(way, 'scrape_url', { url: url('/a') })).isError, false)
	assert.deepEqual((await bare.now('resources/list', {})).json.result.resources, [])
	assert.equal((await bare.now('resources/read', { uri: 'scraped://jobs/x' })).json.error.code, -32602)
	const tasks = { extensions: { [META + 'tasks']: {} } }
	const options = { meta: { [META + 'clientCapabilities']: tasks } }
	assert.equal((await bare.now('tasks/get', { taskId: 'x' }, options)).json.error.code, -32602)
	const listened = await bare.now('subscriptions/listen', { notifications: { taskIds: ['x'] } }, options)
	assert.equal(listened.json.result.resultType, 'complete')
	bare.close()
	assert.equal(await bare.child.ended, 0, bare.child.err)
})

await test('the_pipe_ends_cleanly', async () => {
	pipe.close()
	assert.equal(await pipe.child.ended, 0, pipe.child.err)
})
await scraped.stop()
await finish()
