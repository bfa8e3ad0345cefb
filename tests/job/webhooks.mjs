// SPDX-License-Identifier: Apache-2.0
// Webhooks from the job to the receiver: what is sent verifies with the reference library of Standard
// Webhooks, failures are tried again, receivers that are dead, gone, moved or inside do no harm, and
// what a crash interrupts is sent after the restart.
import http from 'node:http'
import { createRequire } from 'node:module'
import { assert, createKey, finish, freePort, needsLocalhost, onFinish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { change, rows } from '../lib/database.mjs'

const { Webhook } = createRequire(import.meta.url)('standardwebhooks')
const html = '<!doctype html><title>Page</title><h1>Page</h1><p>Some words to keep.</p>'
const pages = await startOrigin((q, r) => {
	r.writeHead(200, { 'Content-Type': 'text/html' })
	r.end(html)
})

/** A receiver on an address of its own: { url, got: [{ path, headers, body }], stop() }; answer(r, its number) ends the answer. */
let hosts = 1
async function receiver(answer = r => r.writeHead(204).end(), host = `127.0.0.${++hosts}`, port = 0) {
	const got = []
	const server = http.createServer((q, r) => {
		const parts = []
		q.on('data', part => parts.push(part)).on('error', () => {}).on('end', () => {
			got.push({ method: q.method, path: q.url, headers: q.headers, body: Buffer.concat(parts).toString('utf8'), answer: r })
			answer(r, got.length, q)
		})
	})
	await new Promise((done, fail) => server.on('error', fail).listen(port, host, done))
	const stop = () => new Promise(done => { server.closeAllConnections(); server.close(done) })
	onFinish(stop)
	return { url: `http://${host}:${server.address().port}`, port: server.address().port, got, stop }
}

const env = { SCRAPED_ALLOW_TARGETS: '127.0.0.0/24', SCRAPED_LOG_LEVEL: 'debug', SCRAPED_WEBHOOK_TIMEOUT_MS: '120s' }
const scraped = await startScraped({ env })
const api = async (path, { at = scraped, key = at.key, ...more } = {}) =>
	send(at.url + path, { headers: { Authorization: `Bearer ${key}` }, ...more })

/** A job of one page that is sent to `webhook`; { id, secret }. */
async function job(webhook, { at = scraped, urls = [pages.url] } = {}) {
	const made = await api('/v1/jobs', { at, body: { urls, ...(webhook ? { webhook } : {}) } })
	assert.ok(made.status === 200 || made.status === 201 || made.status === 202, made.text)
	return { id: made.json.job.id, secret: made.json.webhookSecret }
}

const deliveriesOf = async (id, at = scraped) => {
	const answer = await api(`/v1/jobs/${id}/deliveries`, { at })
	assert.equal(answer.status, 200, answer.text)
	return answer.json.deliveries
}
/** The job's one delivery, once it is as wanted. */
const delivery = (id, want, at = scraped) => until(async () => {
	const [it] = await deliveriesOf(id, at)
	return it && want(it) && it
}, `delivery of ${id}`)
const hookAt = async url => (await api('/v1/webhooks')).json.webhooks.find(w => w.url === url)
const ended = id => until(async () => /completed|partial|failed|cancelled/.test((await api(`/v1/jobs/${id}`)).json.job.status), id)
const post = (path, body) => api(path, { method: 'POST', body })

await test('what_is_sent_verifies', async () => {
	const to = await receiver()
	const { id, secret } = await job(`${to.url}/hook?token=verysecret`)
	assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
	const it = await delivery(id, d => d.state === 'delivered')
	assert.equal(to.got.length, 1)
	const [{ method, path, headers, body }] = to.got
	assert.equal(`${method} ${path}`, 'POST /hook?token=verysecret')
	assert.equal(headers['content-type'], 'application/json')
	assert.match(headers['user-agent'], /^scraped\/\d/)
	assert.equal(headers['webhook-id'], it.id)
	assert.match(it.id, /^msg_/)
	const sent = new Webhook(secret).verify(body, headers)
	const read = (await api(`/v1/jobs/${id}`)).json
	delete read.requestId
	assert.deepEqual(sent, read, 'it is the job as GET shows it')
	assert.match(body, /Some words to keep/)
	assert.throws(() => new Webhook(secret).verify(`${body} `, headers))
	assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(body, headers))

	assert.deepEqual([it.tries, it.lastStatus, it.lastError, it.nextAttemptAt], [1, 204, null, null])
	assert.deepEqual(it.attempts.map(a => [a.number, a.status, a.error]), [[1, 204, null]])
	const hook = await hookAt(`${to.url}/hook?token=verysecret`)
	assert.deepEqual([hook.secret, hook.id, hook.disabledAt, hook.oldSecretUntil], [secret, it.webhookId, null, null])
	const again = await job(`${to.url}/hook?token=verysecret`)
	assert.equal(again.secret, undefined, 'the secret is shown when it is made')
	await delivery(again.id, d => d.state === 'delivered')
	new Webhook(secret).verify(to.got[1].body, to.got[1].headers)
	assert.notEqual(to.got[1].headers['webhook-id'], it.id)
})

await test('every_end_is_sent', async () => {
	const to = await receiver()
	const failed = await job(to.url, { urls: [`http://127.0.0.1:${await freePort()}/`] })
	const hanging = await startOrigin(() => {})
	const cancelled = await job(to.url, { urls: [hanging.url] })
	assert.equal((await api(`/v1/jobs/${cancelled.id}`, { method: 'DELETE' })).status, 200)
	await delivery(cancelled.id, d => d.state === 'delivered')
	await delivery(failed.id, d => d.state === 'delivered')
	const status = id => to.got.map(g => JSON.parse(g.body).job).find(j => j.id === id).status
	assert.deepEqual([status(failed.id), status(cancelled.id)], ['failed', 'cancelled'])
})

await test('a_failure_is_tried_again', async () => {
	const to = await receiver((r, n) => r.writeHead(n === 1 ? 500 : 200).end())
	const { id, secret } = await job(to.url)
	const waiting = await delivery(id, d => d.tries === 1 && d.state === 'waiting')
	assert.deepEqual([waiting.lastStatus, waiting.endedAt], [500, null])
	assert.match(waiting.lastError, /500/)
	const it = await delivery(id, d => d.state === 'delivered')
	assert.deepEqual(it.attempts.map(a => a.status), [500, 200])
	const [first, second] = to.got.map(g => g.headers)
	assert.equal(first['webhook-id'], second['webhook-id'])
	assert.ok(Number(second['webhook-timestamp']) >= Number(first['webhook-timestamp']) + 4, 'the timestamp is that of the attempt')
	for (const { body, headers } of to.got)
		new Webhook(secret).verify(body, headers)
})

await test('a_redirect_is_a_failure', async () => {
	const to = await receiver((r, n, q) => q.url === '/hook' ? r.writeHead(307, { Location: '/there' }).end() : r.writeHead(200).end())
	const { id } = await job(`${to.url}/hook`)
	const it = await delivery(id, d => d.attempts.length === 1 && d.state !== 'sending')
	assert.deepEqual([it.state, it.lastStatus], ['waiting', 307])
	assert.match(it.lastError, /redirect/)
	assert.deepEqual(to.got.map(g => g.path), ['/hook'])
})

await test('retry_after_counts_when_it_is_longer', async () => {
	for (const [status, after, least, most] of [[429, '120', 120, 125], [503, '1', 4, 7], [500, '120', 4, 7], [503, '9999999', 86400, 86405]]) {
		const to = await receiver(r => r.writeHead(status, { 'Retry-After': after }).end())
		const { id } = await job(to.url)
		const it = await delivery(id, d => d.attempts.length === 1 && d.state !== 'sending')
		const pause = (Date.parse(it.nextAttemptAt) - Date.parse(it.attempts[0].at)) / 1000
		assert.ok(pause >= least - 1 && pause <= most + 20, `${status} ${after}: ${pause} s`) // the attempt itself may take a while
	}
})

await test('what_the_receiver_answers_is_not_read', async () => {
	const endless = r => { const more = () => { while (!r.destroyed && r.write('x'.repeat(65536))); r.once('drain', more) }; r.on('error', () => {}); more() }
	for (const answer of [endless, r => r.writeHead(200, { 'Content-Encoding': 'unheard-of', 'Content-Type': 'image/png' }).end('x')]) {
		const to = await receiver(answer)
		const { id } = await job(to.url)
		const it = await delivery(id, d => d.attempts.length === 1 && d.state !== 'sending')
		assert.deepEqual([it.state, it.lastStatus], ['delivered', 200])
	}
})

await test('gone_switches_the_receiver_off', async () => {
	let status = 410
	const to = await receiver(r => r.writeHead(status).end())
	const first = await job(to.url)
	await delivery(first.id, d => d.state === 'given_up')
	const hook = await hookAt(to.url)
	assert.notEqual(hook.disabledAt, null)
	const second = await job(to.url)
	await ended(second.id)
	assert.deepEqual(await deliveriesOf(second.id), [], 'nothing is sent there any more')
	status = 200
	const on = await post(`/v1/webhooks/${hook.id}/enable`)
	assert.deepEqual([on.status, on.json.webhook.disabledAt, on.json.success], [200, null, true])
	assert.equal((await post(`/v1/webhooks/${hook.id}/enable`)).status, 200)
	assert.deepEqual(rows(scraped, 'SELECT event FROM audit WHERE subject = ?', hook.id).map(it => it.event), ['webhook.enabled', 'webhook.enabled'])
	const third = await job(to.url)
	await delivery(third.id, d => d.state === 'delivered')
	assert.equal((await post(`/v1/jobs/${second.id}/redeliver`)).status, 202, 'a first delivery can be asked for')
	await delivery(second.id, d => d.state === 'delivered')
	assert.equal((await post(`/v1/jobs/${first.id}/redeliver`)).status, 202)
	const it = await delivery(first.id, d => d.state === 'delivered')
	assert.deepEqual(it.attempts.map(a => a.status), [410, 200])
})

await test('private_hosts', async () => {
	for (const webhook of ['http://10.0.0.1/', 'http://[::1]:80/', 'http://169.254.169.254/latest', 'ftp://example.com/', 'nonsense']) {
		const made = await api('/v1/jobs', { body: { urls: [pages.url], webhook } })
		assert.equal(made.status, /^http:/.test(webhook) ? 403 : 400, `${webhook}: ${made.text}`)
	}
})

await test('a_private_address_is_refused_at_the_attempt', async () => {
	await needsLocalhost()
	const to = await receiver(undefined, '127.0.0.1')
	const strict = await startScraped({ env: { ...env, SCRAPED_ALLOW_TARGETS: pages.host } })
	const { id } = await job(`http://localhost:${to.port}/`, { at: strict })
	const it = await delivery(id, d => d.attempts.length === 1 && d.state !== 'sending', strict)
	assert.match(it.lastError, /^PRIVATE_NETWORK_TARGET: /)
	assert.deepEqual([it.state, it.lastStatus, to.got.length], ['waiting', null, 0])
	await strict.stop()
})

await test('a_dead_receiver_delays_no_other', async () => {
	const dead = await receiver(() => {}), alive = await receiver()
	const jobs = []
	for (let i = 0; i < 40; i++)
		jobs.push(await job(dead.url))
	for (const { id } of jobs)
		await ended(id)
	await until(() => dead.got.length === 2, 'two to one host')
	for (let i = 0; i < 20; i++)
		await delivery((await job(alive.url)).id, d => d.state === 'delivered')
	assert.equal(dead.got.length, 2, 'no answer has come there, so no third was sent')
	const states = await Promise.all(jobs.map(async ({ id }) => (await deliveriesOf(id))[0]))
	assert.equal(states.filter(d => d.attempts.length > 0).length, 0)
	for (const d of states)
		assert.ok(d.tries <= 1, 'what waits for its turn has not been tried')
	await dead.stop()
})

await test('dead_receivers_of_one_account_delay_no_other_account', async () => {
	const own = await startScraped({ env: { ...env, SCRAPED_WEBHOOK_IN_FLIGHT: '4' } })
	const dead = []
	for (let i = 0; i < 6; i++)
		dead.push(await receiver(() => {}))
	for (const to of dead)
		await job(to.url, { at: own })
	const began = () => dead.filter(to => to.got.length).length
	await until(() => began() === 2, 'half of the places are its')
	const to = await receiver()
	const key = createKey(own.env, ['--name', 'other', '--scopes', 'jobs:read,jobs:write'])
	change(own, 'INSERT INTO accounts VALUES (\'acc_other\', \'other\', 0, 0)')
	change(own, 'UPDATE api_keys SET account_id = \'acc_other\' WHERE name = \'other\'')
	await job(to.url, { at: { ...own, key } })
	await until(() => to.got.length === 1, 'the other is sent to')
	assert.equal(began(), 2, 'while all of the first are silent')
})

await test('two_signatures_while_a_secret_is_rotated', async () => {
	const to = await receiver()
	const { id, secret } = await job(to.url)
	await delivery(id, d => d.state === 'delivered')
	const hook = await hookAt(to.url)
	const rotated = await post(`/v1/webhooks/${hook.id}/rotate`)
	assert.equal(rotated.status, 200, rotated.text)
	const told = rows(scraped, 'SELECT event, account_id, peer, detail FROM audit WHERE subject = ?', hook.id)
	assert.deepEqual(told.map(it => ({ ...it })), [{ event: 'webhook.rotated', account_id: 'acc_local', peer: '127.0.0.1', detail: '' }])
	const fresh = rotated.json.webhook.secret
	assert.notEqual(fresh, secret)
	const left = Date.parse(rotated.json.webhook.oldSecretUntil) - Date.now()
	assert.ok(left > 23.9 * 3600000 && left <= 24 * 3600000, String(left))
	await post(`/v1/jobs/${id}/redeliver`, {})
	await until(() => to.got.length === 2, 'the second')
	assert.equal(to.got[1].headers['webhook-signature'].split(' ').length, 2)
	for (const one of [secret, fresh])
		new Webhook(one).verify(to.got[1].body, to.got[1].headers)
	await delivery(id, d => d.state === 'delivered')
	change(scraped, 'UPDATE endpoints SET old_until_ms = 1 WHERE id = ?', hook.id)
	await post(`/v1/jobs/${id}/redeliver`, {})
	await until(() => to.got.length === 3, 'the third')
	new Webhook(fresh).verify(to.got[2].body, to.got[2].headers)
	assert.throws(() => new Webhook(secret).verify(to.got[2].body, to.got[2].headers))
	assert.equal((await hookAt(to.url)).oldSecretUntil, null)
})

await test('sent_again_by_hand', async () => {
	let hold = true
	const to = await receiver(r => hold || r.writeHead(200).end())
	const { id } = await job(to.url)
	const sending = await delivery(id, d => d.state === 'sending')
	assert.equal((await post(`/v1/jobs/${id}/redeliver`)).status, 409)
	hold = false
	to.got[0].answer.writeHead(200).end()
	await delivery(id, d => d.state === 'delivered')
	const again = await post(`/v1/jobs/${id}/redeliver`, { deliveryId: sending.id })
	assert.equal(again.status, 202, again.text)
	assert.deepEqual([again.json.success, again.json.delivery.id], [true, sending.id])
	const it = await delivery(id, d => d.state === 'delivered' && d.attempts.length === 2)
	assert.deepEqual(to.got.map(g => g.headers['webhook-id']), [it.id, it.id])
	for (const [body, status] of [[{ deliveryId: 'msg_unknown' }, 404], [{ deliveryId: 7 }, 400]])
		assert.equal((await post(`/v1/jobs/${id}/redeliver`, body)).status, status)
	const plain = await job(null)
	await ended(plain.id)
	assert.deepEqual(await deliveriesOf(plain.id), [])
	assert.equal((await post(`/v1/jobs/${plain.id}/redeliver`)).status, 409)
})

await test('strangers_see_nothing', async () => {
	const to = await receiver()
	const { id } = await job(to.url)
	const it = await delivery(id, d => d.state === 'delivered')
	const hook = await hookAt(to.url)
	const key = createKey(scraped.env, ['--name', 'stranger', '--scopes', 'jobs:read,jobs:write'])
	change(scraped, 'INSERT INTO accounts VALUES (\'acc_stranger\', \'stranger\', 0, 0)')
	change(scraped, 'UPDATE api_keys SET account_id = \'acc_stranger\' WHERE name = \'stranger\'')
	const asks = (job, webhook) => [[`/v1/jobs/${job}/deliveries`], [`/v1/jobs/${job}/redeliver`, { deliveryId: it.id }],
		[`/v1/jobs/${job}/redeliver`], [`/v1/webhooks/${webhook}/rotate`, {}], [`/v1/webhooks/${webhook}/enable`, {}]]
	const words = async list => Promise.all(list.map(async ([path, body]) => {
		const answer = await api(path, { key, body, method: path.endsWith('deliveries') ? 'GET' : 'POST' })
		assert.equal(answer.status, 404, `${path}: ${answer.text}`)
		return [answer.json.error.code, answer.json.error.message]
	}))
	assert.deepEqual(await words(asks(id, hook.id)), await words(asks('job_unknown', 'whk_unknown')))
	assert.deepEqual((await api('/v1/webhooks', { key })).json.webhooks, [])
	assert.equal((await hookAt(to.url)).secret, hook.secret)

	const reader = createKey(scraped.env, ['--scopes', 'jobs:read'])
	for (const shown of (await api('/v1/webhooks', { key: reader })).json.webhooks)
		assert.equal('secret' in shown, false, 'secrets are for those who may make jobs')
	for (const path of [`/v1/webhooks/${hook.id}/rotate`, `/v1/webhooks/${hook.id}/enable`, `/v1/jobs/${id}/redeliver`])
		assert.equal((await api(path, { key: reader, method: 'POST' })).status, 403)
	assert.equal((await api(`/v1/jobs/${id}/deliveries`, { key: reader })).status, 200)
	const other = createKey(scraped.env, ['--scopes', 'scrape'])
	assert.equal((await api('/v1/webhooks', { key: other })).status, 403)
})

await test('a_crash_while_it_is_sent', async () => {
	let hold = true
	const to = await receiver(r => hold || r.writeHead(200).end())
	const one = await startScraped({ env })
	const { id, secret } = await job(to.url, { at: one })
	await until(() => to.got.length === 1, 'the first attempt')
	await one.kill()
	hold = false
	const two = await startScraped({ env: { ...env, SCRAPED_DATA: one.env.SCRAPED_DATA } })
	const it = await delivery(id, d => d.state === 'delivered', two)
	assert.deepEqual(to.got.map(g => g.headers['webhook-id']), [it.id, it.id])
	assert.equal(it.attempts.length, 1, 'of the first nobody knows what came')
	new Webhook(secret).verify(to.got[1].body, to.got[1].headers)
	await two.stop()
})

await test('a_stop_while_it_is_sent', async () => {
	let hold = true
	const to = await receiver(r => hold || r.writeHead(200).end())
	const one = await startScraped({ env })
	const { id } = await job(to.url, { at: one })
	await until(() => to.got.length === 1, 'the first attempt')
	await one.stop()
	hold = false
	const two = await startScraped({ env: { ...env, SCRAPED_DATA: one.env.SCRAPED_DATA } })
	const it = await delivery(id, d => d.state === 'delivered', two)
	assert.deepEqual([it.tries, it.attempts.length], [1, 1], 'the try that was cut short does not count')
	await two.stop()
})

await test('secrets_are_not_in_the_log', async () => {
	const { err } = scraped.child
	assert.match(err, /hook\.sent delivery=msg_/)
	assert.match(err, /hook\.failed delivery=msg_.* error=/)
	for (const secret of ['whsec_', 'verysecret', 'v1,', ...(await api('/v1/webhooks')).json.webhooks.map(w => w.secret.slice(6))])
		assert.equal(err.includes(secret), false, secret)
	const metrics = (await api('/metrics', { key: createKey(scraped.env, ['--scopes', 'metrics:read']) })).text
	for (const outcome of ['ok', 'failed'])
		assert.match(metrics, new RegExp(`scraped_webhooks_total\\{outcome="${outcome}"\\} [1-9]`))
})

await scraped.stop()
await finish()
