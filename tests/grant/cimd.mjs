// SPDX-License-Identifier: Apache-2.0
// Client ID Metadata Documents: which are looked at, fetched, believed and kept (auth.md section 10).
import fs from 'node:fs'
import https from 'node:https'
import { assert, finish, onFinish, run, tempDir, test, until } from '../lib/harness.mjs'
import { startDriver } from '../net/driver.mjs'

const place = tempDir()
const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
	'-keyout', `${place}/key.pem`, '-out', `${place}/ca.pem`, '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'])
assert.equal(made.status, 0, made.err)
const pair = { key: fs.readFileSync(`${place}/key.pem`), cert: fs.readFileSync(`${place}/ca.pem`) }

// What the origin answers: path -> function(request, response); every hit is counted.
const pages = new Map(), hits = new Map()
const server = https.createServer(pair, (q, r) => {
	hits.set(q.url, (hits.get(q.url) ?? 0) + 1)
	const page = pages.get(q.url)
	if (page)
		return page(q, r)
	r.writeHead(404).end()
})
await new Promise(done => server.listen(0, '127.0.0.1', done))
onFinish(() => new Promise(done => { server.closeAllConnections(); server.close(done) }))
const base = `https://127.0.0.1:${server.address().port}`

const document = (id, more = {}) => ({ client_id: id, client_name: 'Doc', redirect_uris: ['http://localhost/callback'], ...more })
/** Serves a document at path; its client id. */
function serve(path, { body, status = 200, headers = {}, more = {} } = {}) {
	const id = base + path
	pages.set(path, (q, r) => {
		r.writeHead(status, { 'Content-Type': 'application/json', ...headers })
		r.end(body ?? JSON.stringify(document(id, more)))
	})
	return id
}
let folders = 0
const start = (flags = []) => startDriver({ name: 'cimd_driver',
	flags: ['--data', `${place}/data${folders++}`, '--ca-file', `${place}/ca.pem`, '--allow-targets', '127.0.0.1', ...flags] })
const d = start()
let peers = 0
// each question from another address: the limit has a test of its own
const ask = (client_id, peer = `192.0.2.${peers++}`, driver = d) => driver.ask({ client_id, peer })
const unusable = (answer, word) => {
	assert.equal(answer.error, 'invalid_client')
	assert.equal(answer.about, `the document of the client could not be used: ${word}`)
	assert.equal(answer.client, undefined)
}

await test('checklist.34 a document is fetched, believed and kept', async () => {
	const id = serve('/client.json')
	for (let i = 0; i < 3; i++) {
		const answer = await ask(id)
		assert.equal(answer.error, '', answer.about)
		assert.deepEqual(answer.client, { id, name: 'Doc', redirect: 'http://localhost/callback', disabled: false, auth: 0, kind: 1 })
	}
	assert.equal(hits.get('/client.json'), 1)
})

await test('checklist.34 odd ids are not looked at', async () => {
	const host = base.slice(8)
	const ids = ['', 'x', 'http://127.0.0.1/client.json', base, `${base}/`, `${base}/a/../b`, `${base}/./b`, `${base}/%2e%2e/b`, `${base}/a/.%2E`,
		`${base}/c#f`, `https://u@${host}/c`, `https://u:p@${host}/c`, `${base}/a b`, `${base}/a\\b`, `HTTPS://${host}/c`, `https://127.1:${host.split(':')[1]}/c`,
		`${base}/${'a'.repeat(1100)}`, 'https://client.example:8443/c', 'https://EXAMPLE.com/c', 'https://example.com:443/c']
	for (const id of ids)
		unusable(await ask(id), 'address')
	assert.equal([...hits.keys()].length, 1)
})

await test('checklist.34 what leads inside is one word, and no connection', async () => {
	for (const id of ['https://localhost/client.json', 'https://10.0.0.1/c', 'https://[::1]/c', 'https://169.254.169.254/latest'])
		assert.match((await ask(id)).about, /: (fetch|address)$/)
	const closed = start(['--allow-targets', ''])
	unusable(await ask(serve('/inside.json'), '192.0.2.1', closed), 'address')
	assert.equal(hits.get('/inside.json'), undefined)
	await closed.stop()
})

await test('checklist.34 only a plain JSON answer counts', async () => {
	const cases = {
		'/s404.json': [{ status: 404 }, 'fetch'], '/s500.json': [{ status: 500 }, 'fetch'], '/s203.json': [{ status: 203 }, 'fetch'],
		'/moved.json': [{ status: 302, headers: { Location: `${base}/client.json` } }, 'fetch'],
		'/html.json': [{ headers: { 'Content-Type': 'text/html' } }, 'type'],
		'/big.json': [{ body: JSON.stringify(document(`${base}/big.json`, { x: 'a'.repeat(70000) })) }, 'fetch'],
		'/bad.json': [{ body: '{"client_id":' }, 'content'], '/list.json': [{ body: '[]' }, 'content'],
		'/twice.json': [{ body: '{"client_id":"a","client_id":"b"}' }, 'content'],
		'/other.json': [{ more: { client_id: `${base}/client.json` } }, 'client_id'],
		'/number.json': [{ more: { client_id: 1 } }, 'client_id'],
	}
	for (const [path, [how, word]] of Object.entries(cases))
		unusable(await ask(serve(path, how)), word)
	assert.equal(hits.get('/client.json'), 1)
	const typed = await ask(serve('/typed.json', { headers: { 'Content-Type': 'application/cimd+json; charset=utf-8' } }))
	assert.equal(typed.error, '')
	const packed = await ask(serve('/secret.json', { more: { client_secret: 'x' } }))
	assert.match(packed.about, /^client_secret: /)
	assert.match((await ask(serve('/evil.json', { more: { redirect_uris: ['javascript:alert(1)'] } }))).about, /^redirect_uris\[0\]: /)
	assert.match((await ask(serve('/nameless.json', { more: { client_name: undefined } }))).about, /^client_name: /)
})

await test('checklist.34 failures are remembered for a while', async () => {
	const id = serve('/later.json', { status: 500 })
	unusable(await ask(id), 'fetch')
	serve('/later.json')
	unusable(await ask(id), 'fetch')
	assert.equal(hits.get('/later.json'), 1)
})

await test('checklist.34 who asks at the same time shares one fetch', async () => {
	const id = base + '/slow.json'
	let open
	const opened = new Promise(done => { open = done })
	pages.set('/slow.json', async (q, r) => {
		await opened
		r.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document(id)))
	})
	const answers = Array.from({ length: 12 }, () => ask(id))
	await until(() => hits.get('/slow.json'), 'the fetch')
	const late = [ask(id), ask(id)]
	open()
	for (const answer of await Promise.all([...answers, ...late]))
		assert.equal(answer.client?.id, id, answer.about)
	assert.equal(hits.get('/slow.json'), 1)
})

await test('checklist.34 who leaves says nothing about a document', async () => {
	const id = base + '/left.json'
	pages.set('/left.json', () => {}) // never answers
	const left = ask(id)
	await until(() => hits.get('/left.json'), 'the fetch')
	await d.command('cancel')
	assert.notEqual((await left).error, '')
	serve('/left.json')
	assert.equal((await ask(id)).error, '')
})

await test('checklist.34 documents are kept for 5 minutes to a day', async () => {
	const rows = [['none', {}, 300], ['short', { 'Cache-Control': 'max-age=1' }, 300], ['never', { 'Cache-Control': 'no-store' }, 300],
		['hour', { 'Cache-Control': 'max-age=3600' }, 3600], ['long', { 'Cache-Control': 'max-age=99999999' }, 86400]]
	for (const [name, headers, seconds] of rows) {
		const path = `/fresh-${name}.json`, id = serve(path, { headers })
		assert.equal((await ask(id)).error, '')
		// so much of its life is left that it is not asked for again; a little less, and it is
		await d.command({ cmd: 'sql', text: `UPDATE clients SET fresh_ms = fresh_ms - ${(seconds - 60) * 1000} WHERE id = '${id}'` })
		assert.equal((await ask(id)).error, '')
		assert.equal(hits.get(path), 1)
		await d.command({ cmd: 'sql', text: `UPDATE clients SET fresh_ms = fresh_ms - 60000 WHERE id = '${id}'` })
		assert.equal((await ask(id)).error, '')
		assert.equal(hits.get(path), 2)
	}
})

await test('a document that is gone for a while still holds, one that changed does not', async () => {
	const stale = id => d.command({ cmd: 'sql', text: `UPDATE clients SET fresh_ms = 0 WHERE id = '${id}'` })
	const gone = serve('/gone.json'), changed = serve('/changed.json'), renamed = serve('/renamed.json')
	for (const id of [gone, changed, renamed]) {
		assert.equal((await ask(id)).error, '')
		await stale(id)
	}
	serve('/gone.json', { status: 503 })
	serve('/changed.json', { more: { redirect_uris: [] } })
	serve('/renamed.json', { more: { client_name: 'New' } })
	for (let i = 0; i < 2; i++) { // then from the memory of failures
		assert.equal((await ask(gone)).client.name, 'Doc')
		assert.equal((await ask(changed)).error, 'invalid_client')
	}
	assert.equal((await ask(renamed)).client.name, 'New')
	assert.equal(hits.get('/gone.json'), 2)
	await d.command({ cmd: 'sql', text: `UPDATE clients SET fetched_ms = fetched_ms - 86400000 WHERE id = '${gone}'` })
	unusable(await ask(gone), 'fetch')
})

await test('a disabled client stays disabled', async () => {
	const id = serve('/disabled.json')
	assert.equal((await ask(id)).client.disabled, false)
	await d.command({ cmd: 'sql', text: `UPDATE clients SET disabled = 1, fresh_ms = 0 WHERE id = '${id}'` })
	assert.equal((await ask(id)).client.disabled, true)
	assert.equal(hits.get('/disabled.json'), 1)
})

await test('checklist.34 one address may ask for 20 documents a minute', async () => {
	const limited = start()
	let busy = 0
	for (let i = 0; i < 24; i++) {
		const answer = await ask(serve(`/many-${i}.json`), `2001:db8::${i + 1}`, limited)
		if (answer.error) {
			assert.equal(answer.error, 'temporarily_unavailable')
			busy++
		}
	}
	assert.equal(busy, 4)
	assert.equal((await ask(serve('/many-0.json'), '2001:db8::1', limited)).error, '') // from the store
	assert.equal((await ask(serve('/many-99.json'), '2001:db8:1::1', limited)).error, '')
	await limited.stop()
})

await test('checklist.34 hosts can be listed, and documents switched off', async () => {
	const id = serve('/listed.json')
	const listed = start(['--client-document-hosts', 'claude.ai, 127.0.0.1']), foreign = start(['--client-document-hosts', 'claude.ai'])
	const off = start(['--client-documents', 'off'])
	assert.equal((await ask(id, '192.0.2.1', listed)).error, '')
	unusable(await ask(id, '192.0.2.1', foreign), 'host')
	assert.match((await ask(id, '192.0.2.1', off)).about, /not accepted here/)
	assert.equal(hits.get('/listed.json'), 1)
	for (const one of [listed, foreign, off])
		await one.stop()
})

await test('a certificate that is not trusted is not believed', async () => {
	const wary = startDriver({ name: 'cimd_driver', flags: ['--data', `${place}/wary`, '--allow-targets', '127.0.0.1'] })
	unusable(await ask(serve('/wary.json'), '192.0.2.1', wary), 'fetch')
	assert.equal(hits.get('/wary.json'), undefined)
	await wary.stop()
})

await test('driver', () => d.stop())
await finish()
