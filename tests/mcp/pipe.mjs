// SPDX-License-Identifier: Apache-2.0
// A running `scraped mcp` and how tests speak to it.
import readline from 'node:readline'
import { assert, binary, onFinish, start, tempDir, until } from '../lib/harness.mjs'
import { legacy, modern } from './talk.mjs'

/** Every line of its stdout must be a JSON-RPC message. env is added; the data folder is a fresh one unless env says so. */
export function openPipe(env = {}) {
	const child = start(binary, ['mcp'], { stdin: 'pipe', cwd: tempDir(), env: { XDG_DATA_HOME: tempDir(), ...env } })
	onFinish(() => child.kill('SIGKILL'))
	const got = [], bad = []
	let ids = 1000
	child.stdin.on('error', () => {})
	readline.createInterface({ input: child.stdout }).on('line', line => {
		try {
			const message = JSON.parse(line)
			for (const one of [message].flat())
				assert.equal(one.jsonrpc, '2.0')
			got.push(message)
		} catch {
			bad.push(line)
		}
	})
	const write = text => child.stdin.write(text)
	const send = message => write(JSON.stringify(message) + '\n')
	const find = (pick, what) => until(() => {
		assert.deepEqual(bad, [])
		return got.find(pick)
	}, what)
	const answer = id => find(m => m.id === id, `the answer to ${id}`)
	const ask = message => (send(message), answer(message.id))
	return {
		child, got, bad, write, send, find, answer, ask,
		/** As those of talker(): { json }. */
		now: async (method, params, options = {}) => ({ json: await ask(modern(method, params, { id: ids++, ...options })) }),
		old: async (method, params, { id = ids++ } = {}) => ({ json: await ask(legacy(method, params, id)) }),
		close: () => child.stdin.end(),
	}
}
