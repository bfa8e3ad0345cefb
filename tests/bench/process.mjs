// SPDX-License-Identifier: Apache-2.0
// What the benches of servers share: processes in a temporary folder, and what they cost.
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { spawn } from 'node:child_process'

export const here = path.dirname(new URL(import.meta.url).pathname)
export const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'scraped-bench-'))
fs.chmodSync(dir, 0o755)
const children = []

export async function freePort() {
	const server = net.createServer().listen(0, '127.0.0.1')
	await new Promise(resolve => server.once('listening', resolve))
	const { port } = server.address()
	await new Promise(resolve => server.close(resolve))
	return port
}

/** Resolves when the port takes connections; gives the milliseconds it took. */
export async function listening(port) {
	const began = process.hrtime.bigint()
	for (;;) {
		const up = await new Promise(resolve => {
			const s = net.connect(port, '127.0.0.1')
			s.once('connect', () => { s.destroy(); resolve(true) }).once('error', () => resolve(false))
		})
		if (up)
			return Number(process.hrtime.bigint() - began) / 1e6
		await new Promise(resolve => setTimeout(resolve, 2))
	}
}

export function start(command, args, env = {}) {
	const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', fs.openSync(path.join(dir, 'log'), 'a')] })
	children.push(child)
	return child
}

export const cpuSeconds = pid => {
	const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
	return (Number(fields[11]) + Number(fields[12])) / 100
}
export const status = (pid, name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
export const resetPeak = pid => fs.writeFileSync(`/proc/${pid}/clear_refs`, '5')

export function stopAll() {
	for (const child of children)
		child.kill('SIGKILL')
	fs.rmSync(dir, { recursive: true, force: true })
}
