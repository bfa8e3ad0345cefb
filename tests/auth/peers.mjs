// SPDX-License-Identifier: Apache-2.0
// Certified clients against the built server: openid-client and oauth4webapi find it, register, send
// the person, redeem, refresh and revoke, public and confidential, with and without DPoP.
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { assert, finish, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { bearer, mcp, REDIRECT, scrape } from '../lib/oauth_client.mjs'
import { addUser, forms, Person } from '../lib/person.mjs'

const origin = await startOrigin((q, r) => r.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1><p>A page.'))
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host } })
const base = scraped.url, resource = `${base}/mcp`
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(base, { name: 'ada', password: 'correct horse battery' })
const passes = async token => assert.equal((await scrape(base, bearer(token), `${origin.url}/`)).json.result.isError, false)
const dead = async token => assert.equal((await mcp(base, bearer(token))).status, 401)

// --- openid-client ---

async function openidFlow(config) {
	const pkceCodeVerifier = openid.randomPKCECodeVerifier(), expectedState = openid.randomState()
	const url = openid.buildAuthorizationUrl(config, { redirect_uri: REDIRECT, scope: 'scrape', resource, state: expectedState,
		code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256' })
	const back = await ada.allow(url.href)
	return openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState }, { resource })
}

for (const [method, auth] of [['none', () => openid.None()], ['client_secret_basic', openid.ClientSecretBasic], ['client_secret_post', openid.ClientSecretPost]]) {
	await test(`openid-client ${method}`, async () => {
		for (const algorithm of ['oauth2', 'oidc']) {
			const config = await openid.dynamicClientRegistration(new URL(base), { client_name: 'openid-client', redirect_uris: [REDIRECT],
				token_endpoint_auth_method: method }, auth(), { algorithm, execute: [openid.allowInsecureRequests] })
			assert.equal(config.serverMetadata().supportsPKCE(), true)
			const tokens = await openidFlow(config)
			assert.deepEqual([tokens.token_type, tokens.scope, tokens.expiresIn() > 3500], ['bearer', 'scrape', true])
			await passes(tokens.access_token)
			const next = await openid.refreshTokenGrant(config, tokens.refresh_token, { resource })
			assert.notEqual(next.refresh_token, tokens.refresh_token)
			await passes(next.access_token)
			await openid.tokenRevocation(config, next.refresh_token)
			await dead(next.access_token)
			await assert.rejects(openid.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' })
		}
	})
}

await test('openid-client device flow', async () => {
	const config = await openid.dynamicClientRegistration(new URL(base), { client_name: 'Terminal',
		grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], response_types: [], token_endpoint_auth_method: 'none' },
	openid.None(), { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] })
	const device = await openid.initiateDeviceAuthorization(config, { scope: 'scrape', resource })
	assert.equal(device.verification_uri, `${base}/device`)
	const typed = await ada.signIn(await ada.visit(device.verification_uri_complete))
	const [{ fields }] = forms(typed.text).filter(f => 'code' in f.fields)
	assert.equal(fields.code, device.user_code)
	const page = await ada.submit(typed, 'code', { code: ` ${device.user_code.toLowerCase().replace('-', '')} ` })
	assert.ok(page.text.includes('Terminal'), page.text)
	const done = await ada.submit(page, 'answer', { answer: 'allow' })
	assert.equal(done.status, 200, done.text)
	const tokens = await openid.pollDeviceAuthorizationGrant(config, device)
	await passes(tokens.access_token)
	await assert.rejects(openid.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.01 }), { error: /invalid_grant|expired_token|slow_down/ })
})

// --- oauth4webapi ---

const insecure = { [oauth.allowInsecureRequests]: true }
const issuer = new URL(base)
const discovered = async () => oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }))

async function webapiFlow(as, client, auth, options = {}) {
	const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState()
	const url = new URL(as.authorization_endpoint)
	url.search = new URLSearchParams({ client_id: client.client_id, redirect_uri: REDIRECT, response_type: 'code', scope: 'scrape', resource, state,
		code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
	const params = oauth.validateAuthResponse(as, client, await ada.allow(url.href), state)
	const answer = await oauth.authorizationCodeGrantRequest(as, client, auth, params, REDIRECT, verifier,
		{ additionalParameters: { resource }, ...options, ...insecure })
	return oauth.processAuthorizationCodeResponse(as, client, answer)
}

for (const [method, auth] of [['none', () => oauth.None()], ['client_secret_basic', oauth.ClientSecretBasic], ['client_secret_post', oauth.ClientSecretPost]]) {
	await test(`oauth4webapi ${method}`, async () => {
		const prm = await oauth.processResourceDiscoveryResponse(new URL(resource), await oauth.resourceDiscoveryRequest(new URL(resource), insecure))
		assert.deepEqual(prm.authorization_servers, [base])
		const as = await discovered()
		const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as,
			{ client_name: 'oauth4webapi', redirect_uris: [REDIRECT], token_endpoint_auth_method: method }, insecure))
		const proof = auth(client.client_secret)
		const tokens = await webapiFlow(as, client, proof)
		await passes(tokens.access_token)
		const claims = await oauth.validateJwtAccessToken(as, new Request(resource, { headers: bearer(tokens.access_token) }), resource, insecure)
		assert.equal(claims.client_id, client.client_id)
		assert.equal(claims.scope, 'scrape')
		const next = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token, insecure))
		await passes(next.access_token)
		await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, proof, next.access_token, insecure))
		await dead(next.access_token)
	})
}

await test('oauth4webapi dpop', async () => {
	const as = await discovered()
	const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as,
		{ client_name: 'bound', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }, insecure))
	const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
	const tokens = await webapiFlow(as, client, oauth.None(), { DPoP })
	assert.equal(tokens.token_type, 'dpop')
	const ask = (token, options) => oauth.protectedResourceRequest(token, 'POST', new URL(resource),
		new Headers({ 'Content-Type': 'application/json', Accept: 'application/json' }), JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }), { ...options, ...insecure })
	assert.equal((await ask(tokens.access_token, { DPoP })).status, 200)
	await dead(tokens.access_token) // as a plain Bearer token
	const other = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
	await assert.rejects(ask(tokens.access_token, { DPoP: other }), oauth.WWWAuthenticateChallengeError)
	const next = await oauth.processRefreshTokenResponse(as, client,
		await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token, { DPoP, ...insecure }))
	assert.equal((await ask(next.access_token, { DPoP })).status, 200)
	const stolen = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), next.refresh_token, { DPoP: other, ...insecure })
	assert.equal(stolen.status, 400)
	const unproven = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), next.refresh_token, insecure)
	assert.equal(unproven.status, 400)
})

await scraped.stop()
await finish()
