// SPDX-License-Identifier: Apache-2.0
// The fetcher behind a pipe (fetch_driver.c), and origins that speak bytes instead of HTTP.
import net from 'node:net'
import path from 'node:path'
import { spawn } from 'node:child_process'
import { binary, onFinish, testsDir } from '../lib/harness.mjs'

/** A program of build/.../drivers. */
export const driverPath = name => path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), name)
// glibc guards its list of resolver settings by a lock that the thread sanitizer does not know.
const tsan = `${process.env.TSAN_OPTIONS ?? ''} suppressions=${path.join(testsDir, 'net/tsan.supp')}`

/**
 * Starts the driver: { ask(request) -> answer, tell(line), command(cmd) -> answer, stop() }.
 * stop() closes its stdin, waits, and throws if it did not end with `status` (0).
 */
export function startDriver({ name = 'fetch_driver', flags = [], env = {}, prefix = [], status: wanted = 0 } = {}) {
	const [program, ...args] = [...prefix, driverPath(name), ...flags]
	const child = spawn(program, args, { env: { ...process.env, TSAN_OPTIONS: tsan, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
	const asked = new Map()
	const commands = []
	let rest = '', err = '', next = 1
	child.stderr.on('data', part => { err += part })
	child.stdout.setEncoding('utf8').on('data', part => {
		const lines = (rest + part).split('\n')
		rest = lines.pop()
		for (const line of lines) {
			const answer = JSON.parse(line)
			if (answer.cmd)
				commands.shift()?.(answer)
			else
				asked.get(answer.id)?.(answer)
			asked.delete(answer.id)
		}
	})
	const ended = new Promise(done => child.on('close', (code, signal) => done(code ?? signal)))
	const tell = request => child.stdin.write(JSON.stringify(request) + '\n')
	const ask = request => new Promise((done, fail) => {
		const id = next++
		asked.set(id, done)
		ended.then(status => fail(new Error(`the driver ended with ${status}: ${err.slice(-3000)}`)))
		tell({ ...request, id })
	})
	const command = cmd => new Promise(done => {
		commands.push(done)
		tell(typeof cmd === 'string' ? { cmd } : cmd)
	})
	let stopped
	const stop = () => stopped ??= (async () => {
		child.stdin.end()
		const status = await ended
		if (status !== wanted)
			throw new Error(`the driver ended with ${status}: ${err.slice(-3000)}`)
	})()
	onFinish(stop)
	return { ask, tell, command, stop, child, errors: () => err }
}

/** An origin of bare sockets: talk(socket, head) is called with each request's head. */
export async function startRaw(talk, { host = '127.0.0.1', port = 0 } = {}) {
	const state = { connections: 0, requests: 0, open: 0, most: 0 }
	const server = net.createServer(socket => {
		let head = ''
		state.connections++
		state.most = Math.max(state.most, ++state.open)
		socket.on('close', () => state.open--)
		socket.on('error', () => {})
		socket.on('data', part => {
			head += part.toString('latin1')
			for (let end; (end = head.indexOf('\r\n\r\n')) >= 0;) {
				const one = head.slice(0, end + 4)
				head = head.slice(end + 4)
				state.requests++
				talk(socket, one, state)
			}
		})
	})
	await new Promise((done, fail) => {
		server.on('error', fail)
		server.listen(port, host, 1024, done)
	})
	state.port = server.address().port
	state.url = `http://${host}:${state.port}`
	const sockets = new Set()
	server.on('connection', socket => {
		sockets.add(socket)
		socket.on('close', () => sockets.delete(socket))
	})
	state.stop = () => new Promise(done => {
		for (const socket of sockets)
			socket.destroy()
		server.close(done)
	})
	onFinish(state.stop)
	return state
}
