// SPDX-License-Identifier: Apache-2.0
// The fixture server (tests/mcp/fixture) over HTTP, and event streams as they come.
import { binary, end, freePort, onFinish, start, until } from '../lib/harness.mjs'
import path from 'node:path'

export const fixture = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'mcp_fixture')

/** { url, child, stop() }; stop throws if it did not end with status 0 (a sanitizer's report does that). */
export async function startFixture() {
	const child = start(fixture, ['http'], { env: { SCRAPED_LISTEN: `127.0.0.1:${await freePort()}` } })
	const address = await until(() => {
		if (child.exitCode !== null)
			throw new Error(child.err)
		return /^listening (\S+)$/m.exec(child.out)?.[1]
	}, 'the fixture server')
	let stopped
	const stop = () => stopped ??= end(child).then(status => {
		if (status !== 0)
			throw new Error(`mcp_fixture ended with ${status}:\n${child.err.slice(-4000)}`)
	})
	onFinish(stop)
	return { url: `http://${address}`, child, stop }
}

const parse = text => {
	const event = {}
	for (const line of text.split('\n').filter(l => l && !l.startsWith(':'))) {
		const [, name, value] = /^(\w+): ?(.*)$/.exec(line)
		event[name] = value
	}
	return event
}

/** An open event stream: { status, headers, events (all so far: { id, retry, data, json }), ended, find(pick), close() }. */
export async function follow(url, { method = 'POST', headers = {}, body } = {}) {
	const stop = new AbortController()
	const r = await fetch(url, {
		method, signal: stop.signal, body: body && JSON.stringify(body),
		headers: { Accept: 'application/json, text/event-stream', ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
	})
	const s = { status: r.status, headers: r.headers, events: [], ended: false, text: '' }
	let failure
	const done = (async () => {
		let rest = ''
		for await (const part of r.body.pipeThrough(new TextDecoderStream())) {
			s.text += part
			const pieces = (rest + part).split('\n\n')
			rest = pieces.pop()
			for (const event of pieces.map(parse).filter(e => Object.keys(e).length)) {
				if (event.data)
					event.json = JSON.parse(event.data)
				s.events.push(event)
			}
		}
	})().catch(e => { failure = e }).finally(() => { s.ended = true })
	s.find = (pick, what = 'an event') => until(() => s.events.find(e => e.json && pick(e.json))?.json, what)
	s.end = () => until(() => s.ended, 'the end of the stream')
	s.close = async () => { stop.abort(); await done }
	s.failure = () => failure
	return s
}
