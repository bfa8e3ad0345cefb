// SPDX-License-Identifier: Apache-2.0
// Every secret of whole flows, good and bad ones, is looked for in everything the server says where
// others read: its log at the level debug, its metrics, and the bodies of errors.
import { assert, createKey, finish, send, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { bearer, Client, mcp, postForm, scrape } from '../lib/oauth_client.mjs'
import { addUser, forms, Person } from '../lib/person.mjs'

const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1>'))
const scraped = await startScraped({ keyArgs: ['--scopes', 'all'], env: { SCRAPED_LOG_LEVEL: 'debug', SCRAPED_ALLOW_TARGETS: origin.host,
	SCRAPED_REGISTRATION_PER_HOUR: '1000', SCRAPED_DATA_KEY: 'the-key-that-seals-signing-keys' } })
const base = scraped.url
const password = 'correct horse battery', wrong = 'an entirely wrong one'
addUser(scraped.env, 'ada', password)

const secrets = new Map([['password', password], ['wrong password', wrong], ['data key', scraped.env.SCRAPED_DATA_KEY], ['API key', scraped.key]])
const errors = [] // bodies and headers of refusals
const keep = (name, text) => {
	assert.ok(text?.length >= 8, `${name}: ${text}`)
	secrets.set(`${name} ${secrets.size}`, text)
	return text
}
const noted = answer => {
	if (answer.status >= 400)
		errors.push(answer.text + JSON.stringify(answer.headers))
	return answer
}
const keepTokens = ({ access_token, refresh_token }) => {
	keep('access token', access_token)
	keep('signature', access_token.split('.')[2])
	keep('refresh token', refresh_token)
}

const ada = new Person(base, { name: 'ada', password })
for (const token_endpoint_auth_method of ['none', 'client_secret_basic', 'client_secret_post']) {
	const client = await Client.register(base, { token_endpoint_auth_method })
	if (client.secret)
		keep('client secret', client.secret)
	const state = keep('state', `state-${token_endpoint_auth_method}-0123456789`)
	const code = await client.authorize(ada, { state })
	keep('code', code.code)
	keep('verifier', code.verifier)
	const { json } = await client.redeem(code)
	keepTokens(json)
	await scrape(base, bearer(json.access_token), `${origin.url}/`)
	await send(`${base}/v1/scrape`, { body: { urls: [`${origin.url}/`] }, headers: bearer(json.access_token) })
	const next = (await client.refresh(json.refresh_token)).json
	keepTokens(next)
	noted(await client.redeem(code))
	noted(await client.refresh(next.refresh_token))
	noted(await client.refresh(next.refresh_token, {}, { DPoP: keep('proof', `${next.access_token}x`) }))
	noted(await mcp(base, bearer(next.access_token)))
	noted(await mcp(base, bearer(`${next.access_token}x`)))
	noted(await mcp(base, { Authorization: `DPoP ${next.access_token}`, DPoP: next.access_token }))
	noted(await send(`${base}/v1/scrape?access_token=${next.access_token}`, { body: { urls: [] } }))
	noted(await client.redeem({ code: keep('made-up code', 'made-up-code-0123456789'), verifier: keep('made-up verifier', 'made-up-verifier-'.repeat(3)) }))
	noted(await postForm(`${base}/token`, { grant_type: 'refresh_token', refresh_token: next.refresh_token, client_id: client.id, client_secret: keep('wrong secret', 'wrong-secret-0123456789') }))
	noted(await postForm(`${base}/token`, `refresh_token=${next.refresh_token}&refresh_token=${next.refresh_token}`))
	noted(await client.revoke(next.refresh_token))
	noted(await ada.ask(client.url({ response_type: 'x', code_challenge: keep('challenge', 'challenge-that-is-not-one') })))
	noted(await ada.ask(`${client.url({ state })}&state=${state}`))
}
for (const cookie of ada.cookies.values())
	keep('session cookie', cookie)

const stranger = new Person(base)
const page = await stranger.visit('/login')
keep('first cookie', [...stranger.cookies.values()][0])
keep('csrf', forms(page.text).find(f => f.fields.csrf).fields.csrf)
noted(await stranger.submit(page, 'password', { name: 'ada', password: wrong }))
noted(await stranger.ask('/login', { fields: { name: 'ada', password: wrong, csrf: keep('made-up csrf', 'made-up-csrf-0123456789') } }))
noted(await stranger.ask(`/setup?token=${keep('setup token', 'made-up-setup-token-0123')}`))
noted(await stranger.ask(`/join?token=${keep('invitation', 'made-up-invitation-0123')}`))
noted(await mcp(base, bearer(keep('made-up key', 'sk_live_made-up-key-0123456789'))))
noted(await mcp(base, { 'X-API-KEY': createKey(scraped.env), ...bearer(keep('second key', createKey(scraped.env))) }))
const metrics = await send(`${base}/metrics`, { headers: bearer(scraped.key) })
assert.equal(metrics.status, 200, metrics.text)

const absent = (where, text, but) => {
	for (const [name, secret] of [...secrets].filter(([name]) => !but || !name.startsWith(but)))
		for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')])
			assert.equal(text.includes(form), false, `${where} shows the ${name}`)
}

await test('the log has no secrets', async () => {
	await scraped.stop()
	assert.ok(scraped.child.err.includes('http.done'))
	assert.match(scraped.child.err, /path="\/token"/)
	absent('the log', scraped.child.err)
	absent('the output', scraped.child.out)
	assert.doesNotMatch(scraped.child.err, /code_challenge|client_secret=|password=/)
})

await test('the metrics have no secrets', () => {
	assert.match(metrics.text, /scraped_requests_total/)
	absent('the metrics', metrics.text)
})

await test('errors have no secrets', () => {
	assert.ok(errors.length > 30, String(errors.length))
	for (const text of errors)
		absent('an error', text, 'csrf') // the sign-in form comes back with its token
})

await finish()
