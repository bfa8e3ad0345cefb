// SPDX-License-Identifier: Apache-2.0
// The checklist of an embedded authorization server (auth.md section 7) on the wire: one case per
// line, named after its number. What cannot be seen from outside is held by the unit tests of the
// floors; what they show is asserted here as far as a client can see it.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, finish, run, send, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { bearer, claimsOf, Client, headerOf, mcp, pkce, postForm, REDIRECT, refused, scrape } from '../lib/oauth_client.mjs'
import { addUser, forms, Person } from '../lib/person.mjs'
import { change, forge, rows } from '../lib/database.mjs'

const PASSWORD = 'correct horse battery'
const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1><p>A page.'))
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_REGISTRATION_PER_HOUR: '100000' } })
const base = scraped.url, resource = `${base}/mcp`
addUser(scraped.env, 'ada', PASSWORD, ['--admin'])
addUser(scraped.env, 'bob', PASSWORD)
const signedIn = async (name = 'ada') => {
	const person = new Person(base, { name, password: PASSWORD })
	await person.signIn()
	return person
}
const ada = await signedIn()
const client = await Client.register(base)
const stranger = () => new Person(base)
const redirectError = answer => new URL(answer.left ?? answer.location).searchParams.get('error')
const errorOf = async (changes, who = ada) => redirectError(await who.ask(client.url(changes)))
const page400 = answer => {
	assert.equal(answer.status, 400, answer.text)
	assert.equal(answer.location, undefined)
	assert.match(answer.headers['content-type'], /^text\/html/)
}

// --- the authorization endpoint ---

await test('checklist.01 only the code flow', async () => {
	for (const response_type of ['token', 'id_token', 'code token', 'code id_token', 'none', 'CODE'])
		assert.equal(await errorOf({ response_type }), 'unsupported_response_type')
	assert.equal(await errorOf({ response_type: undefined }), 'invalid_request')
	for (const grant_type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'x'])
		refused(await client.token({ grant_type, username: 'ada', password: PASSWORD }), 400, 'unsupported_grant_type')
	refused(await client.token({}), 400, 'invalid_request')
})

await test('checklist.02 pkce with S256 alone', async () => {
	const { challenge } = pkce()
	for (const changes of [{ code_challenge: undefined }, { code_challenge_method: undefined }, { code_challenge_method: 'plain' },
		{ code_challenge_method: 's256' }, { code_challenge: challenge.slice(1) }, { code_challenge: challenge + 'A' },
		{ code_challenge: challenge.slice(0, 42) + '=' }, { code_challenge: challenge.slice(0, 42) + '+' }])
		assert.equal(await errorOf(changes), 'invalid_request', JSON.stringify(changes))
	const code = await client.authorize(ada)
	for (const code_verifier of [pkce().verifier, code.verifier.slice(1), code.verifier + 'x', 'x'.repeat(42), 'x'.repeat(129), code.verifier.replace(/.$/, '+')])
		refused(await client.redeem(code, { code_verifier }), 400, 'invalid_grant')
	const longest = 'aZ0-._~'.repeat(18) + 'xy'
	assert.equal(longest.length, 128)
	const other = await client.authorize(ada, { code_challenge: pkce(longest).challenge })
	assert.equal((await client.redeem(other, { code_verifier: longest })).status, 200)
})

await test('checklist.03 no verifier, no token', async () => {
	const code = await client.authorize(ada)
	refused(await client.redeem(code, { code_verifier: undefined }), 400, 'invalid_grant')
	refused(await client.redeem(code, { code_verifier: '' }), 400, 'invalid_grant')
	assert.equal((await client.redeem(code)).status, 200)
})

await test('checklist.04 redirect uris are compared byte for byte', async () => {
	for (const redirect_uri of [REDIRECT + '/', REDIRECT + '?x=1', REDIRECT + '#f', REDIRECT.toUpperCase(), 'http://client.example/callback',
		'https://client.example:443/callback', 'https://client.example/call%62ack', 'https://client.example/a/../callback',
		'https://client.example.evil.example/callback', 'https://evil.example/callback', 'https://client.example@evil.example/callback'])
		page400(await ada.ask(client.url({ redirect_uri })))
	const native = await Client.register(base, { redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]:4000/cb', 'http://localhost:1/cb'] })
	for (const redirect_uri of ['http://127.0.0.1:5151/cb', 'http://127.0.0.1/cb', 'http://[::1]:9/cb', 'http://localhost:65535/cb'])
		assert.match((await ada.ask(native.url({ redirect_uri }))).location, /^\/consent\//)
	for (const redirect_uri of ['http://127.0.0.1:5151/cb/', 'http://127.0.0.2/cb', 'https://127.0.0.1/cb', 'http://localhost:1/other', 'http://127.0.0.1:x/cb'])
		page400(await ada.ask(native.url({ redirect_uri })))
})

await test('checklist.05 no redirect before client and uri are proven', async () => {
	for (const changes of [{ client_id: undefined }, { client_id: 'nobody' }, { client_id: 'x'.repeat(3000) }, { redirect_uri: undefined },
		{ redirect_uri: '' }, { redirect_uri: 'https://evil.example/' }, { redirect_uri: 'javascript:alert(1)' }])
		for (const who of [ada, stranger()])
			page400(await who.ask(client.url({ ...changes, response_type: 'token', code_challenge: undefined })))
})

await test('checklist.06 strangers get a link instead of a redirect', async () => {
	const page = await stranger().ask(client.url({ response_type: 'token', state: '"><script>' }))
	page400(page)
	assert.ok(page.text.includes('client.example'), page.text)
	assert.ok(page.text.includes('error=unsupported_response_type'), page.text)
	assert.doesNotMatch(page.text, /<script>/)
	assert.equal(await errorOf({ prompt: 'none' }, stranger()), 'login_required')
	assert.equal(await errorOf({ prompt: 'none', response_type: 'token' }, stranger()), 'unsupported_response_type')
	assert.equal(await errorOf({ response_type: 'token' }), 'unsupported_response_type')
})

await test('checklist.07 codes are bound, short-lived and stored as hashes', async () => {
	const code = await client.authorize(ada)
	assert.match(code.code, /^[\w-]{43,}$/)
	const hash = crypto.createHash('sha256').update(code.code).digest()
	const [row] = rows(scraped, 'SELECT * FROM codes WHERE hash = ?', hash)
	assert.ok(row.expires_ms - Date.now() <= 60000 && row.expires_ms > Date.now())
	const other = await Client.register(base)
	refused(await other.redeem(code), 400, 'invalid_grant')
	assert.equal((await client.redeem(code)).status, 200)
	const late = await client.authorize(ada)
	change(scraped, 'UPDATE codes SET expires_ms = ? WHERE hash = ?', Date.now() - 1, crypto.createHash('sha256').update(late.code).digest())
	refused(await client.redeem(late), 400, 'invalid_grant')
})

await test('checklist.08 code is single use', async () => {
	const code = await client.authorize(ada)
	const first = await client.redeem(code)
	assert.equal(first.status, 200)
	assert.equal((await mcp(base, bearer(first.json.access_token))).status, 200)
	refused(await client.redeem(code), 400, 'invalid_grant')
	assert.equal((await mcp(base, bearer(first.json.access_token))).status, 401)
	refused(await client.refresh(first.json.refresh_token), 400, 'invalid_grant')
})

await test('checklist.08 of parallel redemptions one wins', async () => {
	for (let round = 0; round < 3; round++) {
		const code = await client.authorize(ada)
		const answers = await Promise.all(Array.from({ length: 12 }, () => client.redeem(code)))
		const won = answers.filter(a => a.status === 200)
		assert.equal(won.length, 1)
		for (const lost of answers.filter(a => a.status !== 200))
			refused(lost, 400, 'invalid_grant')
		assert.equal((await mcp(base, bearer(won[0].json.access_token))).status, 401)
	}
})

await test('checklist.09 redirect_uri at the token endpoint must be the same', async () => {
	const code = await client.authorize(ada)
	refused(await client.redeem(code, { redirect_uri: 'https://client.example/other' }), 400, 'invalid_grant')
	assert.equal((await client.redeem(code, { redirect_uri: undefined })).status, 200)
})

await test('checklist.10 resource indicators', async () => {
	for (const other of ['https://other.example/mcp', `${resource}#x`, `${base}/other`, `${base}.evil.example/mcp`, 'mcp', `${resource}/x`])
		assert.equal(await errorOf({ resource: other }), 'invalid_target', other)
	for (const same of [undefined, resource, `${resource}/`, base, `${base}/`, resource.replace('http', 'HTTP')]) {
		const tokens = await client.login(ada, { resource: same })
		assert.deepEqual([claimsOf(tokens.access_token).aud].flat(), [resource])
	}
	const code = await client.authorize(ada)
	refused(await client.redeem(code, { resource: 'https://other.example/mcp' }), 400, 'invalid_target')
	const done = await client.redeem(code, { resource: `${resource}/` })
	assert.equal(done.status, 200, done.text)
	refused(await client.refresh(done.json.refresh_token, { resource: 'https://other.example/mcp' }), 400, 'invalid_target')
	const several = new URL(client.url())
	several.searchParams.append('resource', base)
	assert.match((await ada.ask(several.href)).location, /^\/consent\/|[?&]code=/)
	several.searchParams.append('resource', 'https://other.example/')
	assert.equal(redirectError(await ada.ask(several.href)), 'invalid_target')
})

await test('checklist.11 tokens for others are refused', async () => {
	const good = claimsOf((await client.login(ada)).access_token)
	const again = await forge(scraped, good)
	assert.equal((await mcp(base, bearer(again))).status, 200)
	const wrong = [[{ aud: 'https://other.example/mcp' }], [{ aud: base }], [{ aud: `${resource}/` }], [{ aud: undefined }], [{ aud: [] }],
		[{ iss: `${base}/` }], [{ iss: 'https://other.example' }], [{ iss: undefined }], [{ sub: 'acc_local' }], [{ sub: '' }],
		[{ gid: undefined }], [{ gid: 'grant_none' }], [{ scope: undefined }], [{ scope: 5 }], [{ exp: undefined }], [{ exp: 'soon' }],
		[{ cnf: { jkt: 'x'.repeat(43) } }], [{}, { typ: 'JWT' }], [{}, { typ: undefined }], [{}, { kid: 'other' }], [{}, { crit: ['b64'], b64: true }]]
	for (const [claims, header] of wrong) {
		const answer = await forge(scraped, { ...good, ...claims }, header).then(token => mcp(base, bearer(token)), () => null)
		if (answer)
			refused(answer, 401, 'invalid_token')
	}
	const [head, body, signature] = again.split('.')
	const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`
	for (const token of [`${head}.${body}.${signature.slice(0, -2)}AA`, `${head}.${Buffer.from(JSON.stringify({ ...good, scope: 'scrape keys:manage' })).toString('base64url')}.${signature}`,
		none, `${none}x`, 'A=.x.y', `${again}.x`, `${head}.${body}`])
		refused(await mcp(base, bearer(token)), 401, 'invalid_token')
	assert.equal((await mcp(base, bearer(await forge(scraped, { ...good, aud: ['https://other.example', resource] })))).status, 200)
})

// --- refresh ---

const shiftRefresh = (token, ms) => change(scraped, 'UPDATE refresh SET used_ms = used_ms - ? WHERE hash = ? AND used_ms > 0', ms,
	crypto.createHash('sha256').update(token).digest())

await test('checklist.12 a replaced refresh token ends its family', async () => {
	const first = await client.login(ada)
	const second = (await client.refresh(first.refresh_token)).json
	assert.notEqual(second.refresh_token, first.refresh_token)
	assert.equal((await mcp(base, bearer(second.access_token))).status, 200)
	assert.equal(shiftRefresh(first.refresh_token, 61000), 1)
	refused(await client.refresh(first.refresh_token), 400, 'invalid_grant')
	refused(await client.refresh(second.refresh_token), 400, 'invalid_grant')
	for (const { access_token } of [first, second])
		assert.equal((await mcp(base, bearer(access_token))).status, 401)
})

await test('checklist.13 rotation has a grace time', async () => {
	const first = await client.login(ada)
	const pairs = [(await client.refresh(first.refresh_token)).json, (await client.refresh(first.refresh_token)).json]
	assert.notEqual(pairs[0].refresh_token, pairs[1].refresh_token)
	for (const pair of pairs) {
		assert.equal((await mcp(base, bearer(pair.access_token))).status, 200)
		assert.equal(claimsOf(pair.access_token).gid, claimsOf(first.access_token).gid)
	}
	const many = await Promise.all(Array.from({ length: 20 }, () => client.refresh(first.refresh_token)))
	const more = many.filter(a => a.status === 200)
	assert.ok(more.length < 6, `${more.length} siblings`)
	for (const a of many.filter(a => a.status !== 200))
		refused(a, 400, 'invalid_grant')
	assert.equal((await mcp(base, bearer(pairs[0].access_token))).status, 200)
})

await test('checklist.13 two refreshes at once both go on', async () => {
	let { refresh_token } = await client.login(ada)
	for (let round = 0; round < 3; round++) {
		const [a, b] = await Promise.all([client.refresh(refresh_token), client.refresh(refresh_token)])
		assert.deepEqual([a.status, b.status], [200, 200])
		for (const { json } of [a, b])
			assert.equal((await mcp(base, bearer(json.access_token))).status, 200)
		refresh_token = b.json.refresh_token
	}
})

await test('checklist.14 refresh tokens are bound, shrink and end', async () => {
	const tokens = await client.login(ada, { scope: 'scrape jobs:read' })
	assert.equal(tokens.scope, 'scrape jobs:read')
	const other = await Client.register(base)
	refused(await other.refresh(tokens.refresh_token), 400, 'invalid_grant')
	const less = (await client.refresh(tokens.refresh_token, { scope: 'jobs:read' })).json
	assert.equal(less.scope, 'jobs:read')
	assert.equal(claimsOf(less.access_token).scope, 'jobs:read')
	refused(await client.refresh(less.refresh_token, { scope: 'scrape jobs:write' }), 400, 'invalid_scope')
	const all = (await client.refresh(less.refresh_token)).json
	assert.equal(all.scope, 'scrape jobs:read')
	const hash = crypto.createHash('sha256').update(all.refresh_token).digest()
	const [row] = rows(scraped, 'SELECT * FROM refresh WHERE hash = ?', hash)
	assert.ok(Math.abs(row.expires_ms - Date.now() - 30 * 86400e3) < 600e3)
	change(scraped, 'UPDATE refresh SET expires_ms = ? WHERE hash = ?', Date.now() - 1, hash)
	refused(await client.refresh(all.refresh_token), 400, 'invalid_grant')
	addUser(scraped.env, 'carol', PASSWORD)
	const carols = await client.login(await signedIn('carol'))
	assert.equal(run(binary, ['user', 'passwd', '--password-stdin', 'carol'], { env: scraped.env, input: 'another good password\n' }).status, 0)
	refused(await client.refresh(carols.refresh_token), 400, 'invalid_grant')
	assert.equal((await mcp(base, bearer(carols.access_token))).status, 401)
})

// --- consent ---

await test('checklist.15 consent is for one client, user, scope and resource', async () => {
	const fresh = await Client.register(base), bob = await signedIn('bob')
	const asked = async (who, which, changes) => !(await who.visit(which.url(changes))).left
	assert.equal(await asked(ada, fresh), true)
	await fresh.login(ada)
	assert.equal(await asked(ada, fresh), false)
	assert.equal(await asked(ada, fresh, { scope: 'scrape jobs:read' }), true)
	assert.equal(await asked(ada, fresh, { prompt: 'consent' }), true)
	assert.equal(await errorOf({ client_id: fresh.id, prompt: 'none', scope: 'scrape jobs:write' }), 'consent_required')
	const silent = await ada.ask(fresh.url({ prompt: 'none' }))
	assert.match(silent.location, /[?&]code=/)
	assert.equal(await asked(bob, fresh), true)
	assert.equal(await asked(ada, await Client.register(base)), true)
	const native = await Client.register(base, { redirect_uris: ['http://127.0.0.1/cb'] })
	await native.login(ada)
	assert.equal(await asked(ada, native), true)
	assert.equal(await errorOf({ client_id: native.id, redirect_uri: 'http://127.0.0.1/cb', prompt: 'none' }), 'consent_required')
	const again = await ada.visit(fresh.url({ prompt: 'login' }))
	assert.ok(forms(again.text).some(f => 'password' in f.fields), 'prompt=login asks for the password')
	await ada.signIn(again)
})

await test('checklist.16 the consent page says who and what', async () => {
	const odd = await Client.register(base, { client_name: '<b>Bank\u202e & "Co"</b>', redirect_uris: ['https://app.evil.example/cb'] })
	const page = await ada.visit(odd.url({ scope: 'scrape jobs:write' }))
	assert.match(page.text, /&lt;b&gt;Bank &amp; &quot;Co&quot;|&lt;b&gt;Bank &amp; &#(34|x22);Co/)
	assert.doesNotMatch(page.text, /<b>Bank|\u202e/)
	assert.ok(page.text.includes('app.evil.example'))
	assert.ok(page.text.includes('Fetch web pages as Markdown'))
	assert.ok(page.text.includes('Start and cancel jobs'))
	assert.doesNotMatch(page.text, /Make and revoke API keys/)
	assert.match(page.text, /not (been )?(verified|checked)|unverified/i)
})

await test('checklist.17 consent forms are this session\'s own', async () => {
	const fresh = await Client.register(base)
	const page = await ada.visit(fresh.url())
	const form = forms(page.text).find(f => f.buttons.some(b => b.name === 'answer'))
	const to = new URL(form.action || page.url, page.url).href
	const bob = await signedIn('bob')
	const csrfOf = async who => forms((await who.visit('/settings')).text).find(f => f.fields.csrf).fields.csrf
	for (const fields of [{ answer: 'allow' }, { answer: 'allow', csrf: 'x' }, { answer: 'allow', csrf: '' }, { answer: 'allow', csrf: await csrfOf(bob) }])
		assert.equal((await ada.ask(to, { fields })).status, 403)
	const good = { ...form.fields, answer: 'allow' }
	for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'null', 'Sec-Fetch-Site': 'same-site' }])
		assert.equal((await ada.ask(to, { fields: good, headers })).status, 403)
	assert.equal((await bob.ask(to, { fields: { answer: 'allow', csrf: await csrfOf(bob) } })).status, 404)
	assert.equal((await bob.ask(to)).status, 404)
	const back = await ada.ask(to, { fields: good })
	assert.match(back.location, /[?&]code=/)
	assert.equal((await ada.ask(to, { fields: good })).status, 404)
})

await test('checklist.18 the sign-in form has a token too', async () => {
	const who = stranger()
	const page = await who.visit('/login')
	const form = forms(page.text).find(f => 'password' in f.fields)
	assert.ok(form.fields.csrf.length >= 32)
	for (const csrf of [undefined, 'x'])
		assert.equal((await who.ask('/login', { fields: { name: 'ada', password: PASSWORD, ...(csrf ? { csrf } : {}) } })).status, 403)
	const other = stranger()
	await other.visit('/login')
	assert.equal((await other.ask('/login', { fields: { name: 'ada', password: PASSWORD, csrf: form.fields.csrf } })).status, 403)
})

await test('checklist.19 no page can be framed', async () => {
	const pages = [await ada.visit('/settings'), await stranger().visit('/login'), await ada.ask(client.url({ client_id: 'nobody' })),
		await ada.visit((await Client.register(base)).url()), await ada.ask('/consent/none'), await stranger().ask(client.url({ response_type: 'x' }))]
	for (const { headers, url } of pages) {
		assert.match(headers['content-security-policy'], /frame-ancestors 'none'/, url)
		assert.match(headers['content-security-policy'], /default-src 'none'/, url)
		assert.equal(headers['x-frame-options'], 'DENY', url)
		assert.equal(headers['x-content-type-options'], 'nosniff', url)
	}
})

await test('checklist.20 redirects are 303', async () => {
	const all = ada.seen.filter(a => a.status >= 300 && a.status < 400)
	assert.ok(all.length > 10)
	for (const { status, url } of all)
		assert.equal(status, 303, url)
})

await test('checklist.21 iss is in every answer', async () => {
	const good = await client.authorize(ada)
	assert.equal(good.back.searchParams.get('iss'), base)
	const denied = await (await signedIn('bob')).deny((await Client.register(base)).url())
	assert.equal(denied.searchParams.get('error'), 'access_denied')
	assert.equal(denied.searchParams.get('iss'), base)
	const bad = new URL((await ada.ask(client.url({ response_type: 'token' }))).location)
	assert.equal(bad.searchParams.get('iss'), base)
	assert.equal((await send(`${base}/.well-known/oauth-authorization-server`)).json.authorization_response_iss_parameter_supported, true)
})

await test('checklist.22 state comes back byte for byte', async () => {
	for (const state of ['"><script>alert(1)</script>', 'a b+c%20&x=y#z', 'ü€😀', ' ', 'x'.repeat(2000), '\u202e\u0001']) {
		const { back } = await client.authorize(ada, { state })
		assert.equal(back.searchParams.get('state'), state)
		assert.equal(new URL((await ada.ask(client.url({ state, response_type: 'x' }))).location).searchParams.get('state'), state)
	}
	const page = await stranger().visit(client.url({ state: '"><script>alert(1)</script>' }))
	assert.doesNotMatch(page.text, /<script>alert/)
	for (const state of [undefined, ''])
		assert.equal((await client.authorize(ada, { state })).back.searchParams.has('state'), false)
	const query = await Client.register(base, { redirect_uris: ['https://client.example/cb?keep=1'] })
	const { back } = await query.authorize(ada)
	assert.equal(back.searchParams.get('keep'), '1')
})

await test('checklist.23 repeated, empty, unknown and forbidden parameters', async () => {
	for (const name of ['client_id', 'redirect_uri', 'state', 'scope', 'code_challenge', 'unknown'])
		page400(await ada.ask(`${client.url({ unknown: '1' })}&${name}=x`))
	assert.equal(await errorOf({ code_challenge: '' }), 'invalid_request')
	assert.match((await ada.ask(client.url({ scope: '', unknown: 'x', nonce: 'n', max_age: '5' }))).location, /^\/consent/)
	assert.equal(await errorOf({ request: 'a.b.c' }), 'request_not_supported')
	assert.equal(await errorOf({ request_uri: `${origin.url}/r` }), 'request_uri_not_supported')
	page400(await ada.ask(`${client.url()}&x=%ff`))
	page400(await ada.ask(`${client.url()}&x=%00`))
	page400(await ada.ask(`${client.url()}&x=%zz`))
	const code = await client.authorize(ada)
	const pairs = [['grant_type', 'authorization_code'], ['code', code.code], ['code_verifier', code.verifier], ['client_id', client.id]]
	for (const name of ['grant_type', 'code', 'client_id', 'code_verifier', 'unknown'])
		refused(await postForm(`${base}/token`, [...pairs, ['unknown', '1'], [name, 'x']]), 400, 'invalid_request')
	for (const tail of ['&x=%ff', '&x=%00', '&x=%z', '&%c0=1', '&' + Array.from({ length: 65 }, (_, i) => `p${i}=1`).join('&'), `&x=${'y'.repeat(65536)}`])
		refused(await postForm(`${base}/token`, `${new URLSearchParams(pairs)}${tail}`), 400, 'invalid_request')
	assert.equal((await postForm(`${base}/token`, [...pairs, ['unknown', '1'], ['scope', '']])).status, 200)
	assert.equal(await errorOf({ scope: 'nothing known' }), 'invalid_scope')
	assert.equal((await client.login(ada, { scope: 'scrape offline_access nothing' })).scope, 'scrape')
	assert.equal((await client.login(ada, { scope: undefined })).scope, 'scrape jobs:read jobs:write')
})

// --- the token endpoint ---

await test('checklist.24 the token endpoint reads a form body alone', async () => {
	const code = await client.authorize(ada)
	const fields = { grant_type: 'authorization_code', code: code.code, code_verifier: code.verifier, client_id: client.id }
	refused(await postForm(`${base}/token?${new URLSearchParams(fields)}`, ''), 400, 'invalid_request')
	refused(await send(`${base}/token`, { body: fields }), 400, 'invalid_request')
	refused(await postForm(`${base}/token`, fields, { 'Content-Encoding': 'gzip' }), 400, 'invalid_request')
	const get = await send(`${base}/token?${new URLSearchParams(fields)}`)
	assert.equal(get.status, 405)
	assert.equal(get.json.error, 'invalid_request')
	const good = await postForm(`${base}/token?grant_type=password`, fields)
	assert.equal(good.status, 200, good.text)
	assert.equal(good.headers['cache-control'], 'no-store')
	assert.equal(good.headers.pragma, 'no-cache')
	assert.match(good.headers['content-type'], /^application\/json/)
	assert.deepEqual(Object.keys(good.json).sort(), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
	assert.deepEqual([good.json.token_type, good.json.expires_in], ['Bearer', 3600])
	const bad = await postForm(`${base}/token`, fields)
	assert.equal(bad.headers['cache-control'], 'no-store')
})

await test('checklist.25 clients prove themselves by one method', async () => {
	for (const token_endpoint_auth_method of ['client_secret_basic', 'client_secret_post']) {
		const own = await Client.register(base, { token_endpoint_auth_method })
		assert.equal(own.registered.token_endpoint_auth_method, token_endpoint_auth_method)
		assert.equal(own.registered.client_secret_expires_at, 0)
		const code = await own.authorize(ada)
		const fields = { grant_type: 'authorization_code', code: code.code, code_verifier: code.verifier, client_id: own.id }
		refused(await postForm(`${base}/token`, fields), 401, 'invalid_client')
		refused(await postForm(`${base}/token`, { ...fields, client_secret: 'wrong' }), 401, 'invalid_client')
		const basic = (id, secret) => ({ Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
		for (const headers of [basic(own.id, 'wrong'), basic('nobody', own.secret), { Authorization: 'Basic !!!' }, { Authorization: 'Basic' + ' eA==' }]) {
			const answer = await postForm(`${base}/token`, { ...fields, client_id: undefined }, headers)
			refused(answer, 401, 'invalid_client')
			assert.match(answer.headers['www-authenticate'], /^Basic /)
		}
		refused(await postForm(`${base}/token`, { ...fields, client_secret: own.secret }, basic(own.id, own.secret)), 400, 'invalid_request')
		refused(await postForm(`${base}/token`, { ...fields, client_id: client.id }, basic(own.id, own.secret)), 400, 'invalid_request')
		assert.equal((await own.redeem(code)).status, 200)
	}
	refused(await postForm(`${base}/token`, { grant_type: 'authorization_code', code: 'x', client_id: 'nobody' }), 401, 'invalid_client')
	refused(await postForm(`${base}/token`, { grant_type: 'authorization_code', code: 'x' }), 400, 'invalid_request')
	const code = await client.authorize(ada)
	assert.equal((await client.redeem(code, { client_secret: 'not needed' })).status, 200)
})

await test('checklist.26 revocation', async () => {
	const first = await client.login(ada), other = await Client.register(base)
	for (const token of [first.refresh_token, first.access_token, 'unknown', 'a.b.c', 'A=.x.y'])
		assert.equal((await other.revoke(token)).status, 200)
	assert.equal((await mcp(base, bearer(first.access_token))).status, 200)
	assert.equal((await client.revoke(first.refresh_token, { token_type_hint: 'access_token' })).status, 200)
	assert.equal((await mcp(base, bearer(first.access_token))).status, 401)
	refused(await client.refresh(first.refresh_token), 400, 'invalid_grant')
	const second = await client.login(ada)
	assert.equal((await client.revoke(second.access_token)).status, 200)
	assert.equal((await mcp(base, bearer(second.access_token))).status, 401)
	refused(await client.refresh(second.refresh_token), 400, 'invalid_grant')
	refused(await client.revoke(undefined), 400, 'invalid_request')
	refused(await client.revoke('x', { client_id: 'nobody' }), 401, 'invalid_client')
})

// --- documents ---

await test('checklist.27 the key document is public alone', async () => {
	const { json } = await send(`${base}/jwks`)
	assert.ok(json.keys.length >= 1)
	for (const key of json.keys) {
		assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
		assert.deepEqual([key.alg, key.crv, key.kty, key.use], ['ES256', 'P-256', 'EC', 'sig'])
	}
	const header = headerOf((await client.login(ada)).access_token)
	assert.deepEqual([header.alg, header.typ], ['ES256', 'at+jwt'])
	assert.ok(json.keys.some(k => k.kid === header.kid))
})

await test('checklist.28 metadata', async () => {
	for (const name of ['oauth-authorization-server', 'oauth-authorization-server/mcp', 'openid-configuration']) {
		const { status, json, headers } = await send(`${base}/.well-known/${name}`)
		assert.equal(status, 200)
		assert.match(headers['content-type'], /^application\/json/)
		assert.equal(json.issuer, base)
		for (const [member, at] of [['authorization', '/authorize'], ['token', '/token'], ['registration', '/register'], ['revocation', '/revoke'], ['device_authorization', '/device_authorization']])
			assert.equal(json[`${member}_endpoint`], base + at)
		assert.equal(json.jwks_uri, `${base}/jwks`)
		assert.deepEqual(json.response_types_supported, ['code'])
		assert.deepEqual(json.response_modes_supported, ['query'])
		assert.deepEqual(json.code_challenge_methods_supported, ['S256'])
		assert.deepEqual(json.token_endpoint_auth_methods_supported, ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
		for (const grant of ['authorization_code', 'refresh_token'])
			assert.ok(json.grant_types_supported.includes(grant))
		assert.equal(json.client_id_metadata_document_supported, true)
		assert.ok(json.scopes_supported.includes('scrape'))
		assert.equal('subject_types_supported' in json, name === 'openid-configuration')
	}
	for (const name of ['oauth-protected-resource', 'oauth-protected-resource/mcp']) {
		const { json } = await send(`${base}/.well-known/${name}`)
		assert.deepEqual(json, { resource, authorization_servers: [base], scopes_supported: ['scrape', 'jobs:read', 'jobs:write'],
			bearer_methods_supported: ['header'], resource_name: 'scraped' })
	}
	for (const name of ['x', 'oauth-protected-resource/x', 'oauth-authorization-server/x', 'openid-configuration/x', '']) {
		const answer = await send(`${base}/.well-known/${name}`)
		assert.equal(answer.status, 404)
		assert.equal(answer.json.error, 'not_found')
	}
})

await test('checklist.29 no oauth without tls, but for loopback', async () => {
	const plain = await startScraped({ env: { SCRAPED_PUBLIC_URL: 'http://scrape.example' } })
	const host = { Host: 'scrape.example' }
	for (const at of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-authorization-server', '/jwks']) {
		const answer = await send(plain.url + at, { headers: host })
		assert.equal(answer.status, 404)
		assert.match(answer.json.error_description, /https/)
	}
	assert.equal((await send(`${plain.url}/token`, { body: 'grant_type=x', headers: { ...host, 'Content-Type': 'application/x-www-form-urlencoded' } })).status, 404)
	assert.equal((await send(`${plain.url}/login`, { headers: host })).status, 404)
	const challenge = await mcp(plain.url, host)
	assert.equal(challenge.status, 401)
	assert.doesNotMatch(challenge.headers['www-authenticate'], /resource_metadata/)
	assert.match(plain.child.err, /serve\.no_oauth why="[^"]*https/)
	await plain.stop()
	const tls = await startScraped({ env: { SCRAPED_PUBLIC_URL: 'https://Scrape.Example:443/' } })
	const { json } = await send(`${tls.url}/.well-known/oauth-authorization-server`)
	assert.equal(json.issuer, 'https://scrape.example')
	assert.equal(json.token_endpoint, 'https://scrape.example/token')
	const login = await send(`${tls.url}/login`, { headers: host })
	assert.match(String(login.headers['set-cookie']), /^__Host-sid=[^;]+;.*\bSecure\b/)
	assert.match(login.headers['strict-transport-security'], /max-age/)
	await tls.stop()
	const off = await startScraped({ env: { SCRAPED_OAUTH: 'off' } })
	assert.equal((await send(`${off.url}/.well-known/oauth-authorization-server`)).status, 404)
	assert.equal((await mcp(off.url, bearer(off.key))).status, 200)
	await off.stop()
})

// --- people ---

await test('checklist.30 the session is new after sign-in and dies with sign-out', async () => {
	const who = new Person(base, { name: 'bob', password: PASSWORD })
	const page = await who.visit('/login')
	const before = who.cookies.get('sid')
	assert.ok(before.length >= 43)
	assert.match(String(page.headers['set-cookie'] ?? who.seen[0].headers['set-cookie']), /HttpOnly; SameSite=Lax/)
	const settings = await who.signIn(page)
	const after = who.cookies.get('sid')
	assert.notEqual(after, before)
	const hash = text => crypto.createHash('sha256').update(text).digest()
	assert.equal(rows(scraped, 'SELECT 1 FROM sessions WHERE hash = ?', hash(before)).length, 0)
	const [row] = rows(scraped, 'SELECT * FROM sessions WHERE hash = ?', hash(after))
	assert.ok(row.account_id)
	change(scraped, 'UPDATE sessions SET seen_ms = ? WHERE hash = ?', Date.now() - 31 * 60e3, hash(after))
	assert.ok(forms((await who.visit('/settings')).text).some(f => 'password' in f.fields), 'idle too long')
	const again = new Person(base, { name: 'bob', password: PASSWORD })
	const mine = await again.signIn()
	const cookie = again.cookies.get('sid')
	const form = forms(mine.text).find(f => f.action.endsWith('/logout'))
	assert.ok(form, settings.text)
	await again.visit('/logout', { fields: form.fields })
	again.cookies.set('sid', cookie)
	assert.ok(forms((await again.visit('/settings')).text).some(f => 'password' in f.fields), 'signed out on the server')
})

await test('checklist.31 nobody learns whether a user exists', async () => {
	const attempt = async name => {
		const who = new Person(base)
		const page = await who.visit('/login')
		const answer = await who.submit(page, 'password', { name, password: 'a wrong password' })
		return [answer.status, answer.text.replaceAll(name, 'NAME').replaceAll(/[\w-]{40,}/g, 'RANDOM')]
	}
	const [known, unknown] = [await attempt('bob'), await attempt('zoe')]
	assert.deepEqual(known, unknown)
	assert.equal(known[0], 401)
})

await test('checklist.32 wrong passwords slow down', async () => {
	const own = await startScraped()
	addUser(own.env, 'dan', PASSWORD)
	const attempt = async (name, password) => {
		const who = new Person(own.url)
		return who.submit(await who.visit('/login'), 'password', { name, password })
	}
	const statuses = []
	let last
	for (let i = 0; i < 8 && last?.status !== 429; i++)
		statuses.push((last = await attempt('dan', 'a wrong password')).status)
	assert.equal(last.status, 429, String(statuses))
	assert.ok(Number(last.headers['retry-after']) > 0)
	assert.ok(statuses.filter(s => s === 401).length >= 3, String(statuses))
	change(own, 'UPDATE throttle SET until_ms = 0')
	assert.notEqual((await attempt('dan', PASSWORD)).status, 429)
	await own.stop()
})

await test('checklist.33 where sign-in leads is not in the url', async () => {
	for (const tail of ['?next=https://evil.example/', '?return_to=//evil.example', '?redirect_uri=https://evil.example/&continue=https://evil.example/']) {
		const who = new Person(base, { name: 'bob', password: PASSWORD })
		const after = await who.signIn(await who.visit(`/login${tail}`))
		assert.equal(after.left, undefined)
		assert.equal(new URL(after.url).pathname, '/settings')
	}
})

// --- registration ---

await test('checklist.34 registration has limits', async () => {
	const own = await startScraped({ env: { SCRAPED_REGISTRATION_PER_HOUR: '5', SCRAPED_ALLOW_TARGETS: '' } })
	const post = body => send(`${own.url}/register`, { body })
	const uris = redirect_uris => post({ redirect_uris })
	for (const bad of [[], Array(11).fill(REDIRECT), ['javascript:alert(1)'], ['data:text/html,x'], ['file:///etc/passwd'], ['http://client.example/cb'],
		['https://client.example/cb#f'], ['https://u:p@client.example/cb'], ['https://client.example/ cb'], ['https://client.example\\cb'], ['/cb'],
		['https://*.client.example/cb'], ['unknown-scheme://x/cb'], [`https://client.example/${'x'.repeat(2048)}`], [5], 'https://client.example/cb'])
		refused(await uris(bad), 400, 'invalid_redirect_uri')
	refused(await post({}), 400, 'invalid_redirect_uri')
	for (const body of ['{', '[]', '5', { redirect_uris: [REDIRECT], pad: 'x'.repeat(17000) }, { redirect_uris: [REDIRECT], grant_types: ['password'] },
		{ redirect_uris: [REDIRECT], response_types: ['token'] }, { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'tls_client_auth' },
		{ redirect_uris: [REDIRECT], client_name: 'x'.repeat(101) }, { redirect_uris: [REDIRECT], grant_types: ['client_credentials'] }])
		refused(await send(`${own.url}/register`, { body }), 400, 'invalid_client_metadata')
	const mine = await post({ redirect_uris: [REDIRECT], client_id: 'mine', client_secret: 'mine', software_statement: 'a.b.c', x: 1 })
	assert.equal(mine.status, 201)
	assert.equal(mine.headers['cache-control'], 'no-store')
	assert.notEqual(mine.json.client_id, 'mine')
	assert.notEqual(mine.json.client_secret, 'mine')
	for (const member of ['software_statement', 'x'])
		assert.equal(member in mine.json, false)
	assert.equal(typeof mine.json.client_id_issued_at, 'number')
	let last
	for (let i = 0; i < 6 && last?.status !== 429; i++)
		last = await uris([REDIRECT])
	assert.equal(last.status, 429)
	assert.ok(Number(last.headers['retry-after']) > 0)
	await own.stop()
})

await test('checklist.34 client documents are not fetched from inside', async () => {
	for (const id of [`https://${origin.host}/client.json`, 'https://127.0.0.1/client.json', 'https://[::1]/client.json', 'https://localhost/client.json',
		'https://10.0.0.1/c', 'https://169.254.169.254/c', 'https://u@client.example/c', 'https://client.example/', 'https://client.example/a/../c',
		'https://client.example/%2e%2e/c', 'https://client.example/c#f', 'http://client.example/c'])
		page400(await ada.ask(client.url({ client_id: id })))
})

await test('checklist.34 registration can need a token or be off', async () => {
	const own = await startScraped({ env: { SCRAPED_REGISTRATION: 'token', SCRAPED_REGISTRATION_TOKEN: 'initial-access-token' } })
	const body = { redirect_uris: [REDIRECT] }
	for (const headers of [{}, bearer('wrong'), { Authorization: 'Basic eDp5' }])
		refused(await send(`${own.url}/register`, { body, headers }), 401, 'invalid_token')
	assert.equal((await send(`${own.url}/register`, { body, headers: bearer('initial-access-token') })).status, 201)
	await own.stop()
	const off = await startScraped({ env: { SCRAPED_REGISTRATION: 'off' } })
	assert.equal((await send(`${off.url}/register`, { body })).status, 403)
	assert.equal('registration_endpoint' in (await send(`${off.url}/.well-known/oauth-authorization-server`)).json, false)
	await off.stop()
})

// --- leaks ---

await test('checklist.35 nothing secret is logged', async () => {
	const code = await client.authorize(ada)
	const { json } = await client.redeem(code)
	for (const secret of [code.code, code.verifier, json.access_token.split('.')[2], json.refresh_token, PASSWORD, ada.cookies.get('sid'), 'code_challenge='])
		assert.equal(scraped.child.err.includes(secret), false, `logged: ${secret.slice(0, 6)}...`)
})

await test('checklist.36 secrets are stored as hashes', async () => {
	const own = await Client.register(base, { token_endpoint_auth_method: 'client_secret_post' })
	const code = await own.authorize(ada)
	const { json } = await own.redeem(code)
	const data = scraped.env.SCRAPED_DATA
	const all = Buffer.concat(fs.readdirSync(data).filter(name => /^scraped\.db/.test(name)).map(name => fs.readFileSync(path.join(data, name))))
	for (const secret of [code.code, code.verifier, json.refresh_token, json.access_token, own.secret, PASSWORD, ada.cookies.get('sid')])
		assert.equal(all.includes(secret), false)
	assert.equal(all.includes(own.id), true)
})

await test('checklist.37 no referrer', async () => {
	for (const answer of ada.seen.filter(a => /^text\/html/.test(a.headers['content-type'] ?? '') || a.location?.includes('code=')))
		assert.equal(answer.headers['referrer-policy'], 'no-referrer', answer.url)
})

await test('checklist.38 expiry is exact', async () => {
	const good = claimsOf((await client.login(ada)).access_token), now = Math.floor(Date.now() / 1000)
	const status = async changes => (await mcp(base, bearer(await forge(scraped, { ...good, ...changes })))).status
	assert.equal(good.exp - good.iat, 3600)
	assert.equal(await status({ exp: now + 60 }), 200)
	assert.equal(await status({ exp: now - 1 }), 401)
	assert.equal(await status({ exp: now }), 401)
	assert.equal(await status({ nbf: now + 120 }), 401)
	assert.equal(await status({ iat: now + 120 }), 401)
})

await test('checklist.39 which answers any origin may read', async () => {
	const Origin = 'https://web.example'
	const open = ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration', '/jwks', '/.well-known/none']
	for (const at of open)
		assert.equal((await send(base + at, { headers: { Origin } })).headers['access-control-allow-origin'], '*', at)
	for (const at of ['/token', '/register', '/revoke', '/device_authorization']) {
		const answer = await postForm(base + at, { x: '1' }, { Origin })
		assert.equal(answer.headers['access-control-allow-origin'], '*', at)
		assert.equal(answer.headers['access-control-allow-credentials'], undefined)
		const preflight = await send(base + at, { method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization, dpop' } })
		assert.equal(preflight.status, 204)
		assert.match(preflight.headers['access-control-allow-headers'], /authorization.*dpop/)
	}
	for (const at of ['/authorize', '/login', '/settings', '/admin'])
		assert.equal((await send(base + at, { headers: { Origin } })).headers['access-control-allow-origin'], undefined, at)
	const own = await mcp(base, { Origin: base })
	assert.match(own.headers['access-control-expose-headers'], /WWW-Authenticate/)
})

await test('checklist.40 tokens count in the header alone', async () => {
	const { access_token } = await client.login(ada)
	const query = await send(`${base}/mcp?access_token=${access_token}`, { body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } })
	assert.equal(query.status, 401)
	assert.doesNotMatch(query.headers['www-authenticate'], /error/)
	const form = await postForm(`${base}/mcp`, { access_token })
	assert.equal(form.status, 401)
	const both = await send(`${base}/mcp`, { body: {}, headers: [['Authorization', `Bearer ${access_token}`], ['Authorization', 'Bearer x']] })
	assert.equal(both.status, 400)
	assert.equal(both.json.error, 'invalid_request')
})

await test('checklist.41 the challenge', async () => {
	const wanted = `resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`
	for (const [method, body] of [['GET'], ['POST', {}], ['DELETE'], ['POST', 'nonsense']]) {
		const { status, headers } = await send(`${base}/mcp`, { method, body })
		assert.equal(status, 401)
		assert.match(headers['www-authenticate'], /^Bearer /)
		assert.ok(headers['www-authenticate'].includes(wanted), headers['www-authenticate'])
		assert.match(headers['www-authenticate'], /scope="scrape jobs:read jobs:write"/)
		assert.doesNotMatch(headers['www-authenticate'], /error/)
	}
	const bad = await mcp(base, bearer('a.b.c'))
	assert.match(bad.headers['www-authenticate'], /error="invalid_token", error_description="[^"\\]+"/)
	assert.ok(bad.headers['www-authenticate'].includes(wanted))
	refused(bad, 401, 'invalid_token')
	const { access_token } = await client.login(ada, { scope: 'jobs:read' })
	const little = await scrape(base, bearer(access_token), `${origin.url}/`)
	refused(little, 403, 'insufficient_scope')
	assert.match(little.headers['www-authenticate'], /error="insufficient_scope", scope="scrape"/)
	assert.ok(little.headers['www-authenticate'].includes(wanted))
	const rest = await send(`${base}/v1/scrape`, { body: { url: `${origin.url}/` } })
	assert.equal(rest.status, 401)
	assert.ok(rest.headers['www-authenticate'].includes(wanted))
})

await test('checklist.42 tokens are not passed on', async () => {
	const { access_token } = await client.login(ada)
	const answer = await scrape(base, bearer(access_token), `${origin.url}/passed-on`)
	assert.equal(answer.json.result.isError, false, answer.text)
	const rest = await send(`${base}/v1/scrape`, { body: { urls: [`${origin.url}/passed-on-too`] }, headers: bearer(access_token) })
	assert.equal(rest.status, 200, rest.text)
	const seen = origin.requests.filter(q => q.url.startsWith('/passed-on'))
	assert.equal(seen.length, 2)
	for (const q of seen) {
		assert.equal(q.headers.authorization, undefined)
		assert.equal(JSON.stringify(q.rawHeaders).includes(access_token), false)
	}
})

await scraped.stop()
await finish()
