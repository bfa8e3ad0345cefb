// SPDX-License-Identifier: Apache-2.0
// The pages in a real browser (headless Chromium), as a person meets them: the first administrator,
// signing in, allowing and denying a client, keys, sessions, on a phone, in the dark, by keyboard,
// without JavaScript. Every page is looked at by axe-core, and its picture is kept in build/screenshots.
import fs from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { assert, finish, onFinish, send, skip, startScraped, test, testsDir, until } from '../lib/harness.mjs'
import { Client, claimsOf } from '../lib/oauth_client.mjs'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(file => fs.existsSync(file))
if (!chromium) {
	await test('a browser', () => skip('chromium is not installed'))
	await finish()
}
const require = createRequire(import.meta.url)
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const shots = path.join(testsDir, '../build/screenshots')
fs.mkdirSync(shots, { recursive: true })

const PASSWORD = 'plum orbit lantern seven', FRESH = 'quiet river under snow'
const scraped = await startScraped()
const { chromium: engine } = await import('playwright-core')
const browser = await engine.launch({ executablePath: chromium, args: ['--no-sandbox'], timeout: 120000 })
onFinish(() => browser.close())

/** What stands behind a redirect URI: answers, and keeps the addresses it was asked for. */
const landed = []
const landing = http.createServer((q, r) => {
	landed.push(new URL(q.url, 'http://127.0.0.1'))
	r.setHeader('Content-Type', 'text/html')
	r.end('<!doctype html><title>Back in the client</title>')
})
await new Promise(done => landing.listen(0, '127.0.0.1', done))
onFinish(() => landing.close())
const redirect = `http://127.0.0.1:${landing.address().port}/callback`
const cameBack = async (what = 'callback') => {
	await until(() => landed.some(u => u.pathname === `/${what}`), 'the way back to the client')
	return landed.splice(0).find(u => u.pathname === `/${what}`)
}

/** A browser of its own; what its pages complain about is an error of the test. */
async function open({ theme = 'light', width = 1000, script = true } = {}) {
	const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 760 }, javaScriptEnabled: script, baseURL: scraped.url })
	context.setDefaultTimeout(120000)
	const page = await context.newPage()
	page.complaints = []
	page.on('console', message => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && page.complaints.push(message.text()))
	page.on('pageerror', e => page.complaints.push(String(e)))
	page.on('request', q => {
		const { origin, protocol } = new URL(q.url())
		if (protocol.startsWith('http') && origin !== scraped.url && !q.url().startsWith(redirect.slice(0, -9)))
			page.complaints.push(`asked ${q.url()}`)
	})
	onFinish(() => context.close())
	return page
}

async function signIn(page, name, password) {
	await page.getByLabel('Name').fill(name)
	await page.getByLabel('Password').fill(password)
	await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function settingsOf(name = 'ada', password = PASSWORD, options = {}) {
	const page = await open(options)
	await page.goto('/login')
	await signIn(page, name, password)
	await page.waitForURL('**/settings')
	return page
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

// --- the first hour ---

let ada, key
await test('the first run: the setup link makes the administrator', async () => {
	const link = await until(() => /\S+\/setup\?token=\S+/.exec(scraped.child.out)?.[0], 'the setup link')
	ada = await open()
	await ada.goto(link)
	assert.equal(await ada.title(), 'Set up the first administrator · scraped')
	await ada.screenshot({ path: `${shots}/setup.png`, fullPage: true })
	await ada.getByLabel('Name').fill('ada')
	await ada.getByLabel('Password', { exact: true }).fill(PASSWORD)
	await ada.getByLabel('The same password again').fill('not the same at all')
	await press(ada, 'Make the account')
	assert.match(await ada.getByRole('alert').textContent(), /not the same/)
	assert.equal(await ada.getByLabel('Name').inputValue(), 'ada')
	await ada.getByLabel('Password', { exact: true }).fill(PASSWORD)
	await ada.getByLabel('The same password again').fill(PASSWORD)
	await press(ada, 'Make the account')
	await ada.waitForURL('**/settings')
	assert.match(await ada.getByText('Nothing is connected yet').textContent(), /\/mcp/)
	assert.equal((await ada.goto(link)).status(), 404)
	assert.deepEqual(ada.complaints, [])
})

await test('signing in: first wrong, then right', async () => {
	const page = await open()
	await page.goto('/settings')
	await page.waitForURL('**/login')
	await signIn(page, 'ada', 'wrong horse battery')
	assert.equal(await page.getByRole('alert').textContent(), 'The name or the password is wrong.')
	assert.equal(await page.getByLabel('Name').inputValue(), 'ada')
	assert.equal(await page.getByLabel('Password').inputValue(), '')
	assert.equal(await page.evaluate(() => document.activeElement.id), 'password')
	await page.getByLabel('Password').fill(PASSWORD)
	await page.keyboard.press('Enter')
	await page.waitForURL('**/settings')
	await press(page, 'Sign out')
	await page.waitForURL('**/login')
	await page.goto('/settings')
	await page.waitForURL('**/login')
	assert.deepEqual(page.complaints, [])
})

// --- clients ---

const register = (name, uri = redirect) => Client.register(scraped.url, { client_name: name, redirect_uris: [uri] })
let weather, token

await test('a client is allowed, and its token works', async () => {
	weather = await register('Weather Bot')
	const page = await open()
	await page.goto(weather.url({ scope: 'scrape jobs:read' }))
	await page.waitForURL('**/login')
	assert.match(await page.locator('.lead').textContent(), /Weather Bot/)
	await signIn(page, 'ada', PASSWORD)
	await page.waitForURL('**/consent/*')
	assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Weather Bot asks for access')
	for (const words of ['not verified', '127.0.0.1', 'Fetch web pages', 'See jobs'])
		assert.ok((await page.locator('main').textContent()).includes(words), words)
	await press(page, 'Allow')
	await page.waitForURL(`${redirect}*`)
	const back = await cameBack()
	assert.equal(back.searchParams.get('state'), 'st/ä +&=1')
	const answer = await weather.redeem({ code: back.searchParams.get('code'), verifier: weather.verifier })
	assert.equal(answer.status, 200, answer.text)
	token = answer.json
	assert.equal(claimsOf(token.access_token).scope, 'scrape jobs:read')
	assert.deepEqual(page.complaints, [])
})

await test('a client is denied', async () => {
	const page = await settingsOf()
	await page.goto(weather.url())
	await press(page, 'Deny')
	await page.waitForURL(`${redirect}*`)
	assert.equal((await cameBack()).searchParams.get('error'), 'access_denied')
	assert.deepEqual(page.complaints, [])
})

await test('a client that was allowed before is let in without a page, also through signing in', async () => {
	// not a loopback redirect: those are always asked about. The browser is told where the name leads.
	const away = await register('Known', 'https://known.example/callback')
	const page = await open()
	await page.route('https://known.example/**', route => {
		landed.push(new URL(route.request().url()))
		return route.fulfill({ contentType: 'text/html', body: '<title>known</title>' })
	})
	await page.goto(away.url())
	await signIn(page, 'ada', PASSWORD)
	await press(page, 'Allow')
	assert.ok((await cameBack()).searchParams.get('code'))
	await page.waitForURL('https://known.example/**') // one that is still on its way there would break into the next
	await page.context().clearCookies()
	await page.goto(away.url())
	await page.waitForURL('**/login')
	await signIn(page, 'ada', PASSWORD)
	assert.ok((await cameBack()).searchParams.get('code'), 'the form of the sign-in page may lead on')
	assert.deepEqual(page.complaints.filter(c => !c.startsWith('asked https://known.example/')), [])
})

await test('a private scheme and an IPv6 loopback redirect are followed by the browser', async () => {
	for (const uri of ['cursor://anysphere.cursor-mcp/oauth/callback', 'http://[::1]/cb']) {
		const client = await register('Native', uri)
		const page = await settingsOf()
		await page.goto(client.url())
		const answer = page.waitForResponse(r => r.request().method() === 'POST')
		await press(page, 'Allow')
		assert.match((await answer).headers().location, /code=/)
		assert.deepEqual(page.complaints.filter(c => !c.startsWith('asked http://[::1]/cb')), [], 'form-action lets it go')
	}
})

await test('a client is revoked, and its token with it', async () => {
	const use = () => send(`${scraped.url}/v1/scrape`, { headers: { Authorization: `Bearer ${token.access_token}` }, body: {} })
	assert.equal((await use()).status, 400)
	const page = await settingsOf()
	const row = page.getByRole('listitem').filter({ hasText: 'Weather Bot' })
	await row.getByRole('button', { name: 'Revoke' }).click()
	assert.match(await page.getByRole('status').textContent(), /Revoked/)
	assert.equal(await page.getByRole('heading', { name: 'Weather Bot' }).count(), 0)
	assert.equal((await use()).status, 401)
	assert.equal((await weather.refresh(token.refresh_token)).json.error, 'invalid_grant')
})

// --- keys, password ---

await test('a key is made, copied, used and revoked', async () => {
	const page = await settingsOf()
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
	await page.locator('#key-name').fill('nightly job')
	await page.getByRole('checkbox', { name: 'See jobs' }).check()
	await press(page, 'Make the key')
	key = await page.locator('#secret').textContent()
	assert.match(key, /^sk_live_\w{43}_\w{4}$/)
	await press(page, 'Copy')
	await page.getByText('Copied').waitFor()
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key)
	await look(page, 'key_made')
	const use = () => send(`${scraped.url}/v1/scrape`, { headers: { Authorization: `Bearer ${key}` }, body: {} })
	assert.equal((await use()).status, 400, 'asks for a URL, not for another key')
	await page.getByRole('link', { name: 'I have kept it' }).click()
	const row = page.getByRole('listitem').filter({ hasText: 'nightly job' })
	assert.match(await row.textContent(), /sk_live_.*jobs:read/s)
	await row.getByRole('button', { name: 'Revoke' }).click()
	assert.match(await page.getByRole('status').textContent(), /key is revoked/)
	assert.equal((await use()).status, 401)
	assert.deepEqual(page.complaints, [])
})

await test('an invitation makes a member, who changes the password', async () => {
	const admin = await settingsOf()
	await admin.getByRole('link', { name: 'Admin' }).click()
	await press(admin, 'Make the link')
	const link = await admin.locator('#secret').textContent()
	await look(admin, 'invited')
	const page = await open()
	await page.goto(link)
	await look(page, 'join')
	await page.getByLabel('Name').fill('grace')
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
	await page.getByLabel('The same password again').fill(PASSWORD)
	await press(page, 'Make the account')
	await page.waitForURL('**/settings')
	assert.equal(await page.getByRole('link', { name: 'Admin' }).count(), 0)
	assert.equal((await page.goto('/admin')).status(), 403)
	assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Not allowed')
	await look(page, 'error')
	await page.goto('/settings')
	await page.getByLabel('Current password').fill(PASSWORD)
	await page.getByLabel('New password', { exact: true }).fill(FRESH)
	await page.getByLabel('The new password again').fill(FRESH)
	await press(page, 'Change the password')
	assert.match(await page.getByRole('status').textContent(), /password is changed/)
	await settingsOf('grace', FRESH)
	assert.deepEqual(page.complaints, [])
})

await test('a device is connected by its code', async () => {
	const client = await Client.register(scraped.url, { client_name: 'Terminal', grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] })
	const begun = await send(`${scraped.url}/device_authorization`, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: `client_id=${client.id}&scope=scrape` })
	assert.equal(begun.status, 200, begun.text)
	const page = await open()
	await page.goto(begun.json.verification_uri_complete)
	await page.waitForURL('**/login')
	await signIn(page, 'ada', PASSWORD)
	await page.waitForURL('**/device')
	assert.equal((await page.getByLabel('Code').inputValue()).replace('-', ''), begun.json.user_code.replace('-', ''))
	await page.getByLabel('Code').fill('bcdf-bcdf')
	await press(page, 'Go on')
	assert.match(await page.getByRole('alert').textContent(), /No device/)
	await look(page, 'device')
	await page.getByLabel('Code').fill(begun.json.user_code.toLowerCase())
	await press(page, 'Go on')
	await page.waitForURL('**/device/confirm')
	assert.match(await page.locator('main').textContent(), /Terminal.*not verified.*Fetch web pages/s)
	await look(page, 'device_confirm')
	await press(page, 'Allow')
	assert.match(await page.getByRole('status').textContent(), /connected/)
	const token = await client.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: begun.json.device_code })
	assert.equal(token.status, 200, token.text)
	assert.deepEqual(page.complaints, [])
})

// --- for everybody ---

/** No page scrolls sideways on a phone, axe-core finds nothing, in both themes; pictures are kept. */
async function look(page, name) {
	const found = []
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme })
		for (const width of [360, 1000]) {
			await page.setViewportSize({ width, height: 760 })
			const wide = await page.evaluate(() => document.documentElement.scrollWidth)
			if (wide > width)
				found.push(`${name} is ${wide} wide on ${width}`)
			await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png`, fullPage: true })
			await page.evaluate(axe)
			const { violations } = await page.evaluate(() => globalThis.axe.run(document))
			for (const v of violations)
				found.push(`${name} ${colorScheme} ${width} ${v.id}: ${v.nodes.map(n => n.html).join(' ').slice(0, 300)}`)
		}
	}
	await page.emulateMedia({ colorScheme: 'light' })
	await page.setViewportSize({ width: 1000, height: 760 })
	assert.deepEqual(found, [])
	assert.ok(await page.evaluate(() => document.documentElement.lang === 'en' && document.title.endsWith('· scraped') && document.querySelectorAll('h1').length === 1))
}

await test('every page holds on a phone, in the dark, and before axe-core', async () => {
	const page = await settingsOf()
	await page.locator('#key-name').fill('a key with a rather long name that somebody chose with much care and no blanks_in_the_end_of_it_at_all')
	await press(page, 'Make the key')
	for (const [name, where] of [['settings', '/settings'], ['admin', '/admin'], ['admin_clients', '/admin/clients'], ['admin_audit', '/admin/audit']]) {
		await page.goto(where)
		await look(page, name)
	}
	await page.goto(weather.url({ scope: 'scrape jobs:read jobs:write' }))
	await look(page, 'consent')
	await press(page, 'Use another account')
	await page.waitForURL('**/login')
	await look(page, 'login')
	assert.deepEqual(page.complaints, [])
})

await test('dark and light are two themes', async () => {
	const ground = async theme => {
		const page = await open({ theme })
		await page.goto('/login')
		return page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number))
	}
	assert.ok((await ground('light')).every(part => part > 200))
	assert.ok((await ground('dark')).every(part => part < 60))
})

await test('signing in and allowing work without JavaScript', async () => {
	const page = await open({ script: false, width: 360 })
	await page.goto(weather.url())
	await signIn(page, 'ada', PASSWORD)
	await page.waitForURL('**/consent/*')
	await press(page, 'Allow')
	assert.ok((await cameBack()).searchParams.get('code'))
	await page.waitForURL(`${redirect}*`)
	await page.goto('/settings')
	await page.locator('#key-name').fill('no script')
	await press(page, 'Make the key')
	assert.match(await page.locator('#secret').textContent(), /^sk_live_/)
	assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0)
})

await test('signing in and allowing work by keyboard alone, and one sees where one is', async () => {
	const page = await open()
	const tabTo = async what => {
		for (let i = 0; i < 30; i++) {
			const here = await page.evaluate(() => {
				const e = document.activeElement
				return `${e.name ?? ''} ${e.textContent.trim()}`
			})
			if (what.test(here)) {
				assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', here)
				return
			}
			await page.keyboard.press('Tab')
		}
		assert.fail(`${what} cannot be reached by keyboard`)
	}
	await page.goto(weather.url())
	await tabTo(/^name/)
	await page.keyboard.type('ada')
	await tabTo(/^password/)
	await page.keyboard.type(PASSWORD)
	await tabTo(/Sign in$/)
	await page.keyboard.press('Enter')
	await page.waitForURL('**/consent/*')
	await page.keyboard.press('Tab')
	assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content')
	await tabTo(/Allow$/)
	await page.keyboard.press('Space')
	assert.ok((await cameBack()).searchParams.get('code'))
})

await scraped.stop()
await finish()
