// SPDX-License-Identifier: Apache-2.0
// The built server with an outside issuer: npm oidc-provider for what is good, a lying stand-in for what is not.
import { assert, finish, run, binary, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'
import { newProver, startStandin } from '../lib/standin_issuer.mjs'
import { SECRET, startProvider } from '../lib/provider.mjs'
import { modern, talker } from '../mcp/talk.mjs'

const provider = await startProvider()
const page = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<title>t</title><h1>Hello</h1>'))
const scraped = await startScraped({ env: {
	SCRAPED_ISSUER: provider.issuer, SCRAPED_ISSUER_CLIENT_ID: 'probe', SCRAPED_ISSUER_CLIENT_SECRET: SECRET,
	SCRAPED_ALLOW_TARGETS: page.host, SCRAPED_LOG_LEVEL: 'debug' } })
const resource = `${scraped.url}/mcp`
const sent = [] // every token, for the search in the log
const list = (token, { scheme = 'Bearer', headers = {}, url = scraped.url } = {}) => {
	sent.push(token)
	return talker(url, token).now('tools/list', {}, { headers: { Authorization: `${scheme} ${token}`, ...headers } })
}
const good = r => assert.equal(r.status, 200, r.text)
const bad = r => {
	assert.equal(r.status, 401, r.text)
	assert.match(r.headers['www-authenticate'], /error="invalid_token"/)
}
const users = () => run(binary, ['user', 'list'], { env: scraped.env }).out

await test('the_issuer_is_named', async () => {
	for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
		const { json } = await send(scraped.url + path)
		assert.deepEqual([json.authorization_servers, json.resource], [[provider.issuer], resource])
	}
	for (const path of ['/.well-known/oauth-authorization-server', '/jwks'])
		assert.equal((await send(scraped.url + path)).status, 404)
	for (const path of ['/token', '/register', '/revoke', '/device_authorization'])
		assert.equal((await send(scraped.url + path, { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status, 404, path)
	assert.equal((await send(`${scraped.url}/authorize?client_id=x`)).status, 404)
	const answer = await send(resource, { body: modern('tools/list') })
	assert.match(answer.headers['www-authenticate'], /resource_metadata="/)
})

await test('jwt_tokens_of_the_issuer_pass', async () => {
	const token = await provider.token({ resource })
	for (let i = 0; i < 5; i++)
		good(await list(token))
	const called = await talker(scraped.url, token).now('tools/call', { name: 'scrape_url', arguments: { url: `${page.url}/` } })
	assert.equal(called.json.result.isError, false, called.text)
	const rest = await send(`${scraped.url}/v1/scrape`, { headers: { Authorization: `Bearer ${token}` }, body: { urls: [`${page.url}/`] } })
	assert.equal(rest.status, 200, rest.text)
	assert.equal(users().split('\n').filter(line => line.includes('machine')).length, 1, users())
})

await test('opaque_tokens_of_the_issuer_pass', async () => {
	const token = await provider.token({ resource, client: 'opaque' })
	assert.ok(!token.includes('.'))
	good(await list(token))
	good(await list(token))
	assert.equal(provider.count('/token/introspection'), 1)
	const gone = await provider.token({ resource, client: 'opaque' })
	await provider.revoke(gone)
	bad(await list(gone))
	bad(await list('never-issued-by-anybody'))
	bad(await list(await provider.token({ resource: 'https://other.example/mcp', client: 'opaque' })))
})

await test('a_new_key_of_the_issuer_is_picked_up', async () => {
	const old = await provider.token({ resource })
	good(await list(old))
	const before = provider.count('/jwks')
	await provider.rotate('second', 'RS256')
	const fresh = await provider.token({ resource })
	for (const r of await Promise.all(Array.from({ length: 20 }, () => list(fresh))))
		good(r)
	good(await list(old))
	assert.equal(provider.count('/jwks'), before + 1)
	const stranger = await startStandin()
	const answers = await Promise.all(Array.from({ length: 100 }, async (_, n) =>
		list(await stranger.token({ aud: resource, iss: provider.issuer }, { kid: `stranger-${n}` }))))
	for (const r of answers)
		assert.ok(r.status === 401 || (r.status === 503 && r.headers['retry-after']), r.text)
	assert.equal(provider.count('/jwks'), before + 1)
})

await test('foreign_and_tampered_tokens_do_not', async () => {
	bad(await list(await provider.token({ resource: 'https://other.example/mcp' })))
	const token = await provider.token({ resource })
	const [h, p, s] = token.split('.')
	const forged = Buffer.from(p, 'base64url').toString().replace('machine', 'mallory')
	bad(await list([h, Buffer.from(forged).toString('base64url'), s].join('.')))
	bad(await list([h, p, s.slice(0, -4) + (s.endsWith('AAAA') ? 'BBBB' : 'AAAA')].join('.')))
	bad(await list(`${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${p}.x`))
	const stranger = await startStandin()
	bad(await list(await stranger.token({ aud: resource, iss: provider.issuer }, { kid: 'first' })))
	bad(await list(await stranger.token({ aud: resource })))
	for (const text of ['A=.x.y', 'a.b.c', `${token}.`, `${token}=`])
		bad(await list(text))
})

await test('tokens_bound_to_a_key', async () => {
	const mine = await newProver(), theirs = await newProver()
	for (const client of ['machine', 'opaque']) {
		const token = await provider.token({ resource, client, prover: mine })
		const proof = (more = {}, who = mine) => who.proof({ method: 'POST', url: resource, token, ...more })
		const bound = (DPoP, scheme = 'DPoP') => list(token, { scheme, headers: { DPoP } })
		const one = await proof()
		good(await bound(one))
		assert.equal((await bound(one)).status, 401) // replayed
		good(await bound(await proof()))
		for (const wrong of [await proof({}, theirs), await proof({ method: 'GET' }), await proof({ url: `${scraped.url}/v1` }),
			await proof({ token: undefined }), await proof({ token: 'x' }), await proof({ iat: 1 }), undefined, 'A=.x.y'])
			assert.equal((await bound(wrong)).status, 401)
		assert.equal((await bound(await proof(), 'Bearer')).status, 401)
		assert.equal((await list(token)).status, 401)
	}
	const plain = await provider.token({ resource })
	assert.equal((await list(plain, { scheme: 'DPoP', headers: { DPoP: await mine.proof({ url: resource, token: plain }) } })).status, 401)
})

await test('while_introspection_hangs_others_go_on', async () => {
	const token = await provider.token({ resource })
	provider.hang('/token/introspection')
	const waiting = Array.from({ length: 8 }, (_, n) => list(`waits-${n}`))
	await until(() => provider.held('/token/introspection') > 0, 'a question')
	assert.equal((await send(`${scraped.url}/v1/health`)).status, 200)
	good(await list(scraped.key))
	good(await list(token))
	for (const r of await Promise.all(waiting)) {
		assert.equal(r.status, 503, r.text)
		assert.ok(Number(r.headers['retry-after']) > 0)
	}
	provider.release('/token/introspection')
})

await test('an_issuer_that_is_gone', async () => {
	const known = await provider.token({ resource })
	good(await list(known))
	const stranger = await startStandin()
	await provider.stop()
	for (let i = 0; i < 3; i++)
		good(await list(known))
	const undecided = await list('opaque-and-nobody-to-ask')
	assert.equal(undecided.status, 503, undecided.text)
	assert.ok(Number(undecided.headers['retry-after']) > 0)
	bad(await list(await stranger.token({ aud: resource })))
	good(await list(scraped.key))
})

await test('tokens_are_in_no_log', async () => {
	assert.ok(sent.length > 50)
	for (const token of sent.filter(t => t && t.length > 20))
		assert.ok(!scraped.child.err.includes(token))
	assert.ok(!scraped.child.err.includes(SECRET))
})

// --- a stand-in: what no certified provider does ---

const liar = await startStandin()
const second = await startScraped({ env: { SCRAPED_ISSUER: liar.issuer, SCRAPED_ISSUER_TYPES: 'at+jwt,JWT', SCRAPED_ISSUER_SCOPES: 'scrape' } })
const call = async (claims, header) => list(await liar.token({ aud: `${second.url}/mcp`, ...claims }, header), { url: second.url })

await test('claims_decide', async () => {
	const now = Math.floor(Date.now() / 1000)
	good(await call())
	good(await call({ aud: ['x', `${second.url}/mcp`] }))
	good(await call({ scope: undefined }, { typ: 'JWT' })) // as issuers do that know no scopes of ours
	for (const claims of [{ exp: now - 1 }, { exp: undefined }, { exp: '9999999999' }, { nbf: now + 3600 }, { iss: 'https://other.example' }, { iss: `${liar.issuer}/` },
		{ aud: undefined }, { aud: `${second.url}/mcp//` }, { aud: second.url + '/other' }, { sub: undefined }, { sub: '' }, { cnf: { jkt: 'A'.repeat(43) } }, { cnf: {} }])
		assert.equal((await call(claims)).status, 401, JSON.stringify(claims))
	bad(await call({ aud: 'client-id', nonce: 'n', scope: undefined }, { typ: 'JWT' })) // an ID token
	for (const typ of ['dpop+jwt', 'logout+jwt', undefined])
		bad(await call({}, { typ }))
})

await test('while_the_keys_hang_others_go_on', async () => {
	const known = await liar.token({ aud: `${second.url}/mcp` })
	good(await list(known, { url: second.url }))
	liar.hang('/jwks')
	await liar.rotate()
	const waiting = Array.from({ length: 10 }, () => call())
	await until(() => liar.held('/jwks') === 1, 'the refetch')
	assert.equal((await send(`${second.url}/v1/health`)).status, 200)
	good(await list(second.key, { url: second.url }))
	good(await list(known, { url: second.url }))
	for (const r of await Promise.all(waiting)) {
		assert.equal(r.status, 503, r.text)
		assert.ok(Number(r.headers['retry-after']) > 0)
	}
	const left = new AbortController() // a client that leaves while it waits
	const gone = talker(second.url, await liar.token({ aud: `${second.url}/mcp` })).now('tools/list', {}, { signal: left.signal })
	left.abort()
	await assert.rejects(gone)
	liar.release('/jwks')
	await until(async () => (await call()).status === 200, 'the new key')
})

await test('who_is_disabled_here_stays_out', async () => {
	good(await call({ sub: 'eve-l' }))
	const name = /eve-l\S*/.exec(run(binary, ['user', 'list'], { env: second.env }).out)?.[0]
	assert.ok(name)
	const disabled = run(binary, ['user', 'disable', name], { env: second.env })
	assert.equal(disabled.status, 0, disabled.err + name)
	const answer = await call({ sub: 'eve-l' })
	assert.equal(answer.status, 403, answer.text)
	good(await call({ sub: 'alice' }))
})

await test('the_end_while_an_issuer_hangs', async () => {
	const hanging = await startStandin()
	const third = await startScraped({ env: { SCRAPED_ISSUER: hanging.issuer, SCRAPED_ISSUER_CLIENT_ID: 'probe', SCRAPED_ISSUER_CLIENT_SECRET: 's+cret' } })
	good(await list(await hanging.token({ aud: `${third.url}/mcp` }), { url: third.url }))
	hanging.hang('/jwks')
	hanging.hang('/introspect')
	await hanging.rotate()
	const waiting = [list(await hanging.token({ aud: `${third.url}/mcp` }), { url: third.url }), list('opaque-one', { url: third.url }), list('opaque-two', { url: third.url })]
	await until(() => hanging.held('/jwks') === 1 && hanging.held('/introspect') === 2, 'all of them hanging')
	const stopped = third.stop() // throws unless it ends with status 0
	for (const r of await Promise.all(waiting))
		assert.equal(r.status, 503, r.text)
	await stopped
})

await finish()
