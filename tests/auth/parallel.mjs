// SPDX-License-Identifier: Apache-2.0
// Tokens are verified on all desks while signing keys are exchanged from the
// command line and grants end: who lives gets through each time, who was revoked never again.
import { assert, binary, finish, start, startScraped, test } from '../lib/harness.mjs'
import { bearer, Client, mcp } from '../lib/oauth_client.mjs'
import { addUser, Person } from '../lib/person.mjs'

const GRANTS = 12, ROTATIONS = 4, WORKERS = 8
const scraped = await startScraped({ env: { SCRAPED_REGISTRATION_PER_HOUR: '1000' } })
const base = scraped.url
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(base, { name: 'ada', password: 'correct horse battery' })
const client = await Client.register(base)
const tokens = []
for (let i = 0; i < GRANTS; i++)
	tokens.push(await client.login(ada))

await test('tokens are verified while keys are exchanged and grants end', async () => {
	const revoked = new Set(), seen = { 200: 0, 401: 0 }
	let over = false
	const verify = async n => {
		for (let i = n; !over; i++) {
			const token = tokens[i % GRANTS]
			const before = revoked.has(token)
			const { status } = await mcp(base, bearer(token.access_token))
			if (before)
				assert.equal(status, 401, 'a revoked token')
			else if (!token.ending)
				assert.equal(status, 200, 'a token that lives')
			seen[status]++
		}
	}
	const workers = Array.from({ length: WORKERS }, (_, n) => verify(n))
	const failed = Promise.all(workers).catch(e => { over = true; throw e })
	failed.catch(() => {})
	for (let i = 0; i < ROTATIONS && !over; i++) {
		const rotated = start(binary, ['signing-key', 'rotate'], { env: scraped.env })
		assert.equal(await rotated.ended, 0, rotated.err)
		const fresh = await client.refresh(tokens.at(-1 - i).refresh_token)
		assert.equal(fresh.status, 200, fresh.text)
		assert.equal((await mcp(base, bearer(fresh.json.access_token))).status, 200)
		await Promise.all([0, 1].map(async k => {
			const token = tokens[2 * i + k]
			token.ending = true
			assert.equal((await client.revoke(k ? token.access_token : token.refresh_token)).status, 200)
			revoked.add(token)
			assert.equal((await mcp(base, bearer(token.access_token))).status, 401)
		}))
	}
	over = true
	await failed
	assert.ok(seen[200] > 0, 'some got through')
})

await finish()
