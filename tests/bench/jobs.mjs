// SPDX-License-Identifier: Apache-2.0
// 1,000 real pages from a local nginx (gzip) as one durable job, 64 at a time, beside the same list through a Node batch in
// memory (undici + mdream) and a libcurl loop that only fetches and unpacks; what a claim costs as the queue grows; how soon a
// killed server is back. `node jobs.mjs SCRAPED TOOLS-DIR [ROUNDS]`.
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { startNginx } from './origin.mjs'
import { loadPages } from './pages.mjs'
import { cpuSeconds, dir, freePort, here, listening, resetPeak, start, status, stopAll } from './process.mjs'
import { median, printTable } from './table.mjs'

const [binary, tools, rounds = '3'] = process.argv.slice(2)
const TOTAL = 1000, WIDTH = 64
const json = text => JSON.parse(text)
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

async function startScraped(name, origins, more = {}) {
	const port = await freePort()
	const env = { SCRAPED_DATA: path.join(dir, name), SCRAPED_LISTEN: `127.0.0.1:${port}`, SCRAPED_LOG_LEVEL: 'error', SCRAPED_RATE_PER_MINUTE: 'off',
		SCRAPED_FETCH_PER_HOST: 'off', SCRAPED_JOB_PER_HOST: String(WIDTH), SCRAPED_JOB_IN_FLIGHT: String(WIDTH), SCRAPED_CACHE_BYTES: 'off',
		SCRAPED_ALLOW_TARGETS: origins.map(p => `127.0.0.1:${p}`).join(','), ...more }
	const key = execFileSync(binary, ['key', 'create'], { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
	const run = () => start(binary, ['serve'], env)
	const child = run()
	await listening(port)
	return { port, key, child, run, pid: child.pid }
}

async function ask(service, method, target, body) {
	const r = await fetch(`http://127.0.0.1:${service.port}${target}`, { method, headers: { authorization: `Bearer ${service.key}`,
		...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body) })
	return { status: r.status, body: await r.json() }
}

async function durable(service, urls) {
	resetPeak(service.pid)
	const cpu = cpuSeconds(service.pid), began = process.hrtime.bigint()
	const made = await ask(service, 'POST', '/v1/jobs', { urls })
	const accepted = Number(process.hrtime.bigint() - began) / 1e6
	for (;;) {
		const { body } = await ask(service, 'GET', `/v1/jobs/${made.body.job.id}?dialect=page`)
		const seconds = Number(process.hrtime.bigint() - began) / 1e9
		if (!['queued', 'running'].includes(body.status))
			return { seconds, accepted, cpu: cpuSeconds(service.pid) - cpu, rss: status(service.pid, 'VmHWM'), bad: TOTAL - body.successCount }
		await pause(20)
	}
}

function tool(command, args) {
	const r = json(execFileSync(command, args, { encoding: 'utf8' }))
	return { seconds: r.seconds, cpu: r.cpu, rss: r.rss / 1024, bad: r.done - r.ok }
}

const middle = (list, key) => median(list.map(r => r[key]))
const show = (list, key, digits) => (list[0][key] === undefined ? '-' : middle(list, key).toFixed(digits))

async function pages() {
	const { from, pages } = loadPages()
	const mean = pages.reduce((sum, p) => sum + p.length, 0) / pages.length / 1000
	const nginx = await startNginx(pages)
	const urls = Array.from({ length: TOTAL }, (_, i) => `http://127.0.0.1:${nginx}/${i % pages.length}`)
	const file = path.join(dir, 'urls')
	fs.writeFileSync(file, urls.join('\n') + '\n')
	const service = await startScraped('data', [nginx])
	const seen = { 'scraped, durable job': [], 'node: undici + mdream, in memory': [], 'limit: libcurl, fetch + inflate': [] }
	const [ours, node, limit] = Object.values(seen)
	await durable(service, urls.slice(0, 200))
	for (let r = 0; r < Number(rounds); r++) {
		ours.push(await durable(service, urls))
		node.push(tool(process.execPath, [path.join(here, 'batch_peer.mjs'), file, String(WIDTH)]))
		limit.push(tool(path.join(tools, 'limit'), [file, String(WIDTH), String(TOTAL)]))
	}
	printTable(`jobs: ${TOTAL} pages of mean ${mean.toFixed(0)} KB (${from}), ${WIDTH} at a time, uncached, median of ${rounds} interleaved rounds`,
		['', 'wall s', 'CPU-s', 'peak MB', 'accepted after ms', 'failed'],
		Object.entries(seen).map(([name, l]) => [name, show(l, 'seconds', 2), show(l, 'cpu', 2), show(l, 'rss', 0), show(l, 'accepted', 1), middle(l, 'bad')]))
}

function claims() {
	const out = execFileSync(path.join(path.dirname(binary), 'drivers/claim_driver'), [path.join(dir, 'claims')], { encoding: 'utf8' })
	const rows = out.trim().split('\n').map(json)
	printTable('jobs: claiming 64 items', ['waiting items', 'us a claim', 'memory B an item'],
		rows.map(r => [r.waiting, r.us_per_claim.toFixed(0), r.bytes_per_item === undefined ? '-' : r.bytes_per_item.toFixed(0)]))
}

/** An origin that never answers; `asked` resolves at the next request. */
async function silentOrigin() {
	let told
	const server = http.createServer(() => told?.()).listen(0, '127.0.0.1')
	await new Promise(resolve => server.once('listening', resolve))
	return { port: server.address().port, asked: () => new Promise(resolve => { told = resolve }), close: () => { server.closeAllConnections(); server.close() } }
}

async function restart() {
	const origin = await silentOrigin()
	const service = await startScraped('data-restart', [origin.port])
	const found = { ready: [], orphan: [] }
	let asked = origin.asked()
	await ask(service, 'POST', '/v1/jobs', { urls: Array.from({ length: TOTAL }, (_, i) => `http://127.0.0.1:${origin.port}/${i}`) })
	await asked
	for (let r = 0; r < Math.max(5, Number(rounds)); r++) {
		const gone = new Promise(resolve => service.child.once('exit', resolve))
		service.child.kill('SIGKILL')
		await gone
		asked = origin.asked()
		const began = process.hrtime.bigint(), since = () => Number(process.hrtime.bigint() - began) / 1e6
		service.child = service.run()
		await listening(service.port)
		const up = await fetch(`http://127.0.0.1:${service.port}/v1/ready`)
		found.ready.push(up.ok ? since() : NaN)
		await asked
		found.orphan.push(since())
	}
	origin.close()
	printTable(`jobs: after kill -9 with ${TOTAL} URLs open`, ['', 'median ms', 'worst ms'],
		[['ready', median(found.ready).toFixed(0), Math.max(...found.ready).toFixed(0)],
			['an orphan runs again', median(found.orphan).toFixed(0), Math.max(...found.orphan).toFixed(0)]])
}

try {
	await pages()
	claims()
	await restart()
} finally {
	stopAll()
}
