// SPDX-License-Identifier: Apache-2.0
// The pages as plain requests see them: where forms may come from, what every answer carries, what a
// session is worth and when it ends, and that nothing of what strangers write is ever markup.
import fs from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { assert, binary, end, finish, freePort, onFinish, run, send, start, startScraped, tempDir, test, until } from '../lib/harness.mjs'
import { Client } from '../lib/oauth_client.mjs'
import { forms, Person } from '../lib/person.mjs'

const PASSWORD = 'plum orbit lantern seven', OTHER = 'quiet river under snow'
const scraped = await startScraped()
const base = scraped.url

/** The one-time link that the server printed. */
const setupLink = child => until(() => /\S+\/setup\?token=\S+/.exec(child.out)?.[0], 'the setup link')

/** A form of the page by its action. */
function formTo(page, action) {
	const form = forms(page.text).find(f => f.action === action)
	assert.ok(form, `no form to ${action} on ${page.url}: ${page.text}`)
	return form
}

/** Makes an account where a link or /signup lets one. */
async function join(link, name, password) {
	const person = new Person(base, { name, password })
	const page = await person.visit(link)
	assert.equal(page.status, 200, page.text)
	const next = await person.submit(page, 'again', { name, password, again: password })
	assert.equal(next.status, 200, next.text)
	return person
}

const link = await setupLink(scraped.child)
const ada = await join(link, 'ada', PASSWORD)


async function invitation(role = 'member') {
	const page = await ada.visit('/admin')
	const made = await ada.ask('/admin/invitations', { fields: { ...formTo(page, '/admin/invitations').fields, role, days: '7' } })
	assert.equal(made.status, 200, made.text)
	return /\S+\/join\?invite=[\w-]+/.exec(made.text)[0].replace(/.*>/, '')
}

const grace = await join(await invitation(), 'grace', PASSWORD)

/** What a new browser needs to sign in: its page and its fields. */
async function stranger() {
	const person = new Person(base, {})
	const page = await person.visit('/login')
	return { person, page, fields: { ...formTo(page, '/login').fields, name: 'ada', password: PASSWORD } }
}
const signedIn = answer => answer.status === 303 && answer.location === '/settings'

// --- forms ---

await test('checklist.17 a form without the right token changes nothing', async () => {
	const page = await grace.visit('/settings')
	const { fields } = formTo(page, '/settings/keys')
	const foreign = formTo(await ada.visit('/settings'), '/settings/keys').fields.csrf
	const key = { name: 'stolen', days: '30', scope_scrape: '1' }
	for (const csrf of [undefined, '', 'x', fields.csrf.slice(1), `${fields.csrf}x`, foreign]) {
		const all = { ...fields, ...key, csrf }
		if (csrf === undefined)
			delete all.csrf
		const answer = await grace.ask('/settings/keys', { fields: all })
		assert.equal(answer.status, 403, `csrf ${csrf}`)
		assert.match(answer.headers['content-type'], /^text\/html/)
	}
	assert.doesNotMatch((await grace.visit('/settings')).text, /stolen/)
	const good = await grace.ask('/settings/keys', { fields: { ...fields, ...key, name: 'mine' } })
	assert.equal(good.status, 200, good.text)
	assert.match(good.text, /sk_live_/)
})

await test('checklist.17 every form refuses a missing token', async () => {
	const rows = ['/login', '/logout', '/consent/req_0', '/device', '/device/confirm', '/setup', '/join', '/signup',
		'/settings/keys', '/settings/keys/x/revoke', '/settings/clients/x/revoke', '/settings/sessions/x/end',
		'/settings/password', '/admin/users/x/role', '/admin/users/x/disable', '/admin/users/x/enable',
		'/admin/invitations', '/admin/invitations/x/withdraw', '/admin/signup', '/admin/clients/revoke', '/admin/signing-keys']
	for (const action of rows) {
		const answer = await ada.ask(action, { fields: { answer: 'allow' } })
		assert.equal(answer.status, 403, `${action}: ${answer.status}`)
		const nobody = await new Person(base, {}).ask(action, { fields: { answer: 'allow', csrf: 'x' } })
		assert.equal(nobody.status, 403, `${action} of nobody: ${nobody.status}`)
	}
})

await test('checklist.17 only this site may send a form', async () => {
	const rows = [
		[{ Origin: 'https://evil.example' }, false],
		[{ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' }, false],
		[{ Origin: 'null', 'Sec-Fetch-Site': undefined }, false],
		[{ Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, false],
		[{ Origin: 'null', 'Sec-Fetch-Site': 'same-site' }, false],
		[{ Origin: 'null', 'Sec-Fetch-Site': 'none' }, false],
		[{ Origin: undefined, 'Sec-Fetch-Site': 'cross-site' }, false],
		[{ Origin: `${base}.evil.example` }, false],
		[{ Origin: base.replace('http:', 'https:') }, false],
		[{ Origin: `http://localhost:${scraped.port}` }, false],
		[{ Origin: base, 'Sec-Fetch-Site': 'same-origin' }, true],
		[{ Origin: base, 'Sec-Fetch-Site': undefined }, true],
		[{ Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, true],
		[{ Origin: undefined, 'Sec-Fetch-Site': undefined }, true], // a text browser
	]
	for (const [changes, good] of rows) {
		const { person, fields } = await stranger()
		const body = String(new URLSearchParams(fields))
		const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null', 'Sec-Fetch-Site': 'same-origin',
			Cookie: [...person.cookies].map(pair => pair.join('=')).join('; '), ...changes }
		for (const name of Object.keys(headers))
			if (headers[name] === undefined)
				delete headers[name]
		const answer = await send(`${base}/login`, { headers, body })
		assert.equal(answer.status, good ? 303 : 403, JSON.stringify(changes))
		assert.equal(answer.headers['set-cookie'] !== undefined, good)
	}
})

await test('checklist.18 the sign-in form is bound to its browser', async () => {
	const mine = await stranger(), theirs = await stranger()
	const answer = await theirs.person.ask('/login', { fields: { ...theirs.fields, csrf: mine.fields.csrf } })
	assert.equal(answer.status, 403)
	const bare = new Person(base, {})
	assert.equal((await bare.ask('/login', { fields: mine.fields })).status, 403)
	assert.ok(signedIn(await mine.person.ask('/login', { fields: mine.fields })))
})

await test('forms are forms', async () => {
	const { person, fields } = await stranger()
	const Cookie = [...person.cookies].map(pair => pair.join('=')).join('; ')
	const json = await send(`${base}/login`, { headers: { Cookie }, body: fields })
	assert.equal(json.status, 415)
	assert.equal((await send(`${base}/login`, { method: 'PUT', headers: { Cookie } })).status, 405)
	assert.equal((await person.ask('/logout')).status, 405)
})

// --- every answer ---

async function everyPage() {
	const nobody = new Person(base, {})
	const pages = [await nobody.ask('/login'), await nobody.ask('/setup?token=x'), await nobody.ask('/join?invite=x'),
		await nobody.ask('/signup'), await nobody.ask('/consent/req_0'), await nobody.ask('/login', { fields: { csrf: 'x' } }),
		await nobody.ask('/admin'), await nobody.ask('/login/nothing'), await nobody.ask('/authorize'),
		await grace.ask('/admin'), await grace.ask('/settings'), await ada.ask('/device'), await ada.ask('/admin'),
		await ada.ask('/admin/clients'), await ada.ask('/admin/audit')]
	return pages
}

await test('checklist.19 no page can be framed, and each carries the strictest policy', async () => {
	for (const page of await everyPage()) {
		const h = page.headers, where = `${page.url} ${page.status}`
		if (page.status === 303)
			continue
		assert.equal(h['x-frame-options'], 'DENY', where)
		const csp = Object.fromEntries(h['content-security-policy'].split('; ').map(part => [part.split(' ')[0], part]))
		assert.equal(csp['frame-ancestors'], 'frame-ancestors \'none\'', where)
		assert.equal(csp['default-src'], 'default-src \'none\'', where)
		assert.equal(csp['style-src'], 'style-src \'self\'', where)
		assert.equal(csp['base-uri'], 'base-uri \'none\'', where)
		assert.equal(csp['form-action'], 'form-action \'self\'', where)
		assert.equal(csp['script-src'], undefined, where)
		assert.equal(h['x-content-type-options'], 'nosniff', where)
		assert.equal(h['cache-control'], 'no-store', where)
		assert.match(h['content-type'], /^text\/html; charset=utf-8/, where)
		assert.doesNotMatch(page.text, /<script|style="|onclick/, where)
	}
})

await test('checklist.37 no page says where it was', async () => {
	for (const page of await everyPage())
		if (page.status !== 303)
			assert.equal(page.headers['referrer-policy'], 'no-referrer', page.url)
})

await test('checklist.39 no page is for scripts of other origins', async () => {
	for (const where of ['/login', '/settings', '/admin', '/consent/req_0']) {
		for (const Origin of [base, 'https://evil.example', 'null']) {
			const answer = await ada.ask(where, { headers: { Origin } })
			assert.equal(answer.headers['access-control-allow-origin'], undefined)
			assert.equal(answer.headers['access-control-allow-credentials'], undefined)
			const preflight = await send(base + where, { method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Method': 'POST' } })
			assert.equal(preflight.headers['access-control-allow-origin'], undefined)
			assert.equal(preflight.headers['access-control-allow-methods'], undefined)
		}
	}
})

await test('checklist.20 every redirect is a 303', async () => {
	const { person, fields } = await stranger()
	assert.equal((await person.ask('/settings')).status, 303)
	assert.equal((await person.ask('/login', { fields })).status, 303)
	const client = await Client.register(base)
	const first = await person.ask(client.url())
	assert.equal(first.status, 303)
	const page = await person.ask(first.location)
	const denied = await person.ask(first.location, { fields: { csrf: formTo(page, first.location).fields.csrf, answer: 'deny' } })
	assert.equal(denied.status, 303)
	assert.equal(new URL(denied.location).searchParams.get('error'), 'access_denied')
	const settings = await person.visit('/settings')
	assert.equal((await person.ask('/logout', { fields: formTo(settings, '/logout').fields })).status, 303)
})

// --- consent ---

await test('checklist.16 the consent page says who asks for what and where it leads', async () => {
	const client = await Client.register(base, { client_name: 'Weather "Bot"' })
	const page = await ada.visit(client.url({ scope: 'scrape jobs:read' }))
	assert.match(page.text, /Weather &quot;Bot&quot;/)
	assert.match(page.text, /not verified/)
	assert.match(page.text, /client\.example/)
	assert.match(page.text, /Fetch web pages as Markdown, HTML or extracted data/)
	assert.match(page.text, /See jobs and their results/)
	assert.doesNotMatch(page.text, /Start and cancel jobs/)
	assert.match(page.text, /<strong>ada<\/strong>/)
	assert.doesNotMatch(page.text, /this device/)
	assert.match(page.headers['content-security-policy'], /form-action 'self' https:\/\/client\.example:443$/)
	const local = await Client.register(base, { client_name: 'Local', redirect_uris: ['http://127.0.0.1/cb'] })
	const warned = await ada.visit(local.url({ redirect_uri: 'http://127.0.0.1:7777/cb' }))
	assert.match(warned.text, /this device/)
	assert.match(warned.headers['content-security-policy'], /form-action 'self' http:\/\/127\.0\.0\.1:7777$/)
	const cursor = await Client.register(base, { client_name: 'Cursor', redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'] })
	const scheme = await ada.visit(cursor.url())
	assert.match(scheme.text, /this device/)
	assert.match(scheme.headers['content-security-policy'], /form-action 'self' cursor:$/)
})

await test('checklist.17 a request belongs to the browser that began it', async () => {
	const client = await Client.register(base)
	const mine = (await ada.ask(client.url())).location
	const page = await ada.ask(mine)
	assert.equal((await grace.ask(mine)).status, 404)
	const settings = await grace.visit('/settings')
	const csrf = formTo(settings, '/logout').fields.csrf
	assert.equal((await grace.ask(mine, { fields: { csrf, answer: 'allow' } })).status, 404)
	const form = formTo(page, mine).fields
	const answers = await Promise.all([1, 2, 3].map(() => ada.ask(mine, { fields: { ...form, answer: 'allow' } })))
	assert.equal(answers.filter(a => a.status === 303).length, 1, 'answered once')
	assert.equal((await ada.ask(mine)).status, 404)
})

await test('a member grants no more than a member may have', async () => {
	const client = await Client.register(base)
	const none = await grace.visit(client.url({ scope: 'metrics:read' }))
	assert.match(none.text, /nothing that your account could give/)
	const id = new URL(none.url).pathname
	const forced = await grace.ask(id, { fields: { csrf: formTo(none, id).fields.csrf, answer: 'allow' } })
	assert.equal(forced.status, 400)
	const both = await grace.visit(client.url({ scope: 'scrape metrics:read' }))
	assert.doesNotMatch(both.text, /Read the server.*metrics/)
	const back = new URL((await grace.submit(both, 'answer', { answer: 'allow' })).left)
	const token = await client.redeem({ code: back.searchParams.get('code'), verifier: client.verifier })
	assert.equal(token.status, 200, token.text)
	assert.equal(token.json.scope, 'scrape')
})

await test('checklist.15 consent is asked for once, and again when the client wants it or more', async () => {
	const client = await Client.register(base)
	const person = new Person(base, { name: 'grace', password: PASSWORD })
	await person.allow(client.url())
	const asks = async changes => (await person.visit(client.url(changes))).left === undefined
	assert.equal(await asks({}), false)
	assert.equal(await asks({ prompt: 'consent' }), true)
	assert.equal(await asks({ scope: 'scrape jobs:read' }), true)
	person.cookies.clear()
	const page = await person.signIn(await person.visit(client.url({ prompt: 'consent' })))
	assert.equal(page.left, undefined, 'asked also after signing in')
	assert.match(page.text, /asks for access/)
	const other = await Client.register(base)
	assert.ok((await person.visit(other.url())).left === undefined, 'never inherited by another client')
})

await test('another account goes on with the same request', async () => {
	const person = new Person(base, { name: 'grace', password: PASSWORD })
	await person.signIn()
	const client = await Client.register(base)
	const page = await person.visit(client.url())
	assert.match(page.text, /<strong>grace<\/strong>/)
	const login = await person.submit(page, 'answer', { answer: 'switch' })
	assert.match(login.text, /to go on with <strong>Test client<\/strong>/)
	Object.assign(person, { name: 'ada' })
	const again = await person.signIn(login)
	assert.match(again.text, /<strong>ada<\/strong>/)
	const done = await person.submit(again, 'answer', { answer: 'allow' })
	assert.ok(new URL(done.left).searchParams.get('code'))
})

await test('checklist.33 where a sign-in leads is never in a URL', async () => {
	for (const name of ['next', 'return', 'return_to', 'redirect', 'redirect_uri', 'url', 'continue', 'to']) {
		const person = new Person(base, {})
		const page = await person.ask(`/login?${name}=https://evil.example/`)
		assert.doesNotMatch(page.text, /evil/)
		const done = await person.ask(`/login?${name}=https://evil.example/`, { fields: {
			...formTo(page, '/login').fields, [name]: 'https://evil.example/', name: 'ada', password: PASSWORD } })
		assert.ok(signedIn(done), `${name}: ${done.location}`)
	}
	const admin = new Person(base, { name: 'ada', password: PASSWORD })
	const login = await admin.visit('/admin/audit')
	assert.match((await admin.signIn(login)).url, /\/admin$/)
})

// --- sessions ---

await test('checklist.30 signing in renews the session, and what was fixed is worth nothing', async () => {
	const { person, fields } = await stranger()
	const before = person.cookies.get('sid')
	const answer = await person.ask('/login', { fields })
	const cookie = answer.headers['set-cookie'][0]
	assert.match(cookie, /^sid=[\w-]{40,}; Path=\/; HttpOnly; SameSite=Lax$/)
	assert.notEqual(person.cookies.get('sid'), before)
	const fixed = new Person(base, {})
	fixed.cookies.set('sid', before)
	assert.equal((await fixed.ask('/settings')).status, 303)
	for (const planted of ['a'.repeat(43), 'x', 'a'.repeat(5000)]) {
		const victim = new Person(base, {})
		victim.cookies.set('sid', planted)
		await victim.ask('/login')
		assert.notEqual(victim.cookies.get('sid'), planted)
	}
	assert.equal((await person.ask('/settings')).status, 200)
})

await test('checklist.30 signing out ends the session on the server', async () => {
	const person = new Person(base, { name: 'ada', password: PASSWORD })
	const page = await person.signIn()
	const cookie = person.cookies.get('sid')
	const out = await person.ask('/logout', { fields: formTo(page, '/logout').fields })
	assert.match(out.headers['set-cookie'][0], /^sid=; .*Max-Age=0/)
	const thief = new Person(base, {})
	thief.cookies.set('sid', cookie)
	assert.equal((await thief.ask('/settings')).status, 303)
})

await test('checklist.30 a session ends from another one, and with the password', async () => {
	const mine = await join(await invitation(), 'ends', PASSWORD)
	const other = new Person(base, { name: 'ends', password: PASSWORD, agent: 'other/1' })
	await other.signIn()
	const page = await mine.visit('/settings')
	const rows = page.text.split('<li>').filter(row => row.includes('/settings/sessions/'))
	assert.equal(rows.length, 2)
	const action = /\/settings\/sessions\/\w+\/end/.exec(rows.find(row => row.includes('other/1')))[0]
	const foreign = await ada.ask(action, { fields: { csrf: formTo(await ada.visit('/settings'), '/logout').fields.csrf } })
	assert.equal(foreign.status, 303)
	assert.equal((await other.ask('/settings')).status, 200, 'not another person\'s to end')
	assert.equal((await mine.ask(action, { fields: formTo(page, action).fields })).status, 303)
	assert.equal((await other.ask('/settings')).status, 303)
	await other.signIn()
	const before = mine.cookies.get('sid')
	const form = formTo(page, '/settings/password').fields
	const wrong = await mine.visit('/settings/password', { fields: { ...form, current: OTHER, password: OTHER, again: OTHER } })
	assert.match(wrong.text, /current password is wrong/)
	const changed = await mine.visit('/settings/password', { fields: { ...form, current: PASSWORD, password: OTHER, again: OTHER } })
	assert.match(changed.text, /password is changed/)
	assert.notEqual(mine.cookies.get('sid'), before)
	assert.equal((await other.ask('/settings')).status, 303)
	const thief = new Person(base, {})
	thief.cookies.set('sid', before)
	assert.equal((await thief.ask('/settings')).status, 303)
	await new Person(base, { name: 'ends', password: OTHER }).signIn()
})

await test('of two changes of a password at once one counts', async () => {
	const person = await join(await invitation(), 'twice', PASSWORD)
	const { fields } = formTo(await person.visit('/settings'), '/settings/password')
	const wishes = ['first wish of a password', 'second wish of a password']
	const answers = await Promise.all(wishes.map(wish => person.ask('/settings/password', { fields: { ...fields, current: PASSWORD, password: wish, again: wish } })))
	const done = answers.map(answer => answer.location === '/settings#password')
	assert.deepEqual([...done].sort(), [false, true], answers.map(answer => answer.status).join())
	await new Person(base, { name: 'twice', password: wishes[done.indexOf(true)] }).signIn()
	const changes = (await ada.visit('/admin/audit')).text.match(/Changed a password(?:(?!<\/tr>)[^])*?twice/g)
	assert.equal(changes?.length, 1)
})

await test('a notice is shown once', async () => {
	const page = await ada.visit('/settings')
	const action = '/settings/password'
	const told = await ada.visit(action, { fields: { ...formTo(page, action).fields, current: 'x', password: 'short', again: 'short' } })
	assert.match(told.text, /role="alert"/)
	await until(async () => !(await ada.visit('/settings')).text.includes('role="alert"'), 'the notice to be gone')
})

// --- what strangers write ---

const EVIL = '"\'><script>alert(1)</script><img src=x onerror=alert(2)>'
function harmless(page) {
	assert.doesNotMatch(page.text, /<script>alert|<img src=x/, page.url)
}

await test('checklist.22 names and state of strangers are never markup', async () => {
	const client = await Client.register(base, { client_name: EVIL })
	const person = new Person(base, { name: 'ada', password: PASSWORD, agent: EVIL })
	const login = await person.visit(client.url({ state: EVIL }))
	harmless(login)
	assert.match(login.text, /&lt;script&gt;alert\(1\)/)
	const consent = await person.signIn(login)
	harmless(consent)
	assert.match(consent.text, /&lt;script&gt;alert\(1\)/)
	assert.ok(!consent.text.includes('alert(2)&gt;&quot;'), 'state is not on the page')
	const back = new URL((await person.submit(consent, 'answer', { answer: 'allow' })).left)
	assert.equal(back.searchParams.get('state'), EVIL)
	const settings = await person.visit('/settings')
	harmless(settings)
	assert.match(settings.text, /&lt;script&gt;/)
	harmless(await person.visit('/admin/clients'))
	harmless(await person.visit('/admin/audit'))
})

await test('names of keys and users are never markup', async () => {
	const page = await ada.visit('/settings')
	const made = await ada.ask('/settings/keys', { fields: { ...formTo(page, '/settings/keys').fields, name: EVIL, days: 'never', scope_scrape: '1' } })
	assert.equal(made.status, 200, made.text)
	harmless(made)
	const settings = await ada.visit('/settings')
	harmless(settings)
	assert.match(settings.text, /&lt;script&gt;alert\(1\)/)
	const { person, fields } = await stranger()
	const wrong = await person.ask('/login', { fields: { ...fields, name: EVIL } })
	assert.equal(wrong.status, 401)
	harmless(wrong)
	assert.match(wrong.text, /value="&quot;&#39;&gt;&lt;script/)
	const invited = await new Person(base, {}).visit(await invitation())
	const joined = await new Person(base, {}).ask(invited.url)
	harmless(joined)
	for (const target of [`/device?user_code=${encodeURIComponent(EVIL.slice(0, 15))}`, `/consent/${encodeURIComponent(EVIL)}`,
		`/setup?token=${encodeURIComponent(EVIL)}`, `/admin/audit?before=${encodeURIComponent(EVIL)}`])
		harmless(await ada.visit(target))
})

// --- keys ---

await test('a key is shown once and never again', async () => {
	const page = await grace.visit('/settings')
	const made = await grace.ask('/settings/keys', { fields: { ...formTo(page, '/settings/keys').fields, name: 'once', days: '30', scope_scrape: '1' } })
	assert.equal(made.status, 200)
	assert.equal(made.headers['cache-control'], 'no-store')
	assert.match(made.headers['content-security-policy'], /script-src 'self'/)
	const key = /sk_live_\w{43}_\w{4}/.exec(made.text)[0]
	const use = () => send(`${base}/v1/scrape`, { headers: { Authorization: `Bearer ${key}` }, body: {} })
	assert.equal((await use()).status, 400)
	const settings = await grace.visit('/settings')
	assert.ok(!settings.text.includes(key))
	assert.ok(!scraped.child.err.includes(key))
	const row = settings.text.split('<li>').find(part => part.includes('<h3>once'))
	const action = /\/settings\/keys\/\w+\/revoke/.exec(row)[0]
	const foreign = await ada.visit(action, { fields: { csrf: formTo(await ada.visit('/settings'), '/logout').fields.csrf } })
	assert.match(foreign.text, /role="alert"/)
	assert.equal((await use()).status, 400, 'not another person\'s to revoke')
	assert.match((await grace.visit(action, { fields: formTo(settings, action).fields })).text, /The key is revoked/)
	assert.equal((await use()).status, 401)
})

await test('a key has what was chosen and no more than its owner', async () => {
	const page = await grace.visit('/settings')
	assert.doesNotMatch(page.text, /scope_metrics:read/)
	const { fields } = formTo(page, '/settings/keys')
	const rows = [[{ name: '', days: '30', scope_scrape: '1' }, /name/], [{ name: 'x', days: '30' }, /at least one/],
		[{ name: 'x', days: '30', 'scope_metrics:read': '1' }, /at least one/], [{ name: 'x', days: '0', scope_scrape: '1' }, /expires/],
		[{ name: 'x', days: 'x', scope_scrape: '1' }, /expires/], [{ name: 'x'.repeat(101), days: '30', scope_scrape: '1' }, /100/]]
	for (const [changes, words] of rows) {
		const told = await grace.visit('/settings/keys', { fields: { ...fields, ...changes } })
		assert.match(told.text, /role="alert"/, JSON.stringify(changes))
		assert.match(/role="alert">([^<]*)/.exec(told.text)[1], words)
	}
})

// --- administrators ---

await test('members do not see the administrators\' pages', async () => {
	assert.doesNotMatch((await grace.visit('/settings')).text, /href="\/admin"/)
	const csrf = formTo(await grace.visit('/settings'), '/logout').fields.csrf
	for (const where of ['/admin', '/admin/clients', '/admin/audit'])
		assert.equal((await grace.ask(where)).status, 403)
	for (const where of ['/admin/signup', '/admin/invitations', '/admin/users/x/role', '/admin/users/x/disable', '/admin/signing-keys', '/admin/clients/revoke'])
		assert.equal((await grace.ask(where, { fields: { csrf, signup: 'open', role: 'admin', days: '1' } })).status, 403, where)
	assert.equal((await new Person(base, {}).ask('/admin')).location, '/login')
})

await test('administrators change users, but the last of them stays', async () => {
	const linus = await join(await invitation(), 'linus', PASSWORD)
	const rowOf = (page, name) => page.text.split('<li>').find(part => part.includes(`<h3>${name}`))
	let page = await ada.visit('/admin')
	const act = async (name, what, fields) => {
		const action = new RegExp(`/admin/users/\\w+/${what}`).exec(rowOf(page, name))[0]
		return page = await ada.visit(action, { fields: { ...formTo(page, action).fields, ...fields } })
	}
	assert.match((await act('ada', 'disable')).text, /role="alert"/)
	assert.match((await act('ada', 'role', { role: 'member' })).text, /role="alert"/)
	assert.match((await act('linus', 'disable')).text, /role="status"/)
	assert.equal((await linus.ask('/settings')).status, 303)
	const again = new Person(base, { name: 'linus', password: PASSWORD })
	const login = await again.visit('/login')
	const refused = await again.ask('/login', { fields: { ...formTo(login, '/login').fields, name: 'linus', password: PASSWORD } })
	assert.equal(refused.status, 403)
	assert.match(refused.text, /disabled/)
	await act('linus', 'enable')
	await again.signIn(login)
	await act('linus', 'role', { role: 'admin' })
	assert.equal((await new Person(base, { name: 'linus', password: PASSWORD }).signIn().then(p => p.text.includes('href="/admin"'))), true)
	await act('linus', 'role', { role: 'member' })
})

await test('an invitation is good once, and not after it is withdrawn', async () => {
	const link = await invitation()
	await join(link, 'first', PASSWORD)
	assert.equal((await new Person(base, {}).ask(link)).status, 404)
	const other = await invitation()
	const page = await ada.visit('/admin')
	const action = /\/admin\/invitations\/\w+\/withdraw/.exec(page.text)[0]
	await ada.visit(action, { fields: formTo(page, action).fields })
	assert.equal((await new Person(base, {}).ask(other)).status, 404)
	assert.equal((await new Person(base, {}).ask('/join')).status, 404)
	assert.equal((await new Person(base, {}).ask('/join?invite=')).status, 404)
})

await test('the setup link is gone once there is an administrator', async () => {
	assert.equal((await new Person(base, {}).ask(link)).status, 404)
	assert.equal((await new Person(base, {}).ask('/setup')).status, 404)
})

await test('signing up is there only while it is open', async () => {
	const nobody = new Person(base, {})
	assert.equal((await nobody.ask('/signup')).status, 404)
	const set = async signup => ada.visit('/admin/signup', { fields: { ...formTo(await ada.visit('/admin'), '/admin/signup').fields, signup } })
	assert.match((await set('open')).text, /Anybody/)
	assert.match((await nobody.visit('/login')).text, /href="\/signup"/)
	const page = await nobody.visit('/signup')
	const short = await nobody.submit(page, 'again', { name: 'new', password: 'short', again: 'short' })
	assert.equal(short.status, 400)
	assert.match(short.text, /role="alert"/)
	const differ = await nobody.submit(page, 'again', { name: 'new', password: PASSWORD, again: OTHER })
	assert.equal(differ.status, 400)
	const taken = await nobody.submit(page, 'again', { name: 'ADA', password: PASSWORD, again: PASSWORD })
	assert.equal(taken.status, 400)
	const done = await nobody.submit(page, 'again', { name: 'walkin', password: PASSWORD, again: PASSWORD })
	assert.match(done.url, /\/settings$/)
	await set('closed')
	assert.equal((await new Person(base, {}).ask('/signup')).status, 404)
	assert.equal((await nobody.ask('/signup', { fields: { csrf: formTo(done, '/logout').fields.csrf, name: 'b', password: PASSWORD, again: PASSWORD } })).status, 404)
})

await test('the audit tells of it, newest first, and goes back page by page', async () => {
	const page = await ada.visit('/admin/audit')
	for (const words of ['Signed in', 'Made a user', 'Made an API key', 'Made an invitation', 'Disabled a user', 'Allowed a client'])
		assert.ok(page.text.includes(words), words)
	const times = p => [...p.text.matchAll(/datetime="([^"]+)"/g)].map(m => m[1])
	const first = times(page)
	assert.deepEqual(first, [...first].sort().reverse())
	assert.ok(!page.text.includes(PASSWORD))
	assert.equal((await ada.ask('/admin/audit?before=x')).status, 400)
	const none = await ada.visit('/admin/audit?before=1')
	assert.match(none.text, /Nothing here/)
})

await test('going back through the audit loses nothing', async () => {
	const person = await join(await invitation(), 'busy', PASSWORD)
	const { fields } = formTo(await person.visit('/settings'), '/settings/keys')
	for (let i = 0; i < 15; i++)
		await Promise.all(Array.from({ length: 10 }, () => person.ask('/settings/keys', { fields: { ...fields, name: 'one of many', days: '30', scope_scrape: '1' } })))
	const made = new Set((await person.visit('/settings')).text.match(/key_[0-9a-z]{26}/g))
	assert.equal(made.size, 150)
	let pages = 0
	for (let where = '/admin/audit'; where; pages++) {
		const page = await ada.visit(where)
		for (const id of page.text.match(/key_[0-9a-z]{26}/g) ?? [])
			made.delete(id)
		where = /href="(\/admin\/audit\?before=\d+)"/.exec(page.text)?.[1]
	}
	assert.ok(pages >= 2)
	assert.deepEqual([...made], [])
})

await test('the signing key is exchanged from the page', async () => {
	const kids = async () => (await send(`${base}/jwks`)).json.keys.map(k => k.kid)
	const before = await kids()
	const page = await ada.visit('/admin/clients')
	const told = await ada.visit('/admin/signing-keys', { fields: formTo(page, '/admin/signing-keys').fields })
	assert.match(told.text, /A new key signs/)
	assert.notDeepEqual(await kids(), before)
})

await scraped.stop()

// --- guessing (on a server of its own: this address is slow to sign in afterwards) ---

const guessed = await startScraped()

async function guess(name, password) {
	const person = new Person(guessed.url, {})
	const page = await person.visit('/login')
	return person.ask('/login', { fields: { ...formTo(page, '/login').fields, name, password } })
}

await test('the first administrator of another server', async () => {
	const person = new Person(guessed.url, {})
	const page = await person.visit(await setupLink(guessed.child))
	assert.match((await person.submit(page, 'again', { name: 'ada', password: PASSWORD, again: PASSWORD })).url, /\/settings$/)
})

await test('checklist.31 an unknown name and a wrong password are told in the same words', async () => {
	const answers = []
	for (const name of ['ada', 'nobody-of-that-name']) {
		const answer = await guess(name, OTHER)
		answers.push([answer.status, answer.text.replaceAll(`"${name}"`, '').replace(/csrf" value="[^"]*/g, ''), Object.keys(answer.headers).sort().join()])
	}
	assert.equal(answers[0][0], 401)
	assert.match(answers[0][1], /The name or the password is wrong/)
	assert.deepEqual(answers[1], answers[0])
})

await test('checklist.32 guessing is slowed down and says for how long', async () => {
	let last
	for (let i = 0; i < 8 && last?.status !== 429; i++)
		last = await guess(`guess${i}`, OTHER)
	assert.equal(last.status, 429)
	assert.match(last.headers['retry-after'], /^[1-9]\d*$/)
	assert.match(last.headers['content-type'], /^text\/html/)
	assert.equal((await guess('ada', PASSWORD)).status, 429, 'the right password is no way to find out')
})

await guessed.stop()

// --- https ---

/** A request over TLS, certificate unchecked: it is our own. */
const tlsGet = (port, target, headers = {}) => new Promise((done, fail) => {
	https.get({ host: '127.0.0.1', port, path: target, headers, rejectUnauthorized: false, agent: false }, r => {
		r.resume()
		r.on('end', () => done({ status: r.statusCode, headers: r.headers }))
	}).on('error', fail)
})

await test('checklist.30 on https the cookie is bound to this host and to https', async () => {
	const dir = tempDir(), port = await freePort()
	const [cert, key] = ['cert.pem', 'key.pem'].map(name => path.join(dir, name))
	const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key,
		'-out', cert, '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'])
	assert.equal(made.status, 0, made.err)
	fs.chmodSync(key, 0o600)
	const child = start(binary, ['serve'], { env: { SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${port}`,
		SCRAPED_TLS_CERT: cert, SCRAPED_TLS_KEY: key, SCRAPED_PUBLIC_URL: `https://127.0.0.1:${port}` } })
	onFinish(() => end(child))
	await until(async () => (await tlsGet(port, '/v1/health')).status === 200, 'the TLS server')
	const page = await tlsGet(port, '/login')
	assert.equal(page.status, 200)
	assert.match(page.headers['set-cookie'][0], /^__Host-sid=[\w-]{40,}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
	assert.match(page.headers['strict-transport-security'], /max-age=\d{7,}/)
	const plain = await tlsGet(port, '/login', { Cookie: 'sid=whatever' })
	assert.match(plain.headers['set-cookie'][0], /^__Host-sid=/)
	assert.equal(await end(child), 0, child.err)
})

await finish()
