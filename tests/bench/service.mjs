// SPDX-License-Identifier: Apache-2.0
// Real pages from a local nginx (gzip) through POST /v1/scrape, uncached, beside a Node service (undici + mdream) and the
// limit (a libcurl loop that only fetches and unpacks). Interleaved rounds, medians.
// `node service.mjs SCRAPED TOOLS-DIR [ROUNDS]`; TOOLS-DIR holds loadgen, limit and late_origin.
import fs from 'node:fs'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { startNginx } from './origin.mjs'
import { loadPages } from './pages.mjs'
import { cpuSeconds, dir, freePort, here, listening, resetPeak, start, status, stopAll } from './process.mjs'
import { median, printTable } from './table.mjs'

const [binary, tools, rounds = '3'] = process.argv.slice(2)
async function startScraped(origins) {
	const port = await freePort()
	const env = { SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${port}`, SCRAPED_LOG_LEVEL: 'error', SCRAPED_RATE_PER_MINUTE: 'off',
		SCRAPED_KEY_IN_FLIGHT: 'off', SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_CACHE_BYTES: 'off', SCRAPED_MAX_CONNECTIONS_PER_IP: 'off',
		SCRAPED_DESK_QUEUE: '4096', SCRAPED_ALLOW_TARGETS: origins.map(p => `127.0.0.1:${p}`).join(',') }
	const key = execFileSync(binary, ['key', 'create'], { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
	const child = start(binary, ['serve'], env)
	const ready = await listening(port)
	return { name: 'scraped', port, pid: child.pid, key, ready }
}

async function startPeer() {
	const port = await freePort()
	const child = start(process.execPath, [path.join(here, 'peer.mjs'), String(port)])
	const ready = await listening(port)
	return { name: 'node: undici + mdream', port, pid: child.pid, key: 'x', ready }
}

function requestFile(service, urls) {
	const file = path.join(dir, `requests-${service.port}-${urls.length}-${new URL(urls[0]).port}`)
	fs.writeFileSync(file, urls.map(url => {
		const body = JSON.stringify({ urls: [url] })
		const text = `POST /v1/scrape HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\nAuthorization: Bearer ${service.key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
		return `${text.length}\n${text}`
	}).join(''))
	return file
}

const json = text => JSON.parse(text)
function load(service, urls, connections, total) {
	resetPeak(service.pid)
	const before = cpuSeconds(service.pid)
	const r = json(execFileSync(path.join(tools, 'loadgen'), ['127.0.0.1', String(service.port), String(connections), String(total), requestFile(service, urls)], { encoding: 'utf8' }))
	return { rate: r.done / r.seconds, cpu: (cpuSeconds(service.pid) - before) / r.done * 1000, p50: r.p50_ms, p99: r.p99_ms, rss: status(service.pid, 'VmHWM'), bad: total - r.ok }
}

function limit(urls, connections, total) {
	const file = path.join(dir, `urls-${new URL(urls[0]).port}`)
	fs.writeFileSync(file, urls.join('\n') + '\n')
	const r = json(execFileSync(path.join(tools, 'limit'), [file, String(connections), String(total)], { encoding: 'utf8' }))
	return { rate: r.done / r.seconds, cpu: r.cpu / r.done * 1000, p50: 0, p99: 0, rss: r.rss / 1024, bad: total - r.ok }
}

const middle = (list, key) => median(list.map(r => r[key]))
function row(name, list) {
	const show = (key, digits) => (middle(list, key) ? middle(list, key).toFixed(digits) : '-')
	return [name, show('rate', 0), show('cpu', 2), show('p50', 2), show('p99', 1), show('rss', 0), middle(list, 'bad')]
}
const columns = ['', 'pages/s', 'CPU-s/1000', 'p50 ms', 'p99 ms', 'peak MB', 'not 200']

async function main() {
	const { from, pages } = loadPages()
	const mean = pages.reduce((sum, p) => sum + p.length, 0) / pages.length / 1000
	const nginx = await startNginx(pages)
	const late = await freePort()
	start(path.join(tools, 'late_origin'), [String(late), '200', ...pages.map((_, i) => path.join(dir, 'www', `${i}.gz`))])
	await listening(late)
	const scraped = await startScraped([nginx, late])
	await new Promise(resolve => setTimeout(resolve, 500))
	const idle = status(scraped.pid, 'VmRSS')
	const services = [scraped, await startPeer()]
	const urls = pages.map((_, i) => `http://127.0.0.1:${nginx}/${i}`)
	const lateUrls = pages.map((_, i) => `http://127.0.0.1:${late}/${i}`)
	for (const s of services)
		load(s, urls, 8, Math.min(400, 2 * pages.length))
	for (const [connections, total] of [[1, 400], [8, 1200], [64, 1200]]) {
		const seen = new Map([...services.map(s => [s.name, []]), ['limit: libcurl, fetch + inflate', []]])
		for (let r = 0; r < Number(rounds); r++) {
			for (const s of services)
				seen.get(s.name).push(load(s, urls, connections, total))
			seen.get('limit: libcurl, fetch + inflate').push(limit(urls, connections, total))
		}
		printTable(`service: ${pages.length} pages of mean ${mean.toFixed(0)} KB (${from}), ${connections} at a time, uncached, median of ${rounds} interleaved rounds`,
			columns, [...seen].map(([name, list]) => row(name, list)))
	}
	const waves = new Map([...services.map(s => [s.name, []]), ['limit: libcurl, fetch + inflate', []]])
	for (let r = 0; r < Number(rounds); r++) {
		for (const s of services)
			waves.get(s.name).push(load(s, lateUrls, 500, 2000))
		waves.get('limit: libcurl, fetch + inflate').push(limit(lateUrls, 500, 2000))
	}
	printTable('service: 500 at a time at an origin that takes 200 ms', columns, [...waves].map(([name, list]) => row(name, list)))
	printTable('service: start', ['', 'listening after ms', 'idle MB'], services.map(s => [s.name, s.ready.toFixed(0), s === scraped ? idle.toFixed(1) : '-']))
}

try {
	await main()
} finally {
	stopAll()
}
