// SPDX-License-Identifier: Apache-2.0
// After SIGTERM nobody new is let in, so only who is already inside can ask: requests whose head was
// under way when the signal came are told 503, and a scrape that was running gets its answer.
import net from 'node:net'
import { assert, finish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'

let release
const origin = await startOrigin((q, r) => {
	const answer = () => {
		r.writeHead(200, { 'Content-Type': 'text/html' })
		r.end('<title>late</title><p>late page</p>')
	}
	if (q.url === '/late')
		release = answer
	else
		answer()
})
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host } })

/** A request of which only the first bytes have been sent. */
function begin(path) {
	const socket = net.connect(scraped.port, '127.0.0.1')
	let text = ''
	socket.setEncoding('utf8').on('data', part => { text += part })
	socket.on('error', () => {})
	const ended = new Promise(done => socket.on('close', () => done(text)))
	socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${scraped.port}\r\n`)
	return { finish: () => socket.write('\r\n'), ended }
}

await test('health and readiness turn 503, running requests are answered', async () => {
	const running = send(`${scraped.url}/v1/scrape`, {
		headers: { Authorization: `Bearer ${scraped.key}` }, body: { urls: [`${origin.url}/late`] },
	})
	await until(() => release, 'the page is being fetched')
	const health = begin('/v1/health')
	const ready = begin('/v1/ready')
	// another request's answer: the loop has read what came before it
	assert.equal((await send(`${scraped.url}/v1/ready`)).status, 200)

	scraped.child.kill('SIGTERM')
	await until(() => scraped.child.err.includes('http.drain'), 'the drain has begun')
	await assert.rejects(send(`${scraped.url}/v1/health`), 'nobody new is let in')
	health.finish()
	ready.finish()
	const said = await health.ended
	assert.match(said, /^HTTP\/1\.1 503 /)
	assert.match(said, /"status":"draining"/)
	assert.match(await ready.ended, /^HTTP\/1\.1 503 [^]*"code":"OVERLOADED"/)

	release()
	const answer = await running
	assert.equal(answer.status, 200, answer.text)
	assert.match(answer.json.result.markdown, /late page/)
	assert.equal(await scraped.child.ended, 0)
})

await finish()
