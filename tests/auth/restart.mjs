// SPDX-License-Identifier: Apache-2.0
// SIGKILL in the middle of a flow, at each of its stations: after the restart the client goes on, and
// what was granted before still is.
import { assert, binary, finish, start, startScraped, test, until, send, end } from '../lib/harness.mjs'
import { bearer, Client, mcp, refused } from '../lib/oauth_client.mjs'
import { addUser, forms, Person } from '../lib/person.mjs'

const scraped = await startScraped({ env: { SCRAPED_REGISTRATION_PER_HOUR: '1000' } })
const base = scraped.url
let child = scraped.child
addUser(scraped.env, 'ada', 'correct horse battery')
const person = () => new Person(base, { name: 'ada', password: 'correct horse battery' })

async function killAndRestart() {
	if (child === scraped.child)
		scraped.kill()
	else
		child.kill('SIGKILL')
	assert.equal(await child.ended, 'SIGKILL')
	child = start(binary, ['serve'], { env: scraped.env })
	await until(async () => (await send(`${base}/v1/ready`)).status === 200, 'the server again')
}

const ada = person()
const client = await Client.register(base)
const before = await client.login(ada)

await test('granted tokens survive', async () => {
	const kids = (await send(`${base}/jwks`)).json
	await killAndRestart()
	assert.deepEqual((await send(`${base}/jwks`)).json, kids)
	assert.equal((await mcp(base, bearer(before.access_token))).status, 200)
	const next = await client.refresh(before.refresh_token)
	assert.equal(next.status, 200, next.text)
	assert.equal((await mcp(base, bearer(next.json.access_token))).status, 200)
})

await test('a registration survives', async () => {
	const fresh = await Client.register(base, { redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' })
	await killAndRestart()
	assert.equal((await mcp(base, bearer((await fresh.login(person())).access_token))).status, 200)
})

await test('killed before the sign-in', async () => {
	const fresh = await Client.register(base), who = person()
	const page = await who.visit(fresh.url())
	const { verifier } = fresh
	assert.ok(forms(page.text).some(f => 'password' in f.fields))
	await killAndRestart()
	const back = await who.submit(await who.signIn(page), 'answer', { answer: 'allow' })
	const code = new URL(back.left).searchParams.get('code')
	const tokens = await fresh.redeem({ code, verifier })
	assert.equal(tokens.status, 200, tokens.text)
})

await test('killed before the consent', async () => {
	const fresh = await Client.register(base), who = person()
	const page = await who.signIn(await who.visit(fresh.url()))
	const { verifier } = fresh
	await killAndRestart()
	const back = await who.submit(page, 'answer', { answer: 'allow' })
	const tokens = await fresh.redeem({ code: new URL(back.left).searchParams.get('code'), verifier })
	assert.equal(tokens.status, 200, tokens.text)
})

await test('killed before the code is redeemed', async () => {
	const fresh = await Client.register(base)
	const code = await fresh.authorize(ada)
	await killAndRestart()
	const tokens = await fresh.redeem(code)
	assert.equal(tokens.status, 200, tokens.text)
	await killAndRestart()
	refused(await fresh.redeem(code), 400, 'invalid_grant') // a used code stays used
	assert.equal((await mcp(base, bearer(tokens.json.access_token))).status, 401)
})

await test('killed while tokens are redeemed', async () => {
	const fresh = await Client.register(base)
	const code = await fresh.authorize(ada)
	const asked = fresh.redeem(code).catch(() => null)
	await killAndRestart()
	const answer = await asked, again = await fresh.redeem(code)
	if (answer?.status === 200) // it was answered, so it was kept
		refused(again, 400, 'invalid_grant')
	else if (again.status === 200)
		assert.equal((await mcp(base, bearer(again.json.access_token))).status, 200)
	else {
		refused(again, 400, 'invalid_grant') // taken, but the answer was lost: a clean new start
		assert.equal((await mcp(base, bearer((await fresh.login(ada)).access_token))).status, 200)
	}
})

await test('what was revoked stays revoked', async () => {
	const tokens = await client.login(ada)
	assert.equal((await client.revoke(tokens.refresh_token)).status, 200)
	await killAndRestart()
	assert.equal((await mcp(base, bearer(tokens.access_token))).status, 401)
	refused(await client.refresh(tokens.refresh_token), 400, 'invalid_grant')
})

assert.equal(await end(child), 0, child.err)
await finish()
