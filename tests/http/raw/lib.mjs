// SPDX-License-Identifier: Apache-2.0
// The raw suite's tools: a door to knock at, a socket that sends exactly what it is told, and cases.
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import net from 'node:net'
import tls from 'node:tls'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const drivers = process.env.SCRAPED_DRIVERS ?? path.join(root, 'build/san/drivers')
export const driver = path.join(drivers, 'door_driver')
export const scratch = mkdtempSync(path.join(tmpdir(), 'door-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

export const PATIENCE = 90000 // ms until something that must happen counts as not happening
const doors = new Set()

export function fail(why) { throw new Error(why) }
export function same(got, want, what) {
	if (JSON.stringify(got) !== JSON.stringify(want))
		fail(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}
export function sure(cond, why) { if (!cond) fail(why) }

// Looks again and again until `look` gives something true.
export async function until(look, what, ms = PATIENCE) {
	const end = Date.now() + ms
	for (;;) {
		const got = await look()
		if (got) return got
		if (Date.now() > end) fail(`waited in vain: ${what}`)
		await new Promise(go => setTimeout(go, 10))
	}
}

class Door {
	constructor(flags, limit, env) {
		const args = []
		for (const [k, v] of Object.entries({ listen: '127.0.0.1:0', ...flags }))
			args.push(`--${k}`, String(v))
		this.proc = limit
			? spawn('sh', ['-c', `ulimit -n ${limit}; exec "$0" "$@"`, driver, ...args], { env })
			: spawn(driver, args, { env })
		this.out = ''
		this.err = ''
		this.proc.stdout.on('data', d => { this.out += d })
		this.proc.stderr.on('data', d => { this.err += d })
		this.ended = new Promise(done => this.proc.on('close', (code, signal) => {
			this.code = code ?? signal
			doors.delete(this)
			done(this.code)
		}))
		doors.add(this)
	}
	async ready() {
		await until(() => this.code !== undefined || this.out.includes('listening'), 'the door opens')
		const at = /listening (.*):(\d+)/.exec(this.out)
		if (!at) fail(`the door did not open: ${this.err}`)
		this.host = at[1].replace(/[[\]]/g, '')
		this.port = Number(at[2])
		return this
	}
	wire(options = {}) { return new Wire(this, options) }
	// One request on a connection of its own.
	async ask(head, body = '', options = {}) {
		const w = this.wire(options)
		w.send(head.includes('\r\n\r\n') ? head + body : `${head}\r\nHost: localhost\r\n\r\n${body}`)
		const reply = await w.reply()
		w.destroy()
		return reply
	}
	async state() { return JSON.parse((await this.ask('GET /state HTTP/1.1')).body) }
	ticks() { // CPU time used, in hundredths of a second
		const stat = readFileSync(`/proc/${this.proc.pid}/stat`, 'latin1')
		const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
		return Number(f[11]) + Number(f[12])
	}
	memory(what = 'VmRSS') {
		return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${this.proc.pid}/status`, 'latin1'))[1]) * 1024
	}
	signal(name = 'SIGTERM') { this.proc.kill(name) }
	async gone() {
		await until(() => this.code !== undefined, 'the door ends', 60000)
		if (/Sanitizer|runtime error/.test(this.err)) fail(this.err.slice(-3000))
		return this.code
	}
	async stop() {
		this.signal()
		const code = await this.gone()
		if (code !== 0) fail(`the door ended with ${code}: ${this.err.slice(-3000)}`)
	}
}
export async function door(flags = {}, limit = 0, env = {}) {
	sure(existsSync(driver), `${driver} is not there (set SCRAPED_DRIVERS)`)
	return new Door(flags, limit, { ...process.env, ...env }).ready()
}
// A door that must not open: what it says.
export async function refused(flags) {
	const d = new Door(flags, 0, process.env)
	await d.gone()
	sure(d.code === 1 || d.code === 2, `it ended with ${d.code}: ${d.err}`)
	return d.err
}
// While `work` runs the door may use almost no CPU: a loop that spins uses all it can get, which is a good part of the time
// also on a busy machine (a tick is 10 ms).
export async function quiet(d, work, most = 12) {
	const before = d.ticks(), began = Date.now()
	const result = await work()
	const used = d.ticks() - before, passed = (Date.now() - began) / 10
	sure(used <= Math.max(most, passed / 4), `the door used ${used} ticks of CPU for nothing, of ${passed | 0}`)
	return result
}

// Until the door rests: what it was given to do is done. One that spins never does.
export async function rests(d) {
	let before = d.ticks()
	await until(async () => {
		await new Promise(go => setTimeout(go, 200))
		const now = d.ticks(), used = now - before
		before = now
		return used <= 3
	}, 'the door rests')
}

// A chunked body: what was in its chunks, and whether its last chunk came.
export function dechunk(bytes) {
	const parts = []
	for (let at = 0; ;) {
		const end = bytes.indexOf('\r\n', at)
		if (end < 0) return { body: Buffer.concat(parts), whole: false }
		const line = bytes.subarray(at, end).toString('latin1')
		sure(/^[0-9a-f]+$/.test(line), `not the size of a chunk: ${line.slice(0, 100)}`)
		const size = parseInt(line, 16), next = end + 2 + size
		if (size === 0) {
			same(bytes.subarray(at).toString('latin1'), '0\r\n\r\n', 'the end of a chunked body')
			return { body: Buffer.concat(parts), whole: true }
		}
		parts.push(bytes.subarray(end + 2, next))
		if (bytes.length < next + 2) return { body: Buffer.concat(parts), whole: false }
		same(bytes.subarray(next, next + 2).toString('latin1'), '\r\n', 'the end of a chunk')
		at = next + 2
	}
}

export class Wire {
	constructor(d, { secure = false, pause = false, localAddress, socket } = {}) {
		this.kept = Buffer.alloc(0)
		this.fresh = []
		this.over = false
		const options = { host: d.host, port: d.port, localAddress }
		this.socket = socket ?? (secure
			? tls.connect({ ...options, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
			: net.connect(options))
		this.socket.setNoDelay(true)
		this.open = new Promise((ok, no) => {
			this.socket.once(secure ? 'secureConnect' : 'connect', ok)
			this.socket.once('error', no)
		})
		this.open.catch(() => {})
		this.socket.on('data', b => this.fresh.push(b))
		this.socket.on('error', e => { this.error = e.code; this.over = true })
		this.socket.on('end', () => { this.fin = true; this.over = true })
		this.socket.on('close', () => { this.over = true })
		if (pause) this.socket.pause()
	}
	get in() { // joined when somebody looks, not for each piece
		if (this.fresh.length) this.kept = Buffer.concat([this.kept, ...this.fresh])
		this.fresh = []
		return this.kept
	}
	set in(rest) { this.kept = rest }
	send(text) { this.socket.write(Buffer.from(text, 'latin1')); return this }
	async drip(text, each = 1) { // every piece a segment of its own
		await this.open
		for (let i = 0; i < text.length; i += each) {
			this.send(text.slice(i, i + each))
			await new Promise(setImmediate)
		}
		return this
	}
	end() { this.socket.end() }
	reset() { this.socket.resetAndDestroy() }
	destroy() { this.socket.destroy() }
	text() { return this.in.toString('latin1') }
	until(look, what) { return until(() => look(this), what) }
	closed() { return this.until(w => w.over, 'the door closes the connection') }
	// The next answer: {status, head (names in lower case), body, whole (false: chunks without the last one)}
	async reply({ bodyless = false } = {}) {
		const at = await this.until(w => {
			const i = w.in.indexOf('\r\n\r\n')
			return i >= 0 ? i + 4 : w.over && fail(`closed (${w.error ?? 'FIN'}) with: ${w.text().slice(0, 200)}`)
		}, 'the head of an answer')
		const lines = this.in.subarray(0, at - 4).toString('latin1').split('\r\n')
		const head = {}
		for (const line of lines.slice(1)) {
			const colon = line.indexOf(':')
			const name = line.slice(0, colon).toLowerCase()
			const value = line.slice(colon + 1).trim()
			head[name] = name in head ? `${head[name]}, ${value}` : value
		}
		const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) /.exec(lines[0])?.[1] ?? fail(`not an answer: ${lines[0].slice(0, 200)}`))
		this.in = this.in.subarray(at)
		const none = bodyless || status < 200 || status === 204 || status === 304
		const length = none ? 0 : 'content-length' in head ? Number(head['content-length']) : null
		await this.until(w => w.over || (length !== null && w.in.length >= length), 'the body of an answer')
		if (length !== null && this.in.length < length)
			fail(`the answer was cut: ${this.in.length} of ${length} (${this.error ?? 'FIN'})`)
		const end = length ?? this.in.length
		const raw = this.in.subarray(0, end)
		const { body, whole } = head['transfer-encoding'] === 'chunked' && !none ? dechunk(raw) : { body: raw, whole: true }
		this.in = this.in.subarray(end)
		return { line: lines[0], status, head, body: body.toString('latin1'), whole }
	}
}

// An address of this machine that is not loopback, or undefined.
export function outside() {
	return Object.values(networkInterfaces()).flat().find(i => i.family === 'IPv4' && !i.internal)?.address
}
export function certificate() { // made once; null where openssl is missing
	const cert = path.join(scratch, 'cert.pem'), key = path.join(scratch, 'key.pem')
	try {
		if (!existsSync(cert))
			execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
				'-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-days', '2'], { stdio: 'ignore' })
		return { 'tls-cert': cert, 'tls-key': key }
	} catch { return null }
}

const cases = []
// `early` (if any) is begun before the first case; its promise is handed to run: for what takes long.
export function test(name, run, early) { cases.push({ name, run, early }) }
export class Skip extends Error {}
// Runs the cases, all or those whose name has the word that the program was given, and ends.
export async function finish() {
	const only = process.argv[2]
	let failed = 0
	const chosen = cases.filter(c => !only || c.name.includes(only))
	for (const c of chosen) {
		c.begun = c.early?.()
		c.begun?.catch(() => {})
	}
	for (const c of chosen) {
		try {
			await c.run(c.begun)
			console.log(`ok - raw.${c.name}`)
		} catch (e) {
			if (e instanceof Skip) {
				console.log(`ok - raw.${c.name} # SKIP ${e.message}`)
				continue
			}
			failed++
			console.log(`not ok - raw.${c.name}`)
			for (const line of String(e.stack).split('\n').slice(0, 12)) console.log(`# ${line}`)
		}
	}
	for (const d of doors) d.proc.kill('SIGKILL')
	process.exit(failed ? 1 : 0)
}
// A door that several cases share; stopped (and judged) by the last of them.
export function shared(flags) {
	let d
	return async () => (d ??= await door(flags))
}
