// SPDX-License-Identifier: Apache-2.0
// The keys of clients at their jwks_uri: when they are fetched, kept, fetched again and forgotten (mcp.md 6.8).
import fs from 'node:fs'
import https from 'node:https'
import { assert, finish, onFinish, run, tempDir, test, until } from '../lib/harness.mjs'
import { newKey } from '../lib/standin_issuer.mjs'
import { startDriver } from '../net/driver.mjs'

const place = tempDir()
const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
	'-keyout', `${place}/key.pem`, '-out', `${place}/ca.pem`, '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'])
assert.equal(made.status, 0, made.err)
const pages = new Map(), hits = new Map()
const server = https.createServer({ key: fs.readFileSync(`${place}/key.pem`), cert: fs.readFileSync(`${place}/ca.pem`) }, (q, r) => {
	hits.set(q.url, (hits.get(q.url) ?? 0) + 1)
	const page = pages.get(q.url)
	page ? page(q, r) : r.writeHead(404).end()
})
await new Promise(done => server.listen(0, '127.0.0.1', done))
onFinish(() => new Promise(done => { server.closeAllConnections(); server.close(done) }))
const base = `https://127.0.0.1:${server.address().port}`

const [one, two] = [await newKey('ES256'), await newKey('RS256')]
function serve(path, keys, { status = 200, headers = {}, body } = {}) {
	pages.set(path, (q, r) => r.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body ?? JSON.stringify({ keys: keys.map(k => k.jwk) })))
	return base + path
}
let folders = 0
const start = (flags = []) => startDriver({ name: 'cimd_driver',
	flags: ['--data', `${place}/data${folders++}`, '--ca-file', `${place}/ca.pem`, '--allow-targets', '127.0.0.1', ...flags] })
const d = start()
let peers = 0
const ask = (jwks_uri, more = {}) => d.ask({ jwks_uri, peer: `192.0.2.${peers++ % 250}`, ...more })
const later = ms => d.command({ cmd: 'clock', add_ms: ms })
await later(0) // time stands still from here on
const good = (answer, count, newer = false) => assert.deepEqual({ ...answer, id: 0 }, { id: 0, error: '', about: '', count, newer })
const refused = (answer, word) => assert.deepEqual([answer.error, answer.about, answer.count], ['invalid_client', `the keys of the client could not be used: ${word}`, 0])

await test('keys are fetched once and kept', async () => {
	const uri = serve('/keys', [one, two], { headers: { 'Content-Type': 'application/jwk-set+json' } })
	for (let i = 0; i < 3; i++)
		good(await ask(uri), 2)
	assert.equal(hits.get('/keys'), 1)
})

await test('keys are kept for 5 minutes to a day', async () => {
	for (const [path, headers, life] of [['/none', {}, 300], ['/short', { 'Cache-Control': 'max-age=1' }, 300], ['/hour', { 'Cache-Control': 'max-age=3600' }, 3600],
		['/long', { 'Cache-Control': 'max-age=99999999' }, 86400]]) {
		const uri = serve(path, [one], { headers })
		good(await ask(uri), 1)
		await later(life * 1000 - 1)
		good(await ask(uri), 1)
		assert.equal(hits.get(path), 1)
		await later(1)
		good(await ask(uri), 1)
		assert.equal(hits.get(path), 2)
	}
})

await test('a key that is missing makes one fetch in 30 s', async () => {
	const uri = serve('/rotates', [one])
	good(await ask(uri), 1)
	serve('/rotates', [one, two])
	good(await ask(uri, { missing: true }), 1) // too early: those that are there
	assert.equal(hits.get('/rotates'), 1)
	await later(30000)
	const answers = await Promise.all(Array.from({ length: 8 }, () => ask(uri, { missing: true })))
	for (const answer of answers) // newer, or they came when the newer were there
		good(answer, 2, answer.newer)
	assert.ok(answers.some(a => a.newer))
	assert.equal(hits.get('/rotates'), 2)
	good(await ask(uri, { missing: true }), 2)
	assert.equal(hits.get('/rotates'), 2)
})

await test('who asks at the same time shares one fetch', async () => {
	let open
	const opened = new Promise(done => { open = done })
	pages.set('/slow', async (q, r) => {
		await opened
		r.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys: [one.jwk] }))
	})
	const answers = Array.from({ length: 12 }, () => ask(`${base}/slow`))
	await until(() => hits.get('/slow'), 'the fetch')
	const late = [ask(`${base}/slow`), ask(`${base}/slow`)]
	open()
	for (const answer of await Promise.all([...answers, ...late]))
		good(answer, 1)
	assert.equal(hits.get('/slow'), 1)
})

await test('who leaves says nothing about the keys', async () => {
	pages.set('/left', () => {}) // never answers
	const left = ask(`${base}/left`)
	await until(() => hits.get('/left'), 'the fetch')
	await d.command('cancel')
	assert.notEqual((await left).error, '')
	good(await ask(serve('/left', [one])), 1)
})

await test('failures are remembered for a minute', async () => {
	const uri = serve('/later', [], { status: 500 })
	refused(await ask(uri), 'fetch')
	serve('/later', [one])
	await later(59999)
	refused(await ask(uri), 'fetch')
	assert.equal(hits.get('/later'), 1)
	await later(1)
	good(await ask(uri), 1)
})

await test('keys that cannot be had just now are good for a day', async () => {
	const uri = serve('/away', [one])
	good(await ask(uri), 1)
	serve('/away', [], { status: 503 })
	await later(300000)
	good(await ask(uri), 1) // fetched, in vain
	good(await ask(uri), 1) // not even tried
	assert.equal(hits.get('/away'), 2)
	good(await ask(uri, { missing: true }), 1)
	await later(86400000 - 300000)
	refused(await ask(uri), 'fetch')
	assert.equal(hits.get('/away'), 3)
})

await test('keys that were taken back count no more', async () => {
	for (const [path, body] of [['/empty', '{"keys":[]}'], ['/broken', '{"keys":'], ['/private', JSON.stringify({ keys: [{ ...one.jwk, d: 'AAAA' }] })]]) {
		const uri = serve(path, [one])
		good(await ask(uri), 1)
		serve(path, [], { body })
		await later(30000)
		refused(await ask(uri, { missing: true }), 'content') // still fresh, but looked at again
		refused(await ask(uri), 'fetch') // remembered
		assert.equal(hits.get(path), 2)
	}
})

await test('only a plain JSON answer counts, and only from outside', async () => {
	refused(await ask(serve('/html', [one], { headers: { 'Content-Type': 'text/html' } })), 'type')
	refused(await ask(serve('/moved', [], { status: 302, headers: { Location: `${base}/keys` } })), 'fetch')
	refused(await ask(serve('/big', [], { body: JSON.stringify({ keys: [one.jwk], x: 'a'.repeat(70000) }) })), 'fetch')
	refused(await ask(serve('/list', [], { body: '[]' })), 'content')
	for (const uri of ['http://127.0.0.1/keys', 'https://127.0.0.2:8443/keys', 'ftp://x.example/', 'keys', '', 'https://u@x.example/'])
		refused(await ask(uri), 'address')
	for (const uri of ['https://localhost/keys', 'https://10.0.0.1/keys', 'https://[::1]/keys'])
		assert.match((await ask(uri)).about, /: (fetch|address)$/)
	const closed = start(['--allow-targets', ''])
	const answer = await closed.ask({ jwks_uri: serve('/inside', [one]), peer: '192.0.2.1' })
	refused(answer, 'address')
	assert.equal(hits.get('/inside'), undefined)
	await closed.stop()
})

await test('the memory of keys is bounded', async () => {
	const most = 128, uri = n => serve(`/many/${n}`, [one])
	for (let n = 0; n < most; n++)
		good(await ask(uri(n)), 1)
	await later(1)
	for (let n = 1; n < most; n++)
		good(await ask(uri(n)), 1) // all but the first were asked for just now
	good(await ask(uri('new')), 1)
	for (let n = 1; n < most; n++)
		assert.equal((await ask(uri(n)), hits.get(`/many/${n}`)), 1)
	good(await ask(uri(0)), 1)
	assert.equal(hits.get('/many/0'), 2)
})

await test('one address may ask for 20 in a minute', async () => {
	let busy = 0
	for (let i = 0; i < 24; i++)
		busy += (await d.ask({ jwks_uri: serve(`/limited/${i}`, [one]), peer: '203.0.113.1' })).error === 'temporarily_unavailable'
	assert.equal(busy, 4)
})

await test('driver', () => d.stop())
await finish()
