// SPDX-License-Identifier: Apache-2.0
// What an MCP call costs: POST /mcp with an OAuth access token (a JWT) and with an API key, beside servers of the official
// TypeScript SDK with a trivial tool and no authorization. Ours scrapes a small page from its cache, real work included.
// `node mcp.mjs SCRAPED TOOLS-DIR [ROUNDS]`
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { cpuSeconds, dir, freePort, here, listening, resetPeak, start, status, stopAll } from './process.mjs'
import { median, printTable } from './table.mjs'

const [binary, tools, rounds = '3'] = process.argv.slice(2)
const META = 'io.modelcontextprotocol/'
const meta = { [META + 'protocolVersion']: '2026-07-28', [META + 'clientCapabilities']: {}, [META + 'clientInfo']: { name: 'bench', version: '1' } }
const modern = (name, args) => ({
	message: { method: 'tools/call', params: { name, arguments: args, _meta: meta } },
	headers: { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': name },
})
const legacy = (name, args, session) => ({
	message: { method: 'tools/call', params: { name, arguments: args } },
	headers: { 'MCP-Protocol-Version': '2025-11-25', ...(session ? { 'Mcp-Session-Id': session } : {}) },
})

async function startScraped() {
	const page = '<!doctype html><title>small</title><h1>Small</h1><p>A small page.'
	const origin = http.createServer((_, res) => res.setHeader('Content-Type', 'text/html').end(page)).listen(0, '127.0.0.1')
	await new Promise(resolve => origin.once('listening', resolve))
	const port = await freePort()
	const env = { SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${port}`, SCRAPED_LOG_LEVEL: 'error', SCRAPED_RATE_PER_MINUTE: 'off',
		SCRAPED_KEY_IN_FLIGHT: 'off', SCRAPED_MAX_CONNECTIONS_PER_IP: 'off', SCRAPED_ALLOW_TARGETS: `127.0.0.1:${origin.address().port}` }
	const run = args => execFileSync(binary, args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
	const key = run(['key', 'create']).trim()
	const child = start(binary, ['serve'], env)
	await listening(port)
	const made = run(['client', 'create', '--name', 'bench', '--grant', 'client_credentials', '--scopes', 'scrape'])
	const [id, secret] = ['client_id', 'client_secret'].map(name => new RegExp(`${name}=(\\S+)`).exec(made)[1])
	const answer = await fetch(`http://127.0.0.1:${port}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'scrape' }),
		headers: { Authorization: `Basic ${btoa(`${id}:${secret}`)}` } })
	const token = (await answer.json()).access_token
	if (!token)
		throw new Error(`no token: ${answer.status}`)
	const call = modern('scrape_url', { url: `http://127.0.0.1:${origin.address().port}/`, config: { cacheTtlSeconds: 3600 } })
	for (const credential of [token, key]) { // fetched once for each account: the origin is this very process
		const page = await fetch(`http://127.0.0.1:${port}/v1/scrape`, { method: 'POST', body: JSON.stringify({ urls: [call.message.params.arguments.url] }),
			headers: { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json' } })
		if (page.status !== 200)
			throw new Error(`warming up: ${page.status} ${await page.text()}`)
	}
	const list = { message: { method: 'tools/list', params: { _meta: meta } }, headers: { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/list' } }
	const row = (name, credential, what) => ({ name, port, pid: child.pid, ...what, headers: { ...what.headers, Authorization: `Bearer ${credential}` } })
	return [row('scraped: cached page, JWT', token, call), row('scraped: cached page, API key', key, call), row('scraped: tools/list, JWT', token, list)]
}

async function startPeer(kind, name, what) {
	const port = await freePort()
	const child = start(process.execPath, [path.join(here, 'mcp_peer.mjs'), kind, String(port)])
	await listening(port)
	const peer = { name, port, pid: child.pid }
	if (kind !== 'v1-session')
		return { ...peer, ...what }
	const { message } = { message: { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } } } }
	const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify(message),
		headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' } })
	await answer.text()
	return { ...peer, ...legacy('echo', { text: 'hello' }, answer.headers.get('mcp-session-id')) }
}

/** Many different ids: a server of one session must tell the calls apart. */
function requestFile(server, total) {
	const file = path.join(dir, 'requests')
	const lines = Object.entries({ Host: `127.0.0.1:${server.port}`, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...server.headers })
		.map(([name, value]) => `${name}: ${value}\r\n`).join('')
	const all = []
	for (let id = 1; id <= total; id++) {
		const body = JSON.stringify({ jsonrpc: '2.0', id, ...server.message })
		const text = `POST /mcp HTTP/1.1\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`
		all.push(`${text.length}\n${text}`)
	}
	fs.writeFileSync(file, all.join(''))
	return file
}

function load(server, connections, total) {
	const file = requestFile(server, total)
	resetPeak(server.pid)
	const before = cpuSeconds(server.pid)
	const r = JSON.parse(execFileSync(path.join(tools, 'loadgen'), ['127.0.0.1', String(server.port), String(connections), String(total), file], { encoding: 'utf8' }))
	return { rate: r.done / r.seconds, cpu: (cpuSeconds(server.pid) - before) / r.done * 1000, p50: r.p50_ms, p99: r.p99_ms, rss: status(server.pid, 'VmHWM'), bad: total - r.ok }
}

const middle = (list, key) => median(list.map(r => r[key]))
const row = (name, list) => [name, middle(list, 'rate').toFixed(0), middle(list, 'cpu').toFixed(3), middle(list, 'p50').toFixed(2), middle(list, 'p99').toFixed(1),
	middle(list, 'rss').toFixed(0), middle(list, 'bad')]

async function main() {
	const echo = { text: 'hello' }
	const servers = [...await startScraped(), await startPeer('v1-session', 'SDK v1, one session, SSE', null),
		await startPeer('v1', 'SDK v1, a server for each request', legacy('echo', echo)), await startPeer('v2', 'SDK v2, stateless', modern('echo', echo))]
	for (const s of servers)
		load(s, 8, 200)
	for (const [connections, ours, theirs] of [[1, 4000, 1500], [8, 10000, 3000], [64, 10000, 3000]]) {
		const seen = new Map(servers.map(s => [s.name, []]))
		for (let r = 0; r < Number(rounds); r++)
			for (const s of servers)
				seen.get(s.name).push(load(s, connections, s.name.startsWith('scraped') ? ours : theirs))
		printTable(`mcp: ${connections} at a time, median of ${rounds} interleaved rounds`, ['', 'calls/s', 'CPU-s/1000', 'p50 ms', 'p99 ms', 'peak MB', 'not 200'],
			[...seen].map(([name, list]) => row(name, list)))
	}
}

try {
	await main()
} finally {
	stopAll()
	setImmediate(() => process.exit()) // (the origin still listens)
}
