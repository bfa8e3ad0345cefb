// SPDX-License-Identifier: Apache-2.0
// Signing in at an outside OpenID provider (auth.md section 5d): npm oidc-provider for what is good, a lying stand-in for
// what must be refused. A person is played with plain requests.
import { assert, finish, run, binary, startScraped, test } from '../lib/harness.mjs'
import { Client } from '../lib/oauth_client.mjs'
import { change, rows } from '../lib/database.mjs'
import { addUser, Person } from '../lib/person.mjs'
import { SECRET, startProvider } from '../lib/provider.mjs'
import { newKey, startStandin } from '../lib/standin_issuer.mjs'
import { talker } from '../mcp/talk.mjs'

const PASSWORD = 'a long password of tests'
const settings = (issuer, more) => ({ SCRAPED_SIGNIN_ISSUER: issuer, SCRAPED_SIGNIN_NAME: 'Example <b>SSO</b>',
	SCRAPED_SIGNIN_CLIENT_ID: 'scraped', SCRAPED_SIGNIN_CLIENT_SECRET: SECRET, SCRAPED_LOG_LEVEL: 'debug', ...more })
const userList = scraped => run(binary, ['user', 'list'], { env: scraped.env }).out
const users = (scraped, name) => userList(scraped).split('\n').filter(line => line.includes(name)).length
const signedIn = async person => (await person.ask('/settings')).status === 200
const sid = person => person.cookies.get('sid')

const secrets = [] // all that went over the wire with `good`
/** The person signs in at the certified provider: the way back. */
async function there(person, url, login, options) {
	const back = await provider.signIn(url, login, options)
	secrets.push(...[...new URL(url).searchParams, ...new URL(back).searchParams].map(([, value]) => value).filter(v => /^[\w-]{40,}$/.test(v)))
	secrets.push(sid(person))
	return back
}
/** Leaves for the provider: { person, url (there), asked }. */
async function leave(base, { person = new Person(base), query = '' } = {}) {
	const page = await person.visit(`/signin/start${query}`)
	assert.ok(page.left, `${page.status} ${page.text}`)
	return { person, url: page.left, asked: Object.fromEntries(new URL(page.left).searchParams) }
}

// --- a provider that does what it should ---

const provider = await startProvider()
const good = await startScraped({ env: settings(provider.issuer, { SCRAPED_SIGNIN_CREATE: 'on' }) })
await provider.configure({ redirect: `${good.url}/signin/callback`, accounts: {
	alice: { email: 'alice@example.com', email_verified: true, preferred_username: 'ally' },
	bob: { email: 'bob@example.com', email_verified: false, preferred_username: 'bob' },
	mallory: { preferred_username: 'alice@example.com' },
} })

await test('a_client_is_allowed_after_signing_in_elsewhere', async () => {
	const client = await Client.register(good.url)
	const person = new Person(good.url)
	const login = await person.visit(client.url())
	assert.match(login.text, /href="\/signin\/start"[^>]*>Sign in with Example &lt;b&gt;SSO&lt;\/b&gt;/)
	const before = sid(person)
	const { url, asked } = await leave(good.url, { person })
	assert.ok(url.startsWith(`${provider.issuer}/`))
	assert.deepEqual([asked.response_type, asked.redirect_uri, asked.code_challenge_method], ['code', `${good.url}/signin/callback`, 'S256'])
	for (const name of ['state', 'nonce', 'code_challenge'])
		assert.match(asked[name], /^[\w-]{43}$/)
	const consent = await person.visit(await there(person, url, 'alice'))
	assert.notEqual(sid(person), before) // checklist 30
	assert.match(consent.text, /name="answer"/)
	const left = (await person.submit(consent, 'answer', { answer: 'allow' })).left
	const tokens = await client.redeem({ code: new URL(left).searchParams.get('code'), verifier: client.verifier })
	assert.equal(tokens.status, 200, tokens.text)
	const answer = await talker(good.url, tokens.json.access_token).now('tools/list')
	assert.equal(answer.status, 200, answer.text)
	const stale = new Person(good.url)
	stale.cookies.set('sid', before)
	assert.equal(await signedIn(stale), false)
})

await test('the_same_person_is_the_same_user', async () => {
	for (let i = 0; i < 2; i++) {
		const { person, url } = await leave(good.url)
		const page = await person.visit(await there(person, url, 'alice'))
		assert.equal(new URL(page.url).pathname, '/settings')
		assert.match(page.text, /alice@example\.com/)
	}
	assert.equal(users(good, 'alice@example.com'), 1)
})

await test('names_that_look_like_addresses_are_verified_ones', async () => {
	for (const [login, name] of [['bob', 'bob'], ['mallory', 'mallory-']]) {
		const { person, url } = await leave(good.url)
		await person.visit(await there(person, url, login))
		assert.ok(await signedIn(person))
		assert.equal(users(good, name), 1, userList(good))
	}
	assert.equal(users(good, 'bob@example.com'), 0)
	assert.equal(users(good, 'alice@example.com'), 1)
})

await test('who_refuses_there_comes_back_to_the_sign_in', async () => {
	const { person, url } = await leave(good.url)
	const page = await person.visit(await there(person, url, 'alice', { refuse: true }))
	assert.equal(new URL(page.url).pathname, '/login')
	assert.match(page.text, /refused: access_denied/)
	assert.equal(await signedIn(person), false)
})

await test('a_disabled_user_stays_out', async () => {
	assert.equal(run(binary, ['user', 'disable', 'bob'], { env: good.env }).status, 0)
	const { person, url } = await leave(good.url)
	const page = await person.visit(await there(person, url, 'bob'))
	assert.match(page.text, /account is disabled/)
	assert.equal(await signedIn(person), false)
})

await test('secrets_are_in_no_log', async () => {
	for (const secret of [SECRET, encodeURIComponent(SECRET), btoa(`scraped:${encodeURIComponent(SECRET)}`)])
		assert.ok(!good.child.err.includes(secret))
	assert.ok(secrets.length > 30)
	for (const secret of secrets)
		assert.ok(!good.child.err.includes(secret), secret)
	assert.doesNotMatch(good.child.err, /eyJ[\w-]+\.eyJ/)
})

// --- a provider that lies ---

const liar = await startStandin({ at: 'openid-configuration' })
const scraped = await startScraped({ env: settings(liar.issuer, { SCRAPED_SIGNIN_CREATE: 'on' }) })
/** Goes to the stand-in and comes back: the URL of the callback. */
async function come(options) {
	const away = await leave(scraped.url, options)
	const answer = await fetch(away.url, { redirect: 'manual' })
	return { ...away, back: answer.headers.get('location') }
}
async function refused(words, page, person) {
	assert.match(page.text, words)
	assert.equal(new URL(page.url).pathname, '/login')
	assert.equal(await signedIn(person), false)
}
const lie = (lies, user = {}) => Object.assign(liar.state, { lies, user: { sub: 'carol', ...user } })

await test('the_stand_in_is_believed_when_it_is_true', async () => {
	lie({})
	const { person, back } = await come()
	assert.equal(new URL((await person.visit(back)).url).pathname, '/settings')
	assert.ok(await signedIn(person))
	const { auth, form } = liar.state.lastToken
	assert.equal(auth, `Basic ${btoa(`scraped:${encodeURIComponent(SECRET)}`)}`)
	assert.deepEqual(Object.keys(form).sort(), ['code', 'code_verifier', 'grant_type', 'redirect_uri'])
	assert.match(form.code_verifier, /^[\w-]{43}$/)
	for (const claims of [{ aud: ['scraped', 'other'], azp: 'scraped' }, { azp: 'scraped' }]) {
		lie({ claims })
		const again = await come()
		await again.person.visit(again.back)
		assert.ok(await signedIn(again.person), JSON.stringify(claims))
	}
	lie({ header: { typ: undefined } })
	const untyped = await come()
	await untyped.person.visit(untyped.back)
	assert.ok(await signedIn(untyped.person))
	assert.equal(users(scraped, 'carol'), 1)
})

await test('an_answer_counts_once_and_only_where_it_was_asked_for', async () => {
	lie({})
	const { person, back } = await come()
	const stranger = new Person(scraped.url)
	assert.equal((await stranger.visit(back)).status, 400) // another browser: login CSRF
	assert.equal(await signedIn(stranger), false)
	const busy = await come() // another browser that began one of its own
	assert.equal((await busy.person.visit(back)).status, 400)
	assert.equal(await signedIn(busy.person), false)
	const wrong = new URL(back)
	for (const state of ['x', '', 'A'.repeat(43)]) {
		wrong.searchParams.set('state', state)
		assert.equal((await person.visit(wrong.href)).status, 400)
	}
	wrong.searchParams.delete('state')
	assert.equal((await person.visit(wrong.href)).status, 400)
	await person.visit(back)
	assert.ok(await signedIn(person))
	const replayed = await person.visit(back)
	assert.equal(replayed.status, 400)
	for (const path of ['/signin/callback', '/signin/callback?code=x&state=y'])
		assert.equal((await new Person(scraped.url).visit(path)).status, 400)
})

await test('an_answer_taken_in_parallel_counts_once', async () => {
	lie({})
	for (let round = 0; round < 5; round++) {
		const { person, back } = await come()
		const jar = new Map(person.cookies)
		const tries = Array.from({ length: 6 }, () => Object.assign(new Person(scraped.url), { cookies: new Map(jar) }))
		const answers = await Promise.all(tries.map(p => p.ask(back)))
		assert.deepEqual(answers.map(a => a.status).sort(), [303, 400, 400, 400, 400, 400])
	}
})

await test('a_new_start_replaces_the_old_one', async () => {
	lie({})
	const first = await come()
	const second = await come({ person: first.person })
	assert.equal((await first.person.visit(first.back)).status, 400)
	await first.person.visit(second.back)
	assert.ok(await signedIn(first.person))
})

await test('an_answer_that_took_too_long', async () => {
	lie({})
	for (const [age, late] of [[300, false], [601, true]]) {
		const { person, back } = await come()
		assert.equal(change(scraped, `UPDATE sessions SET state = json_set(state, '$.outside.until', json_extract(state, '$.outside.until') - ?)
			WHERE json_extract(state, '$.outside.state') = ?`, BigInt(age * 1000), new URL(back).searchParams.get('state')), 1)
		assert.equal((await person.visit(back)).status, late ? 400 : 200)
		assert.equal(await signedIn(person), !late)
	}
})

await test('nothing_is_left_of_it_and_the_audit_tells', async () => {
	lie({})
	const { person, asked, back } = await come()
	assert.equal(rows(scraped, 'SELECT 1 FROM sessions WHERE state LIKE ?', `%${asked.state}%`).length, 1)
	await person.visit(back)
	assert.equal(rows(scraped, 'SELECT 1 FROM sessions WHERE state LIKE ?', `%${asked.state}%`).length, 0)
	const [last] = rows(scraped, "SELECT event, detail, peer, account_id FROM audit WHERE event LIKE 'sign-in%' ORDER BY at_ms DESC, id DESC LIMIT 1")
	assert.deepEqual([last.event, last.detail, last.peer], ['sign-in', `at ${liar.issuer}`, '127.0.0.1'])
	assert.ok(last.account_id)
})

await test('lies_are_refused', async () => {
	const now = Math.floor(Date.now() / 1000)
	const rows = [
		[{ response: { iss: 'https://other.example' } }, /another provider/], [{ response: { iss: undefined } }, /another provider/],
		[{ response: { iss: `${liar.issuer}/` } }, /another provider/], [{ response: { code: undefined } }, /no code/],
		[{ response: { code: 'stolen' } }, /did not confirm.*invalid_grant/], [{ response: { iss: 'https://other.example' }, error: { error: 'x' } }, /another provider/],
		[{ claims: { nonce: 'A'.repeat(43) } }, /another sign-in/], [{ claims: { nonce: undefined } }, /another sign-in/],
		[{ claims: { aud: 'other' } }, /audience/], [{ claims: { aud: [] } }, /audience/], [{ claims: { aud: ['scraped', 'other'] } }, /another client/],
		[{ claims: { aud: ['scraped', 'other'], azp: 'other' } }, /another client/], [{ claims: { azp: 'other' } }, /another client/],
		[{ claims: { iss: 'https://other.example' } }, /issuer/], [{ claims: { exp: now - 1 } }, /expired/], [{ claims: { exp: undefined } }, /exp/],
		[{ claims: { iat: undefined } }, /when it was made/], [{ claims: { iat: now + 3600 } }, /not valid yet/], [{ claims: { sub: undefined } }, /sub/],
		[{ claims: { sub: 'x'.repeat(256) } }, /sub/], [{ header: { typ: 'at+jwt' } }, /typ/], [{ header: { kid: liar.state.keys[0].kid, key: await newKey() } }, /signature/],
		[{ tokenResponse: { id_token: undefined } }, /no ID token/], [{ tokenResponse: { id_token: 'A=.x.y' } }, /no ID token/],
		[{ tokenResponse: { id_token: 'eyJhbGciOiJub25lIn0.e30.' } }, /no ID token/], [{ tokenResponse: { id_token: 5 } }, /no ID token/],
	]
	for (const [lies, words] of rows) {
		lie(lies, { sub: 'dave' })
		const { person, back } = await come()
		const page = await person.visit(back)
		await refused(words, page, person)
	}
	assert.equal(users(scraped, 'dave'), 0)
})

await test('errors_of_the_provider_are_text', async () => {
	lie({ error: { error: '<script>alert(1)</script>', error_description: '"><img src=x onerror=alert(1)>' } })
	const { person, back } = await come()
	const page = await person.visit(back)
	assert.match(page.text, /refused: &lt;script&gt;/)
	assert.doesNotMatch(page.text, /<script>alert|<img src=x/)
	await refused(/refused/, page, person)
})

await test('a_provider_that_fails', async () => {
	lie({})
	for (const run of [(q, r) => r.writeHead(500).end(), (q, r) => r.end('oops'), (q, r) => r.destroy(), (q, r) => r.writeHead(302, { Location: '/other' }).end()]) {
		const { person, back } = await come()
		liar.at('/token', run)
		await refused(/sign-in provider/, await person.visit(back), person)
		liar.at('/token', null)
	}
	const nobody = await startStandin()
	await nobody.stop()
	const lonely = await startScraped({ env: settings(nobody.issuer) })
	assert.equal((await new Person(lonely.url).visit('/signin/start')).status, 503)
	assert.equal((await new Person(lonely.url).visit('/login')).status, 200)
	await lonely.stop()
	const without = await startScraped()
	for (const path of ['/signin/start', '/signin/callback?code=x&state=y'])
		assert.equal((await new Person(without.url).visit(path)).status, 404)
	await without.stop()
})

// --- whom it means here ---

await test('strangers_need_an_invitation', async () => {
	const closed = await startScraped({ env: settings(liar.issuer) })
	lie({}, { sub: 'frank', email: 'frank@example.com', email_verified: true })
	addUser(closed.env, 'frank@example.com', PASSWORD)
	const there = async options => {
		const away = await leave(closed.url, options)
		const page = await away.person.visit((await fetch(away.url, { redirect: 'manual' })).headers.get('location'))
		return { person: away.person, page }
	}
	const { person, page } = await there() // an e-mail address alone ties nobody
	assert.match(page.text, /Ask an administrator to invite you/)
	assert.equal(await signedIn(person), false)
	assert.equal(users(closed, 'frank'), 1)
	const wrong = await there({ query: '?invite=not-an-invitation' })
	assert.match(wrong.page.text, /No account could be made/)
	const link = run(binary, ['user', 'invite'], { env: closed.env }).out.trim()
	const text = link.includes('invite=') ? new URL(link).searchParams.get('invite') : link
	lie({}, { sub: 'grace', preferred_username: 'grace' })
	assert.ok(await signedIn((await there({ query: `?invite=${text}` })).person))
	assert.equal(users(closed, 'grace'), 1)
	lie({}, { sub: 'heidi', preferred_username: 'heidi' })
	assert.equal(await signedIn((await there({ query: `?invite=${text}` })).person), false)
	assert.equal(users(closed, 'heidi'), 0)
	await closed.stop()
})

await test('a_verified_address_ties_the_first_sign_in_alone', async () => {
	const linking = await startScraped({ env: settings(liar.issuer, { SCRAPED_SIGNIN_LINK_EMAIL: 'on' }) })
	addUser(linking.env, 'Ivan@Example.com', PASSWORD)
	const there = async user => {
		lie({}, user)
		const away = await leave(linking.url)
		await away.person.visit((await fetch(away.url, { redirect: 'manual' })).headers.get('location'))
		return signedIn(away.person)
	}
	const email = 'ivan@example.com'
	for (const user of [{ email }, { email, email_verified: false }, { email, email_verified: 'true' }, { email: 'other@example.com', email_verified: true },
		{ preferred_username: email }, { email: [email], email_verified: true }])
		assert.equal(await there({ sub: 'ivan', ...user }), false, JSON.stringify(user))
	assert.equal(await there({ sub: 'ivan', email, email_verified: true }), true)
	assert.equal(await there({ sub: 'ivan' }), true) // by sub from now on
	assert.equal(await there({ sub: 'judy', email, email_verified: true }), false) // the address passed to somebody else
	assert.equal(users(linking, 'van@'), 1)
	await linking.stop()
})

// --- what only the userinfo endpoint tells ---

await test('an_address_that_only_the_userinfo_endpoint_tells', async () => {
	const linking = await startScraped({ env: settings(provider.issuer, { SCRAPED_SIGNIN_LINK_EMAIL: 'on' }) })
	await provider.configure({ conform: true, redirect: `${linking.url}/signin/callback`, accounts: {
		alice: { email: 'alice@example.com', email_verified: true }, bob: { email: 'bob@example.com', email_verified: false } } })
	addUser(linking.env, 'alice@example.com', PASSWORD)
	addUser(linking.env, 'bob@example.com', PASSWORD)
	for (const [login, known] of [['alice', true], ['bob', false]]) {
		const { person, url } = await leave(linking.url)
		const before = provider.count('/me')
		await person.visit(await provider.signIn(url, login))
		assert.equal(await signedIn(person), known, login)
		assert.equal(provider.count('/me'), before + 1)
	}
	await provider.configure({ conform: false }) // the ID token tells it: nobody is asked
	const { person, url } = await leave(linking.url)
	const before = provider.count('/me')
	await person.visit(await provider.signIn(url, 'alice'))
	assert.ok(await signedIn(person))
	assert.equal(provider.count('/me'), before)
	await linking.stop()
})

await test('userinfo_is_believed_only_about_the_same_person', async () => {
	const teller = await startStandin({ at: 'openid-configuration' }), email = 'kim@example.com'
	teller.metadata.userinfo_endpoint = `${teller.url}/userinfo`
	const linking = await startScraped({ env: settings(teller.issuer, { SCRAPED_SIGNIN_LINK_EMAIL: 'on' }) })
	addUser(linking.env, email, PASSWORD)
	const there = async (user, userinfo, lies = {}) => {
		Object.assign(teller.state, { lies, user, userinfo, asker: undefined })
		const away = await leave(linking.url)
		const page = await away.person.visit((await fetch(away.url, { redirect: 'manual' })).headers.get('location'))
		assert.ok(page.status < 500, page.text)
		return signedIn(away.person)
	}
	const user = { sub: 'kim' }, told = { sub: 'kim', email, email_verified: true }
	for (const userinfo of [{ ...told, sub: 'other' }, { ...told, sub: undefined }, { ...told, sub: ['kim'] }, { ...told, email_verified: false }, { ...told, email_verified: 'true' },
		{ ...told, email: [email] }, { sub: 'kim' }, 'oops', '[]', '{"sub":"kim","sub":"kim","email":"kim@example.com","email_verified":true}', null])
		assert.equal(await there(user, userinfo), false, JSON.stringify(userinfo))
	assert.equal(teller.state.asker, 'Bearer ac.cess-token_~+/==')
	// an address of the ID token is not mixed with what another says about it
	for (const claims of [{ email }, { email, email_verified: false }]) {
		assert.equal(await there({ ...user, ...claims }, told), false)
		assert.equal(teller.state.asker, undefined)
	}
	for (const access_token of [undefined, '', 5, 'a b', 'a\r\nX: y', 'ä', 'x'.repeat(20000)]) {
		assert.equal(await there(user, told, { tokenResponse: { access_token } }), false, String(access_token))
		assert.equal(teller.state.asker, undefined)
	}
	for (const run of [(q, r) => r.writeHead(500).end(), (q, r) => r.destroy(), (q, r) => r.writeHead(302, { Location: '/other' }).end(),
		(q, r) => r.writeHead(200).end(JSON.stringify({ ...told, x: 'x'.repeat(200000) }))]) {
		teller.at('/userinfo', run)
		assert.equal(await there(user, told), false)
		teller.at('/userinfo', null)
	}
	assert.equal(await there(user, told), true)
	assert.equal(await there(user, null), true) // by sub from now on, whatever the endpoint does
	assert.ok(!linking.child.err.includes('ac.cess-token'))
	assert.match(linking.child.err, /signin\.userinfo_unusable/)
	await linking.stop()
})

await test('nobody_is_asked_where_the_address_does_not_count', async () => {
	const teller = await startStandin({ at: 'openid-configuration' })
	teller.metadata.userinfo_endpoint = `${teller.url}/userinfo`
	Object.assign(teller.state, { user: { sub: 'lee' }, userinfo: { sub: 'lee', email: 'lee@example.com', email_verified: true } })
	for (const [more, asked] of [[{}, 0], [{ SCRAPED_SIGNIN_CREATE: 'on' }, 1]]) {
		const server = await startScraped({ env: settings(teller.issuer, more) })
		const away = await leave(server.url)
		await away.person.visit((await fetch(away.url, { redirect: 'manual' })).headers.get('location'))
		assert.equal(teller.count('/userinfo'), asked)
		assert.equal(users(server, 'lee@example.com'), asked)
		await server.stop()
	}
})

await finish()
