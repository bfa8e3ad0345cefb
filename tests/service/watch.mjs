// SPDX-License-Identifier: Apache-2.0
// What the service's tests look at from outside: its gauges, its process, its health, its log.
import fs from 'node:fs'
import http from 'node:http'
import { assert, createKey, send, until } from '../lib/harness.mjs'

/** The release program, for figures; null where only a sanitizer build is there. */
export const release = process.env.SCRAPED_RELEASE ?? null

/** Every code that an answer may carry (docs/rest.md). */
export const codes = new Set(['INVALID_URL', 'UNSUPPORTED_SCHEME', 'TOO_MANY_URLS', 'INVALID_REQUEST', 'UNAUTHORIZED',
	'PRIVATE_NETWORK_TARGET', 'USER_DISABLED', 'INSUFFICIENT_SCOPE', 'FORBIDDEN', 'NOT_FOUND', 'METHOD_NOT_ALLOWED',
	'REQUEST_TIMEOUT', 'PAYLOAD_TOO_LARGE', 'URI_TOO_LONG', 'UNSUPPORTED_MEDIA_TYPE', 'HEADERS_TOO_LARGE',
	'NON_HTML_RESPONSE', 'RATE_LIMITED', 'NOT_IMPLEMENTED', 'FETCH_FAILED', 'OVERLOADED', 'TIMEOUT', 'HTTP_VERSION',
	'NOT_ACCEPTABLE'])

/** Resident memory in MB and open descriptors. */
export const memory = pid => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
export const peak = pid => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
export const descriptors = pid => fs.readdirSync(`/proc/${pid}/fd`).length

/** Gives a function that reads /metrics: name with labels -> number. */
export function gauges(scraped) {
	const key = createKey(scraped.env, ['--scopes', 'metrics:read'])
	return async () => {
		const { status, text } = await send(`${scraped.url}/metrics`, { headers: { Authorization: `Bearer ${key}` } })
		assert.equal(status, 200, text)
		return Object.fromEntries(text.split('\n').filter(line => line && !line.startsWith('#'))
			.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
	}
}

/** Waits until nothing runs or waits any more (the one connection is that which asks). */
export function quiet(read) {
	const names = ['scraped_queue_length{queue="desk"}', 'scraped_queue_length{queue="fetch"}',
		'scraped_queue_length{queue="writer"}', 'scraped_transfers', 'scraped_body_memory_bytes',
		'scraped_answer_memory_bytes']
	let last
	return until(async () => {
		last = await read()
		for (const name of names)
			assert.equal(last[name], 0, name)
		assert.equal(last.scraped_connections, 1, 'scraped_connections')
		return true
	}, 'gauges back at rest')
}

/** Asks for health on one kept connection until stop(), which gives the times of all answers in ms, sorted. */
export function watchHealth(port) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
	const times = [], bad = []
	let stopped = false
	const ask = () => new Promise(done => {
		const began = performance.now()
		http.get({ host: '127.0.0.1', port, path: '/v1/health', agent }, r => {
			if (r.statusCode !== 200)
				bad.push(r.statusCode)
			r.resume().on('end', () => { times.push(performance.now() - began); done() })
		}).on('error', e => { bad.push(e.message); done() })
	})
	const ended = (async () => {
		while (!stopped) {
			await ask()
			await new Promise(done => setTimeout(done, 10))
		}
		agent.destroy()
	})()
	return {
		async stop() {
			stopped = true
			await ended
			assert.deepEqual(bad, [], 'health was answered throughout')
			assert.ok(times.length > 0)
			times.sort((a, b) => a - b)
			return { n: times.length, p50: at(times, 0.5), p99: at(times, 0.99), max: times.at(-1) }
		},
	}
}
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]

export const show = h => `${h.n} answers, p50 ${h.p50.toFixed(1)} ms, p99 ${h.p99.toFixed(1)} ms, max ${h.max.toFixed(1)} ms`

/** Runs job(i) for i in 0..n-1, `width` at a time; the list of results. */
export async function crowd(n, width, job) {
	const results = new Array(n)
	let next = 0
	await Promise.all(Array.from({ length: Math.min(width, n) }, async () => {
		for (let i; (i = next++) < n;)
			results[i] = await job(i)
	}))
	return results
}

/** One scrape over an agent's connections: { status, headers, json, text } or { broken }. */
export function scrape(scraped, body, { agent, key = scraped.key, signal, path = '/v1/scrape' } = {}) {
	const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
	return new Promise(done => {
		const q = http.request({ host: '127.0.0.1', port: scraped.port, path, method: 'POST', agent: agent ?? false, signal, headers: {
			Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Content-Length': bytes.length } }, r => {
			const parts = []
			r.on('data', part => parts.push(part))
			r.on('error', e => done({ broken: e.message }))
			r.on('end', () => {
				const text = Buffer.concat(parts).toString()
				let json
				try {
					json = JSON.parse(text)
				} catch {
					json = undefined
				}
				done({ status: r.statusCode, headers: r.headers, json, text })
			})
		})
		q.on('error', e => done({ broken: e.message }))
		q.end(bytes)
	})
}

/** A log holds no secret and no control character, and each of its lines is key=value. */
export function judgeLog(text, secrets) {
	for (const secret of secrets)
		assert.ok(!text.includes(secret), `the log holds ${secret.slice(0, 12)}...`)
	const odd = /[\x00-\x09\x0b-\x1f\x7f]/.exec(text)
	assert.equal(odd, null, odd && `the log holds a control character: ${JSON.stringify(text.slice(odd.index - 80, odd.index + 20))}`)
	assert.ok(!/ERROR: AddressSanitizer|runtime error:|check\.failed/.test(text), text.slice(-3000))
}

export const counts = list => Object.fromEntries([...list.reduce((m, k) => m.set(k, (m.get(k) ?? 0) + 1), new Map())].sort())
