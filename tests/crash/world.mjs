// SPDX-License-Identifier: Apache-2.0
// What the crash tests share: origins whose every page has a known text, a server that is killed and started again on the
// same folder, callers of several accounts who submit jobs and lose answers, a receiver of webhooks, and the judge of what
// became of it all.
import crypto from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { assert, binary, delay, freePort, onFinish, pythonDocs, run, send, start, startNginx, startOrigin, tempDir, until } from '../lib/harness.mjs'
import { change, rows } from '../lib/database.mjs'

// --- the web ---

const html = (name, more = '') => `<!doctype html><title>Title of ${name}</title><h1>Page ${name}</h1><p class="text">The text of ${name} stands here.</p>${more}`
const filler = '<p>Words and <a href="/x">links</a> and more of it.</p>'.repeat(60)
const PAGES = 40, TRIES = 3

const answers = {
	page: (q, r, name) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(html(name, filler)),
	slow: (q, r, name) => setTimeout(() => answers.page(q, r, name), 20 + name.length * 37 % 250),
	flaky: (q, r, name, nth) => nth === 1 ? r.writeHead(503, { 'Content-Type': 'text/html' }).end('no') : answers.page(q, r, name),
	moved: (q, r, name) => r.writeHead(302, { Location: `/page/${name}` }).end(),
	gone: (q, r) => r.writeHead(404, { 'Content-Type': 'text/html' }).end('no'),
	broken: (q, r) => r.writeHead(500).end('no'),
	image: (q, r) => r.writeHead(200, { 'Content-Type': 'image/png' }).end('x'),
	huge: (q, r, name) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(html(name, filler.repeat(400))),
	never: () => {},
}
const failures = { gone: 'FETCH_FAILED', broken: 'FETCH_FAILED', image: 'NON_HTML_RESPONSE', never: 'TIMEOUT' }

/** The sites: nginx with pages and real documents, an origin that is slow, fails and redirects; all that was asked for. */
export async function startWeb(more = {}) {
	const root = tempDir()
	for (let n = 0; n < PAGES; n++)
		fs.writeFileSync(path.join(root, `p${n}.html`), html(`p${n}`, filler.repeat(n % 7)))
	const docs = []
	if (pythonDocs()) {
		fs.symlinkSync(pythonDocs(), path.join(root, 'docs'))
		for (const name of ['json', 'csv', 're', 'time', 'glob', 'uuid', 'shlex', 'bisect', 'heapq', 'copy']) {
			const text = fs.readFileSync(path.join(pythonDocs(), `library/${name}.html`), 'utf8')
			docs.push({ name, title: /<title>([^<]*?)(?: —|&#8212;|<)/.exec(text)[1].replace(/[\u2014—].*/, '').trim().split(' ')[0] })
		}
	}
	const nginx = await startNginx({ root })
	const asked = new Map()	// path -> times of requests
	const table = { ...answers, ...more }
	const origin = await startOrigin((q, r) => {
		const [, kind, name] = q.url.split('/')
		const times = asked.get(q.url) ?? []
		asked.set(q.url, [...times, performance.now()])
		if (table[kind])
			table[kind](q, r, name, times.length + 1)
		else
			r.writeHead(404).end()
	})
	origin.server.keepAliveTimeout = 120000
	origin.requests.length = 0
	return { nginx, origin, docs, asked, hosts: [nginx.host, origin.host] }
}

const mix = ['page', 'nginx', 'nginx', 'doc', 'slow', 'slow', 'flaky', 'moved', 'gone', 'broken', 'image', 'page']
/** One URL and what must come of it: { url, kind, code, name }. Its path is asked for by nobody else. */
export function draw(web, random, label, kinds = mix) {
	const kind = kinds[Math.floor(random() * kinds.length)]
	if (kind === 'doc' && web.docs.length) {
		const doc = web.docs[Math.floor(random() * web.docs.length)]
		return { kind, url: `${web.nginx.url}/docs/library/${doc.name}.html?${label}`, title: doc.title }
	}
	if (kind === 'nginx' || kind === 'doc') {
		const name = `p${Math.floor(random() * PAGES)}`
		return { kind, name, url: `${web.nginx.url}/${name}.html?${label}` }
	}
	return { kind, name: label, url: `${web.origin.url}/${kind}/${label}`, path: `/${kind}/${label}`, code: failures[kind] }
}

/** Judges one outcome against its page. data: an object of selectors or of {title, markdown}. outOfTries: crashes have used up
 * what would have been the tries after a first failure. */
export function judgePage(item, { markdown, data, error }, where, outOfTries = false) {
	const told = `${where} ${item.url}: ${JSON.stringify({ markdown, data, error })?.slice(0, 300)}`
	if (error?.code === 'CANCELLED' && item.mayBeCancelled)
		return
	if (item.kind === 'flaky' && error?.code === 'FETCH_FAILED' && outOfTries)
		return
	if (item.code) {
		assert.equal(error?.code, item.code, told)
		return
	}
	assert.ok(!error, told)
	if (data && 'heading' in data) {
		if (item.name)
			assert.deepEqual(data, { heading: `Page ${item.name}`, text: `The text of ${item.name} stands here.`, none: null }, told)
		else
			assert.ok(data.heading.includes(item.title), told)
		return
	}
	const text = markdown ?? data?.markdown
	assert.ok(item.name ? text?.includes(`# Page ${item.name}\n`) && text.includes(`The text of ${item.name} stands here.`) : text?.includes(item.title), told)
}

// --- the server ---

export class Server {
	constructor({ program = binary, env = {}, disk = null, dir = tempDir() }) {
		this.program = program
		this.dir = dir
		this.more = env
		this.disk = disk
		this.lives = 0
	}
	async prepare(accounts = 3) {
		this.port = await freePort()
		this.url = `http://127.0.0.1:${this.port}`
		this.env = { SCRAPED_DATA: path.join(this.dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${this.port}`, SCRAPED_RATE_PER_MINUTE: 'off',
			SCRAPED_KEY_IN_FLIGHT: 'off', SCRAPED_LOG_LEVEL: 'info', SCRAPED_JOB_RETRY_MS: '30ms', SCRAPED_JOB_TRIES: String(TRIES), SCRAPED_DRAIN_MS: '2s', ...this.more }
		this.keys = []
		for (let i = 0; i < accounts; i++)
			this.keys.push(this.key(i === 0 ? null : `acc_crash${i}`))
		return this
	}
	/** A key of an account (NULL: the local one), made in the store. */
	key(account) {
		const made = run(this.program, ['key', 'create', '--name', account ?? 'test'], { env: this.env })
		assert.equal(made.status, 0, made.err)
		if (account) {
			change(this, 'INSERT INTO accounts (id, name, created_ms) VALUES (?, ?, 0) ON CONFLICT DO NOTHING', account, account)
			assert.equal(change(this, 'UPDATE api_keys SET account_id = ? WHERE name = ?', account, account), 1)
		}
		return made.out.trim()
	}
	launch() {
		this.lives++
		this.began = performance.now()
		this.child = start(this.program, ['serve'], { env: { ...this.env, ...this.disk?.env } })
		this.up = false
		onFinish(() => { this.child.kill('SIGKILL'); return this.child.ended })
		return this.child
	}
	/** Milliseconds from exec to the first 200 of /v1/ready. */
	async ready(timeoutMs = 60000) {
		const child = this.child
		for (const end = performance.now() + timeoutMs;;) {
			const status = await send(`${this.url}/v1/ready`).then(r => r.status, () => 0)
			if (status === 200) {
				this.up = true
				return performance.now() - this.began
			}
			if (child.exitCode !== null || child.signalCode !== null || performance.now() > end)
				throw new Error(`it did not become ready: ${child.exitCode ?? child.signalCode}\n${child.err.slice(-3000)}`)
			await delay(1)
		}
	}
	async kill(signal = 'SIGKILL', graceMs = 0) {
		this.up = false
		const child = this.child
		child.kill(signal)
		if (signal !== 'SIGKILL' && graceMs) {
			const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
			await child.ended
			clearTimeout(timer)
		}
		const status = await child.ended
		this.judgeLog(child)
		return status
	}
	judgeLog(child) {
		assert.ok(!/AddressSanitizer|runtime error:|LeakSanitizer|check\.failed/.test(child.err), child.err.slice(-4000))
	}
	/** { status, json, headers, text }; throws when no answer came. */
	call(method, target, { key = this.keys[0], body, headers = {} } = {}) {
		const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body))
		return new Promise((done, fail) => {
			const q = http.request({ host: '127.0.0.1', port: this.port, path: target, method, agent: false, headers: { Authorization: `Bearer ${key}`,
				...(bytes ? { 'Content-Type': 'application/json', 'Content-Length': bytes.length } : {}), ...headers } }, r => {
				const parts = []
				r.on('data', part => parts.push(part)).on('error', fail).on('aborted', () => fail(new Error('aborted')))
				r.on('end', () => {
					const text = Buffer.concat(parts).toString()
					let json
					try {
						json = JSON.parse(text)
					} catch {
						json = undefined
					}
					if (!r.complete)
						return fail(new Error('cut off'))
					done({ status: r.statusCode, headers: r.headers, text, json })
				})
			})
			q.on('error', fail)
			q.setTimeout(60000, () => q.destroy(new Error('no answer')))
			q.end(bytes)
		})
	}
	async get(target, key) {
		const r = await this.call('GET', target, { key })
		assert.equal(r.status, 200, `${target}: ${r.status} ${r.text.slice(0, 500)}`)
		return r.json
	}
	/** Rows of the store, read from a copy (this process must not touch the files of a watched folder). */
	rows(sql, ...args) {
		const copy = tempDir()
		for (const name of fs.readdirSync(this.env.SCRAPED_DATA).filter(name => /^scraped\.db(-wal)?$/.test(name)))
			fs.copyFileSync(path.join(this.env.SCRAPED_DATA, name), path.join(copy, name))
		const got = rows({ env: { SCRAPED_DATA: copy } }, sql, ...args)
		fs.rmSync(copy, { recursive: true })
		return got
	}
}

// --- webhooks ---

/** A receiver that keeps what arrives: deliveries { id, job, status, signature, ... }. */
export async function startReceiver(answer = () => 204) {
	const got = []
	const origin = await startOrigin((q, r) => {
		const parts = []
		q.on('data', part => parts.push(part))
		q.on('end', () => {
			const body = Buffer.concat(parts).toString()
			got.push({ at: performance.now(), path: q.url, body, json: JSON.parse(body), id: q.headers['webhook-id'],
				timestamp: q.headers['webhook-timestamp'], signature: q.headers['webhook-signature'] })
			r.writeHead(answer(q, got.length)).end()
		})
	})
	return { ...origin, got }
}

/** Standard Webhooks: one of the signatures is that of this secret. */
export function signatureFits({ id, timestamp, body, signature }, secret) {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
	const want = `v1,${crypto.createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
	return signature.split(' ').includes(want)
}

// --- jobs ---

const finals = new Set(['completed', 'partial', 'failed', 'cancelled'])
export const isFinal = status => finals.has(status)
const selectors = { heading: 'h1', text: { css: 'p.text' }, none: 'nosuchelement' }

/** A caller who submits jobs, remembers what was accepted, and judges it. */
export class Caller {
	constructor(server, web, random, { hook = null, kinds, most = 12 } = {}) {
		Object.assign(this, { server, web, random, hook, kinds, most })
		this.jobs = []
		this.count = 0
	}
	plan() {
		const r = this.random, n = ++this.count, page = r() < 0.3
		const job = { n, page, key: this.server.keys[Math.floor(r() * this.server.keys.length)], name: `job ${n}`,
			idempotency: r() < 0.6 ? `key-${n}` : null, hook: !page && this.hook && r() < 0.4, picks: !page && r() < 0.4, cancel: r() < 0.1, sent: 0 }
		const count = page ? 1 + Math.floor(r() * 5) : 1 + Math.floor(r() ** 2 * this.most)
		job.items = Array.from({ length: count }, (_, i) => draw(this.web, r, `j${n}-${i}`, this.kinds))
		for (const item of job.items)
			item.mayBeCancelled = job.cancel
		this.jobs.push(job)
		return job
	}
	async submit(job) {
		const urls = job.items.map(item => item.url)
		job.sent++
		const headers = job.idempotency ? { 'Idempotency-Key': job.idempotency } : {}
		const body = job.page ? { urls, mode: 'async', config: { jitterMs: { min: 0, max: 0 }, noCache: true, timeoutMs: 20000 } }
			: { name: job.name, urls, ...(job.picks ? { selectors } : {}), ...(job.hook ? { webhook: `${this.hook.url}/hook` } : {}) }
		const r = await this.server.call('POST', job.page ? '/v1/scrape' : '/v1/jobs', { key: job.key, body, headers })
		if (r.status === 503)	// while it stops or its disk is full: nothing was accepted
			return false
		assert.ok(r.status === 201 || r.status === 202 || (r.status === 200 && job.sent > 1), `${r.status} ${r.text.slice(0, 500)}`)
		const id = job.page ? r.json.jobId : r.json.job.id
		assert.match(id, /^job_/)
		assert.ok(!job.id || job.id === id, `the same Idempotency-Key gave ${job.id} and ${id}`)
		job.id = id
		return true
	}
	/** Submits until told to stop; answers that got lost are asked for again when the server is back (with a key). */
	async work(going) {
		while (going()) {
			const again = this.jobs.find(job => job.lost && job.idempotency && !job.busy)
			const job = again ?? this.plan()
			job.busy = true
			try {
				if (await this.submit(job))
					job.lost = false
				else
					job.lost = true
				if (job.id && job.cancel && this.random() < 0.7)
					await this.cancel(job)
				if (job.id && this.random() < 0.15)
					await this.look(job)
				if (job.id && job.idempotency && this.random() < 0.1)
					await this.submit(job)
			} catch (e) {
				if (e instanceof assert.AssertionError)
					throw e
				job.lost = job.lost ?? !job.id
				return	// the server is gone
			} finally {
				job.busy = false
			}
		}
	}
	async cancel(job) {
		const r = await this.server.call('DELETE', `/v1/jobs/${job.id}`, { key: job.key })
		assert.ok(r.status === 200 || r.status === 409, `${r.status} ${r.text}`)
		if (r.status === 200)
			job.cancelled = true
	}
	/** The job as it is told now, in one shape: { status, total, done, failed }. */
	async look(job) {
		const j = await this.server.get(`/v1/jobs/${job.id}?limit=1`, job.key)
		const now = job.page ? { status: j.status, total: j.totalCount, good: j.successCount, failed: j.failureCount, done: j.completedCount }
			: { status: j.job.status, total: j.job.totalUrls, good: j.job.completedUrls, failed: j.job.failedUrls, done: j.job.completedUrls + j.job.failedUrls }
		assert.equal(now.total, job.items.length)
		if (job.final)
			assert.equal(now.status, job.final, `${job.id} ended twice`)
		if (isFinal(now.status) && !job.final) {
			job.final = now.status
			job.finalAt = performance.now()
		}
		return now
	}
	/** What was accepted, with its answer or without: jobs that are there but whose id nobody told are found by their URLs. */
	async findLost() {
		const known = new Map(this.jobs.filter(job => job.id).map(job => [job.id, job]))
		for (const key of this.server.keys)
			for (let offset = 0, page; page?.length !== 0; offset += 100) {
				page = (await this.server.get(`/v1/jobs?limit=100&offset=${offset}`, key)).jobs
				for (const { id } of page) {
					if (known.has(id)) {
						assert.equal(known.get(id).key, key)
						known.get(id).listed = true
						continue
					}
					const first = await until(async () => (await this.results(id, key))[0], `a result of ${id}`, 120000)
					const job = this.jobs.find(one => one.items[0].url === first.url)
					assert.ok(job && job.key === key, `${id} is nobody's: ${first.url}`)
					assert.ok(!job.id && !job.idempotency, `${id} doubles ${job.id}`)
					Object.assign(job, { id, listed: true, lost: false })
					known.set(id, job)
				}
			}
		for (const job of this.jobs)
			assert.ok(!job.id || job.listed, `${job.id} (${job.name}) was accepted and is gone`)
	}
	async results(id, key) {
		const all = []
		for (let target = `/v1/jobs/${id}/results?limit=100`; target;) {
			const r = await this.server.call('GET', target, { key })
			if (r.status === 409 && r.json?.error?.code === 'NOT_READY')
				return []
			assert.equal(r.status, 200, r.text.slice(0, 500))
			all.push(...r.json.results)
			target = r.json.resultsNext ?? null
		}
		return all
	}
	/** Waits for all that was accepted. */
	async settle(timeoutMs = 180000) {
		const open = () => this.jobs.filter(job => job.id && !job.final)
		await until(async () => {
			for (const job of open())
				if (!isFinal((await this.look(job)).status))
					return false
			return true
		}, 'all jobs end', timeoutMs).catch(e => {
			throw new Error(`${e.message}; open: ${open().slice(0, 5).map(job => `${job.id} ${job.name}`)}`)
		})
	}
	/** The whole truth about each job; what is told is kept for a later comparison. */
	async judge() {
		let urls = 0
		for (const job of this.jobs.filter(one => one.id)) {
			const now = await this.look(job)
			assert.ok(isFinal(now.status), `${job.id}: ${now.status}`)
			assert.equal(now.done, job.items.length, `${job.id}: ${JSON.stringify(now)}`)
			const list = await this.results(job.id, job.key)
			assert.deepEqual(list.map(one => one.url), job.items.map(item => item.url), `${job.id}: one outcome for each URL, in order`)
			const tries = list.some((one, i) => one.error && job.items[i].kind === 'flaky')
				? this.server.rows('SELECT tries FROM items WHERE job_id = ? ORDER BY seq', job.id).map(row => Number(row.tries)) : []
			list.forEach((one, i) => judgePage(job.items[i], one, job.id, tries[i] >= TRIES))
			const bad = list.filter(one => one.error).length
			assert.deepEqual([now.good, now.failed], [list.length - bad, bad], `${job.id}: counts`)
			const want = bad === 0 ? 'completed' : bad === list.length ? 'failed' : 'partial'
			if (now.status === 'cancelled' ? !job.cancel : now.status !== want)
				assert.fail(`${job.id} is ${now.status}, its results say ${want}`)
			if (job.cancelled)
				assert.equal(now.status, 'cancelled')
			const text = JSON.stringify([now, list])
			assert.ok(!job.told || job.told === text, `${job.id} reads otherwise than before`)
			job.told = text
			urls += list.length
		}
		return urls
	}
	/** Requests to URLs of jobs after they had been seen to be over; how often URLs were asked for again. */
	judgeRequests() {
		let again = 0
		for (const job of this.jobs.filter(one => one.id && one.final !== 'cancelled'))
			for (const item of job.items.filter(one => one.path)) {
				const times = this.web.asked.get(item.path) ?? []
				const late = times.filter(at => at > job.finalAt)
				assert.equal(late.length, 0, `${item.url} was asked for after ${job.id} had ended`)
				assert.ok(times.length > 0, `${item.url} was never asked for`)
				again += times.length - 1
			}
		return again
	}
	/** Each job with a webhook: told at least once, under one id, signed, in its final state. */
	async judgeHooks() {
		const jobs = this.jobs.filter(job => job.id && job.hook)
		const mine = id => this.hook.got.filter(one => (one.json.job?.id ?? one.json.jobId) === id)
		await until(() => jobs.every(job => mine(job.id).length > 0), 'all webhooks', 60000).catch(() => {
			const lost = jobs.filter(job => mine(job.id).length === 0).map(job => job.id)
			throw new Error(`no webhook for ${lost.length} of ${jobs.length} jobs: ${lost.slice(0, 5)}: ${JSON.stringify(this.server.rows('SELECT * FROM deliveries WHERE job_id = ?', lost[0]))}`)
		})
		const secrets = this.server.rows('SELECT secret FROM endpoints').map(row => row.secret)
		let copies = 0
		for (const job of jobs) {
			const got = mine(job.id)
			assert.equal(new Set(got.map(one => one.id)).size, 1, 'one webhook-id')
			for (const one of got) {
				assert.ok(secrets.some(secret => signatureFits(one, secret)), 'the signature')
				assert.equal(one.json.job.status, job.final)
			}
			copies += got.length - 1
		}
		return { jobs: jobs.length, copies }
	}
}
