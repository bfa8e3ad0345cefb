// SPDX-License-Identifier: Apache-2.0
// What strangers try that no client would: addresses that write headers, states of any size, and a
// password that was right when its computing began.
import { assert, finish, send, startScraped, test } from '../lib/harness.mjs'
import { Client, postForm, refused } from '../lib/oauth_client.mjs'
import { addUser } from '../lib/person.mjs'
import { rows, withDatabase } from '../lib/database.mjs'

const scraped = await startScraped({ env: { SCRAPED_REGISTRATION_PER_HOUR: '1000' } })
const base = scraped.url, password = 'correct horse battery'
addUser(scraped.env, 'ada', password)
addUser(scraped.env, 'bob', 'another good password')

await test('a redirect URI cannot add to Content-Security-Policy', async () => {
	for (const host of ['a;sandbox', 'a,b', 'a;style-src', 'a\'b'])
		refused(await send(`${base}/register`, { body: { redirect_uris: [`https://${host}/cb`] } }), 400, 'invalid_redirect_uri')
})

await test('a state that fits into no URL is not kept', async () => {
	const client = await Client.register(base)
	const fields = state => Object.fromEntries(new URL(client.url({ state })).searchParams)
	const counted = () => rows(scraped, 'SELECT COUNT(*) AS n FROM auth_requests')[0].n
	const before = counted()
	assert.equal((await postForm(`${base}/authorize`, fields('x'.repeat(4097)))).status, 400)
	assert.equal(counted(), before)
	assert.equal((await postForm(`${base}/authorize`, fields('x'.repeat(4096)))).status, 303)
	assert.equal(counted(), before + 1)
})

await test('checklist.14 a sign-in with the old password ends nowhere once the password is changed', async () => {
	const many = Array.from({ length: 8 }, () => send(`${base}/api/v1/auth/login`, { body: { email: 'ada', password } }))
	await Promise.race(many)
	const at = withDatabase(scraped, db => {
		db.exec(`UPDATE users SET password = (SELECT password FROM users WHERE name = 'bob') WHERE name = 'ada'`)
		return Date.now()
	})
	await Promise.all(many)
	assert.equal(rows(scraped, 'SELECT COUNT(*) AS n FROM sessions WHERE account_id IS NOT NULL AND created_ms > ?', at)[0].n, 0)
	const [{ same }] = rows(scraped, 'SELECT COUNT(DISTINCT password) AS same FROM users')
	assert.equal(same, 1, 'the new password stands')
})

await finish()
