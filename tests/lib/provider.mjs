// SPDX-License-Identifier: Apache-2.0
// npm oidc-provider (certified) as an outside issuer of access tokens and as a provider that people sign in at: keys that
// rotate, JWT and opaque tokens, introspection, DPoP, real sign-in pages. For lies see standin_issuer.mjs.
//
//	const provider = await startProvider()
//	await provider.configure({ redirect })	// clients: machine, opaque (credentials), probe (introspection), scraped (sign-in)
//	await provider.token({ resource, client: 'machine' })	// access token
//	await provider.signIn(url, 'alice')	// plays the person: the URL where the browser leaves the provider
import Provider from 'oidc-provider'
import { exportJWK, generateKeyPair } from 'jose'
import { assert, send, startOrigin } from './harness.mjs'
import { forms } from './person.mjs'

export const SECRET = 's+cret/=&of the client, long enough'
// It tells people who try it what to change before using it; that is no news here.
console.info = console.warn = () => {}

async function newKey(kid, alg = 'ES256') {
	const { privateKey } = await generateKeyPair(alg, { extractable: true })
	return { ...await exportJWK(privateKey), kid, alg, use: 'sig' }
}

export async function startProvider() {
	let app
	const paths = [], held = new Map(), opaque = new Set(['opaque'])
	const origin = await startOrigin((q, r) => {
		const path = q.url.split('?')[0]
		paths.push(path)
		held.has(path) ? held.get(path).push(() => app(q, r)) : app(q, r)
	})
	const issuer = origin.url
	const state = { keys: [await newKey('first')], accounts: {}, conform: false, redirect: 'http://127.0.0.1:1/signin/callback' }
	const client = (client_id, more) => ({ client_id, client_secret: SECRET, redirect_uris: [], response_types: [],
		grant_types: [], id_token_signed_response_alg: state.keys[0].alg, ...more })

	/** A fresh one with the state as it is now; tokens that were issued as JWT stay what they are. */
	async function configure(changes = {}) {
		Object.assign(state, changes)
		const alg = state.keys[0].alg
		const provider = new Provider(issuer, {
			clients: [
				client('machine', { grant_types: ['client_credentials'] }), client('opaque', { grant_types: ['client_credentials'] }),
				client('probe'), client('scraped', { grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [state.redirect] }),
			],
			jwks: { keys: state.keys },
			cookies: { keys: ['test'] },
			conformIdTokenClaims: state.conform, // true, its default: the address is told at the userinfo endpoint alone
			claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username'] },
			pkce: { required: () => true },
			enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256', 'PS256'] },
			findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...state.accounts[id] }) }),
			features: {
				devInteractions: { enabled: true }, clientCredentials: { enabled: true }, dPoP: { enabled: true },
				revocation: { enabled: true },
				introspection: { enabled: true, allowedPolicy: () => true },
				resourceIndicators: { enabled: true, useGrantedResource: () => true, getResourceServerInfo: (_ctx, resource, { clientId }) => ({
					scope: 'scrape jobs:read', audience: resource, accessTokenTTL: 3600,
					accessTokenFormat: opaque.has(clientId) ? 'opaque' : 'jwt', jwt: { sign: { alg } } }) },
			},
		})
		app = provider.callback()
		return provider
	}
	await configure()

	const basic = id => `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(SECRET)}`)}`
	const post = (path, id, fields, headers = {}) => send(issuer + path, { body: String(new URLSearchParams(fields)),
		headers: { Authorization: basic(id), 'Content-Type': 'application/x-www-form-urlencoded', ...headers } })
	const self = {
		...origin, issuer, paths, state, configure,
		count: path => paths.filter(p => p === path).length,
		hang: path => held.set(path, []),
		held: path => held.get(path)?.length ?? 0,
		release: path => {
			const waiting = held.get(path) ?? []
			held.delete(path)
			waiting.forEach(go => go())
		},
		/** A new key signs; the old one is published still. */
		rotate: async (kid, alg) => configure({ keys: [await newKey(kid, alg), ...state.keys] }),
		async token({ resource, client: id = 'machine', scope = 'scrape jobs:read', prover }) {
			const headers = prover ? { DPoP: await prover.proof({ method: 'POST', url: `${issuer}/token` }) } : {}
			const answer = await post('/token', id, { grant_type: 'client_credentials', resource, scope }, headers)
			assert.equal(answer.status, 200, answer.text)
			assert.equal(answer.json.token_type, prover ? 'DPoP' : 'Bearer')
			return answer.json.access_token
		},
		revoke: async (token, id = 'opaque') => assert.equal((await post('/token/revocation', id, { token })).status, 200),
		/** Signs in on the provider's own pages and consents: the URL of the redirect back. */
		async signIn(url, login, { refuse = false } = {}) {
			const cookies = new Map()
			for (let hop = 0; hop < 20; hop++) {
				let target = new URL(url, issuer)
				if (target.origin !== issuer)
					return target.href
				const page = await ask(target.href, undefined, cookies)
				if (page.headers.location) {
					url = page.headers.location
					continue
				}
				const form = forms(page.text).find(f => f.fields.prompt)
				assert.ok(form, `${page.status} ${page.text}`)
				if (refuse) {
					const abort = /href="([^"]*\/abort)"/.exec(page.text)
					assert.ok(abort, page.text)
					url = abort[1]
					continue
				}
				const sent = await ask(new URL(form.action, target).href, { ...form.fields, ...('login' in form.fields && { login, password: 'x' }) }, cookies)
				assert.ok(sent.headers.location, `${sent.status} ${sent.text}`)
				url = sent.headers.location
			}
			throw new Error('the provider redirects for ever')
		},
	}
	async function ask(url, fields, cookies) {
		const headers = { Accept: 'text/html' }
		if (cookies.size)
			headers.Cookie = [...cookies].map(pair => pair.join('=')).join('; ')
		if (fields)
			headers['Content-Type'] = 'application/x-www-form-urlencoded'
		const answer = await send(url, { headers, body: fields && String(new URLSearchParams(fields)) })
		for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
			value ? cookies.set(name, value) : cookies.delete(name)
		}
		return answer
	}
	return self
}
