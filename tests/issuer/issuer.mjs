// SPDX-License-Identifier: Apache-2.0
// Outside issuers (auth.md section 5b) behind issuer_driver: where metadata is looked for, what of it is believed, when
// keys are fetched, what happens while an issuer lies, hangs or is gone.
import { assert, finish, send, startOrigin, test, until } from '../lib/harness.mjs'
import { startDriver } from '../net/driver.mjs'
import { newKey, newProver, startStandin } from '../lib/standin_issuer.mjs'

const AUD = 'http://127.0.0.1:1/mcp'
const driver = () => startDriver({ name: 'issuer_driver' })
/** Opens an issuer: { check(token, more), ask(more) }. */
async function open(d, issuer, more = {}) {
	const name = crypto.randomUUID()
	const opened = await d.ask({ cmd: 'open', name, url: issuer.issuer ?? issuer, ...more })
	assert.equal(opened.code, 'OK', opened.message)
	return {
		ask: (more = {}) => d.ask({ cmd: 'ask', name, ...more }),
		check: (token, more = {}) => d.ask({ cmd: 'check', name, token, audience: AUD, type: 'at+jwt', issuer: issuer.issuer ?? issuer, ...more }),
	}
}
const client = { client_id: 'probe', secret: 's+cret' }
const good = r => assert.equal(r.code, 'OK', r.message)
const bad = (r, words) => {
	assert.equal(r.code, 'UNAUTHORIZED', r.message)
	assert.match(r.message, words)
}
const undecided = (r, words = /./) => {
	assert.equal(r.code, 'OVERLOADED', r.message)
	assert.match(r.message, words)
}

const main = driver()

await test('issuers_that_are_refused_at_start', async () => {
	for (const url of ['http://sso.example/', 'http://10.0.0.1/', 'ftp://x/', 'sso.example', '', 'https://sso.example/?a=b', 'https://sso.example/#x', 'https://u:p@sso.example/', 'http://127.evil.example/'])
		assert.equal((await main.ask({ cmd: 'open', name: 'x' + url, url })).code, 'INVALID_REQUEST', url)
	for (const url of ['https://sso.example', 'https://sso.example/realms/main', 'http://localhost:1', 'http://[::1]:1/', 'http://127.0.0.1:1/x/'])
		assert.equal((await main.ask({ cmd: 'open', name: 'y' + url, url })).code, 'OK', url)
})

await test('metadata_is_found_in_its_places', async () => {
	const places = path => [`/.well-known/oauth-authorization-server${path}`, `${path}/.well-known/openid-configuration`]
	for (const path of ['', '/realms/main', '/tenant/'])
		for (const openid of [false, true])
			for (const at of ['oauth-authorization-server', 'openid-configuration']) {
				const bare = path.replace(/\/$/, '')
				const issuer = await startStandin({ path: bare, at })
				issuer.metadata.issuer = issuer.url + path
				const i = await open(main, issuer.url + path, { openid })
				const r = await i.ask({ metadata: true })
				good(r)
				assert.deepEqual([r.issuer, r.jwks, r.iss_in_response], [issuer.url + path, `${issuer.url}/jwks`, true])
				const order = places(bare)
				if (openid)
					order.reverse()
				const found = order.indexOf(issuer.wellKnown())
				assert.deepEqual(issuer.paths, [...order.slice(0, found + 1), '/jwks'])
			}
})

await test('metadata_must_name_the_issuer_byte_for_byte', async () => {
	for (const lie of [i => i + '/', i => i.toUpperCase(), i => i.replace('127.0.0.1', 'localhost'), () => undefined, () => 5, () => 'https://sso.example']) {
		const issuer = await startStandin()
		issuer.metadata.issuer = lie(issuer.issuer)
		const i = await open(main, issuer)
		undecided(await i.ask({ metadata: true }), /another issuer|status 404/)
		undecided(await i.check(await issuer.token({ aud: AUD })))
		assert.equal(issuer.count('/jwks'), 0)
	}
	const slash = await startStandin()
	slash.metadata.issuer = slash.issuer + '/'
	good(await (await open(main, slash.issuer + '/')).ask())
})

await test('endpoints_that_are_not_believed', async () => {
	const rows = ['http://sso.example/jwks', 'http://10.0.0.1/jwks', 'ftp://127.0.0.1/jwks', 'jwks', 5, null, undefined, 'https://a:b@sso.example/']
	for (const jwks_uri of rows) {
		const issuer = await startStandin()
		issuer.metadata.jwks_uri = jwks_uri
		undecided(await (await open(main, issuer)).ask(), /jwks_uri|status 404/)
	}
	const issuer = await startStandin()
	issuer.metadata.token_endpoint = 'http://sso.example/token'
	issuer.metadata.authorization_endpoint = 'javascript:alert(1)'
	const r = await (await open(main, issuer)).ask({ metadata: true })
	assert.deepEqual([r.code, r.token, r.authorization], ['OK', '', ''])
})

await test('documents_that_are_no_use', async () => {
	const rows = {
		html: (q, r) => r.end('<html>'), empty: (q, r) => r.end(''), list: (q, r) => r.end('[]'), broken: (q, r) => r.end('{"keys":['),
		error: (q, r) => r.writeHead(500).end('{"keys":[]}'), none: (q, r) => r.end('{"keys":[]}'), no_member: (q, r) => r.end('{}'),
		redirect: (q, r) => r.writeHead(302, { Location: '/elsewhere' }).end(),
		large: (q, r) => r.end(JSON.stringify({ keys: [], filler: 'x'.repeat(256 * 1024) })),
		cut_off: (q, r) => { r.writeHead(200, { 'Content-Length': 1000 }); r.write('{'); r.destroy() },
	}
	for (const [name, run] of Object.entries(rows)) {
		const issuer = await startStandin()
		issuer.at('/jwks', run)
		issuer.at('/elsewhere', (q, r) => r.end(JSON.stringify({ keys: issuer.state.keys.map(k => k.jwk) })))
		const i = await open(main, issuer)
		undecided(await i.check(await issuer.token({ aud: AUD })))
		assert.equal(issuer.count('/elsewhere'), 0, name)
	}
})

await test('good_and_bad_tokens', async () => {
	const issuer = await startStandin(), other = await startStandin()
	const i = await open(main, issuer)
	const r = await i.check(await issuer.token({ aud: ['x', AUD], sub: 'bob' }))
	good(r)
	assert.deepEqual([r.sub, r.scope, r.client_id], ['bob', 'scrape', 'agent'])
	const now = Math.floor(Date.now() / 1000)
	bad(await i.check(await issuer.token({ aud: 'https://other/mcp' })), /audience/)
	bad(await i.check(await issuer.token({ aud: AUD, iss: other.issuer })), /issuer/)
	bad(await i.check(await other.token({ aud: AUD, iss: issuer.issuer }, { kid: issuer.state.keys[0].kid })), /signature/)
	bad(await i.check(await issuer.token({ aud: AUD, exp: now - 1 })), /expired/)
	bad(await i.check(await issuer.token({ aud: AUD }, { typ: 'JWT' })), /typ/)
	bad(await i.check(await issuer.token({ aud: AUD, scope: undefined })), /scope/)
	const token = await issuer.token({ aud: AUD })
	const [h, p, s] = token.split('.')
	const forged = Buffer.from(p, 'base64url').toString().replace('alice', 'admin')
	bad(await i.check([h, Buffer.from(forged).toString('base64url'), s].join('.')), /signature/)
	for (const text of ['A=.x.y', 'x', 'a.b.c', token + '.', token + '=', '..', 'x'.repeat(9000)])
		assert.equal((await i.check(text)).code, 'UNAUTHORIZED', text.slice(0, 20))
	assert.equal(issuer.count('/jwks'), 1)
})

await test('a_new_key_is_found_by_one_refetch', async () => {
	const issuer = await startStandin()
	const i = await open(main, issuer)
	const old = await issuer.token({ aud: AUD })
	good(await i.check(old))
	await issuer.rotate('RS256')
	const fresh = await issuer.token({ aud: AUD })
	for (const r of await Promise.all(Array.from({ length: 50 }, () => i.check(fresh))))
		good(r)
	good(await i.check(old))
	assert.equal(issuer.count('/jwks'), 2)
	assert.equal(issuer.count(issuer.wellKnown()), 1)
})

await test('bad_kids_cost_one_refetch_in_30_s', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	const token = await issuer.token({ aud: AUD })
	good(await i.check(token))
	const strangers = async (n, name = 'stranger') => Promise.all(Array.from({ length: n }, async (_, k) => i.check(await issuer.token({ aud: AUD }, { kid: `${name}-${k}` }))))
	const refused = rows => rows.filter(r => r.code === 'UNAUTHORIZED').length
	const began = performance.now()
	const first = await strangers(100)
	assert.ok(refused(first) > 0)
	for (const r of first) // looked for, or nobody may look for it yet
		r.code === 'UNAUTHORIZED' ? bad(r, /no key of that kid/) : undecided(r, /a moment ago/)
	assert.equal(issuer.count('/jwks'), 2)
	for (const r of await strangers(100, 'other'))
		undecided(r, /a moment ago/)
	await d.ask({ cmd: 'clock', add_ms: 29000 - Math.ceil(performance.now() - began) }) // time stands still from here on
	assert.equal(refused(await strangers(100)), refused(first))
	for (const r of await strangers(10, 'third'))
		undecided(r, /a moment ago/)
	assert.equal(issuer.count('/jwks'), 2)
	await d.ask({ cmd: 'clock', add_ms: 10000 })
	await issuer.rotate()
	good(await i.check(await issuer.token({ aud: AUD })))
	assert.equal(issuer.count('/jwks'), 3)
	good(await i.check(token))
	assert.equal(issuer.count('/jwks'), 3)
	await d.stop()
})

await test('who_was_missing_is_not_searched_again_at_once', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	good(await i.ask())
	await d.ask({ cmd: 'clock', add_ms: 0 }) // time stands still
	issuer.hang('/jwks')
	const asked = i.ask({ kid: 'nobody' })
	await until(() => issuer.held('/jwks') === 1, 'the refetch')
	await d.ask({ cmd: 'clock', add_ms: 1000 }) // remembered from now on
	issuer.release('/jwks')
	assert.equal((await asked).code, 'NOT_FOUND')
	await d.ask({ cmd: 'clock', add_ms: 29500 })
	assert.equal((await i.ask({ kid: 'nobody' })).code, 'NOT_FOUND')
	assert.equal(issuer.count('/jwks'), 2)
	assert.equal((await i.ask({ kid: 'somebody' })).code, 'NOT_FOUND')
	assert.equal(issuer.count('/jwks'), 3)
	await d.stop()
})

await test('keys_live_as_long_as_they_say_within_bounds', async () => {
	const minute = 60000, day = 24 * 60 * minute
	const rows = [['max-age=1', 5 * minute], ['no-store', 5 * minute], ['max-age=1200', 20 * minute], [null, 60 * minute], ['max-age=99999999', day]]
	for (const [header, life] of rows) {
		const d = driver()
		const issuer = await startStandin()
		issuer.state.headers = header ? { 'Cache-Control': header } : {}
		const i = await open(d, issuer)
		good(await i.ask())
		await d.ask({ cmd: 'clock', add_ms: life - 10000 })
		good(await i.ask())
		assert.equal(issuer.count('/jwks'), 1, header)
		await d.ask({ cmd: 'clock', add_ms: 20000 })
		good(await i.ask()) // the old ones, and new ones are fetched meanwhile
		await until(() => issuer.count('/jwks') === 2, `${header}: a refetch`)
		assert.equal(issuer.count(issuer.wellKnown()), life === day ? 2 : 1)
		await d.stop()
	}
})

await test('withdrawn_keys_end_with_their_life', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	const token = await issuer.token({ aud: AUD })
	good(await i.check(token))
	issuer.state.keys = [await newKey()]
	good(await i.check(token))
	await d.ask({ cmd: 'clock', add_ms: 66 * 60000 }) // longer than the old may be used while new ones come
	bad(await i.check(token), /kid/)
	await d.stop()
})

await test('an_issuer_that_is_gone', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	const known = await issuer.token({ aud: AUD })
	await issuer.rotate()
	good(await i.check(known))
	const unknown = await issuer.token({ aud: AUD }, { key: await newKey() })
	await issuer.stop()
	undecided(await i.check(unknown), /cannot be/)
	good(await i.check(known))
	bad(await i.check(await issuer.token({ aud: 'https://other/' })), /audience/)
	await d.ask({ cmd: 'clock', add_ms: 3600 * 1000 + 400000 })
	good(await i.check(known)) // the last good keys stay
	undecided(await i.check(unknown))
	undecided(await (await open(d, issuer)).check(known), /cannot be/)
	await d.stop()
})

await test('bad_answers_leave_the_last_good_keys', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	const known = await issuer.token({ aud: AUD })
	good(await i.check(known))
	for (const run of [(q, r) => r.writeHead(503).end(), (q, r) => r.end('{"keys":[]}'), (q, r) => r.end('oops')]) {
		issuer.at('/jwks', run)
		await d.ask({ cmd: 'clock', add_ms: 3600 * 1000 + 400000 })
		good(await i.check(known))
	}
	assert.equal(issuer.count('/jwks'), 4)
	issuer.at('/jwks', null)
	await issuer.rotate()
	await d.ask({ cmd: 'clock', add_ms: 31000 })
	good(await i.check(await issuer.token({ aud: AUD })))
	await d.stop()
})

await test('an_issuer_that_comes_later_is_found', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	issuer.at(issuer.wellKnown(), (q, r) => r.writeHead(503).end())
	await d.ask({ cmd: 'clock', add_ms: 0 }) // time stands still
	undecided(await i.ask())
	undecided(await i.ask())
	assert.equal(issuer.count(issuer.wellKnown()), 1)
	issuer.at(issuer.wellKnown(), null)
	await d.ask({ cmd: 'clock', add_ms: 3500 })
	good(await i.ask())
	await d.stop()
})

await test('while_the_keys_hang_others_go_on', async () => {
	const issuer = await startStandin(), other = await startStandin()
	const i = await open(main, issuer), o = await open(main, other)
	const known = await issuer.token({ aud: AUD })
	good(await i.check(known))
	good(await o.ask())
	issuer.hang('/jwks')
	await issuer.rotate()
	const fresh = await issuer.token({ aud: AUD })
	const waiting = Array.from({ length: 20 }, () => i.check(fresh))
	await until(() => issuer.held('/jwks') === 1, 'the refetch')
	good(await i.check(known)) // while it hangs: it is released only below
	good(await o.check(await other.token({ aud: AUD })))
	for (const r of await Promise.all(waiting))
		undecided(r, /in time/)
	assert.equal(issuer.held('/jwks'), 1)
	const later = i.check(fresh)
	issuer.release('/jwks')
	good(await later)
	assert.equal(issuer.count('/jwks'), 2)
})

await test('the_end_sends_waiting_ones_home', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer)
	issuer.hang('/jwks')
	const waiting = [i.ask(), i.ask({ kid: 'x' })]
	await until(() => issuer.held('/jwks') === 1, 'the fetch')
	await d.ask({ cmd: 'close' })
	for (const r of await Promise.all(waiting))
		undecided(r)
	await d.stop()
})

// --- opaque tokens ---

await test('opaque_tokens_are_asked_about', async () => {
	const issuer = await startStandin()
	const i = await open(main, issuer, client)
	const token = issuer.opaque({ aud: AUD, sub: 'carol' })
	for (let n = 0; n < 3; n++) {
		const r = await i.check(token)
		good(r)
		assert.deepEqual([r.sub, r.scope], ['carol', 'scrape'])
	}
	assert.equal(issuer.count('/introspect'), 1)
	for (let n = 0; n < 3; n++)
		bad(await i.check('never-issued'), /not active/)
	assert.equal(issuer.count('/introspect'), 2)
	for (const [claims, words] of [
		[{ aud: 'https://other/mcp' }, /audience/], [{ aud: undefined }, /audience/], [{ aud: AUD, iss: 'https://other' }, /issuer/],
		[{ aud: AUD, exp: 5 }, /expired/], [{ aud: AUD, exp: undefined }, /exp/], [{ aud: AUD, scope: undefined }, /scope/],
		[{ aud: AUD, token_type: undefined }, /no access token/], [{ aud: AUD, token_type: 'N_A' }, /no access token/],
		[{ aud: AUD, typ: 'Refresh' }, /no access token/], [{ aud: AUD, typ: 'ID' }, /no access token/],
		[{ aud: AUD, token_use: 'refresh_token' }, /no access token/], [{ aud: AUD, cnf: { jkt: 'A'.repeat(43) } }, /bound/],
	])
		bad(await i.check(issuer.opaque(claims)), words)
	for (const claims of [{ iss: undefined }, { token_type: undefined, token_use: 'access_token' }, { typ: 'Bearer' }, { aud: ['a', AUD] }])
		good(await i.check(issuer.opaque({ aud: AUD, ...claims })))
	assert.equal((await i.check(issuer.opaque({ aud: AUD, sub: undefined }))).sub, 'agent') // a client for itself
	for (const claims of [{ sub: '' }, { sub: undefined, client_id: undefined }, { sub: null }, { sub: 5 }])
		bad(await i.check(issuer.opaque({ aud: AUD, ...claims })), /sub|text/)
	const jwt = await issuer.token({ aud: AUD, exp: 5 })
	issuer.state.active.set(jwt, { active: true, sub: 'x', aud: AUD, scope: 'scrape', exp: 9999999999, token_type: 'Bearer' })
	bad(await i.check(jwt), /expired/) // what the keys refuse is not asked about
	const asked = issuer.count('/introspect')
	for (const text of [`${jwt}.`, `${jwt}=`, 'eyJhbGciOiJub25lIn0.e30.', 'eyJ.', jwt.slice(0, jwt.lastIndexOf('.'))])
		bad(await i.check(text), /./)
	assert.equal(issuer.count('/introspect'), asked)
})

await test('verdicts_are_kept_for_a_while', async () => {
	const d = driver()
	const issuer = await startStandin()
	const i = await open(d, issuer, client)
	const token = issuer.opaque({ aud: AUD }), short = issuer.opaque({ aud: AUD, exp: Math.floor(Date.now() / 1000) + 20 })
	await d.ask({ cmd: 'clock', add_ms: 0 }) // time stands still
	good(await i.check(token))
	good(await i.check(short))
	bad(await i.check('nothing'), /not active/)
	issuer.state.active.clear()
	await d.ask({ cmd: 'clock', add_ms: 4000 })
	good(await i.check(token))
	bad(await i.check('nothing'), /not active/)
	assert.equal(issuer.count('/introspect'), 3)
	await d.ask({ cmd: 'clock', add_ms: 2000 })
	bad(await i.check('nothing'), /not active/)
	assert.equal(issuer.count('/introspect'), 4)
	await d.ask({ cmd: 'clock', add_ms: 15000 })
	bad(await i.check(short), /not active|expired/)
	good(await i.check(token))
	await d.ask({ cmd: 'clock', add_ms: 40000 })
	bad(await i.check(token), /not active/)
	await d.stop()
	const { kept, answer } = await main.ask({ cmd: 'verdicts', bad: 100000 })
	assert.deepEqual([kept, answer], [true, '{"sub":"x"}'])
})

await test('an_endpoint_that_cannot_be_asked', async () => {
	const issuer = await startStandin()
	const token = issuer.opaque({ aud: AUD })
	bad(await (await open(main, issuer)).check(token), /not a JWT/)
	undecided(await (await open(main, issuer, { ...client, secret: 'wrong' })).check(token), /no answer/)
	issuer.metadata.introspection_endpoint = undefined
	bad(await (await open(main, issuer, client)).check(token), /no introspection endpoint/)
	const named = await open(main, issuer, { ...client, introspection_url: `${issuer.url}/introspect` })
	good(await named.check(token))
	issuer.at('/introspect', (q, r) => r.end('{"active":"yes"}'))
	undecided(await named.check('another'), /no answer/)
	const gone = await startOrigin(() => {})
	await gone.stop()
	undecided(await (await open(main, gone.url, client)).check(token), /cannot be/)
})

await test('while_introspection_hangs_others_go_on', async () => {
	const issuer = await startStandin()
	const i = await open(main, issuer, client)
	good(await i.ask({ metadata: true }))
	issuer.hang('/introspect')
	const waiting = Array.from({ length: 60 }, (_, n) => i.check(`opaque-${n}`))
	await until(() => issuer.held('/introspect') > 0, 'a question')
	good(await i.check(await issuer.token({ aud: AUD })))
	good(await i.ask())
	for (const r of await Promise.all(waiting))
		undecided(r)
	issuer.release('/introspect')
})

// --- DPoP ---

await test('tokens_bound_to_a_key', async () => {
	const issuer = await startStandin()
	const i = await open(main, issuer, client)
	const mine = await newProver(), theirs = await newProver()
	const at = { method: 'POST', url: AUD }
	const cnf = { jkt: mine.jkt }
	for (const token of [await issuer.token({ aud: AUD, cnf }), issuer.opaque({ aud: AUD, cnf, token_type: 'DPoP' })]) {
		const proof = await mine.proof({ ...at, token })
		const r = await i.check(token, { ...at, proof })
		good(r)
		assert.equal(r.jkt, mine.jkt)
		bad(await i.check(token, { ...at, proof }), /before|again|used|seen/)
		bad(await i.check(token), /bound to a key/)
		bad(await i.check(token, { ...at, proof: await theirs.proof({ ...at, token }) }), /another key/)
		bad(await i.check(token, { ...at, proof: await mine.proof(at) }), /ath/)
		bad(await i.check(token, { ...at, proof: await mine.proof({ ...at, token: 'x' }) }), /ath/)
		bad(await i.check(token, { ...at, method: 'GET', proof: await mine.proof({ ...at, token }) }), /method/)
		bad(await i.check(token, { ...at, proof: await mine.proof({ ...at, url: 'http://x/', token }) }), /URL/)
		bad(await i.check(token, { ...at, proof: 'A=.x.y' }), /./)
	}
	for (const token of [await issuer.token({ aud: AUD }), issuer.opaque({ aud: AUD })])
		bad(await i.check(token, { ...at, proof: await mine.proof({ ...at, token }) }), /not bound/)
})

await finish()
