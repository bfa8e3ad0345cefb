// SPDX-License-Identifier: Apache-2.0
// An issuer of our own that speaks the real wire format (RFC 8414, JWKS, RFC 7662, OpenID Connect code flow) and can
// be told to lie, hang, move and fail, which certified providers cannot. Tokens are signed by npm `jose`.
//
//	const issuer = await startStandin()
//	issuer.metadata.issuer = 'https://other.example'	// lies from now on
//	issuer.hang('/jwks'); issuer.release('/jwks')	// answers wait
//	issuer.count('/jwks')	// requests so far
//	await issuer.token({ aud: 'http://x/mcp', scope: 'scrape' })
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, calculateJwkThumbprint } from 'jose'
import { assert, startOrigin } from './harness.mjs'

/** A signing key: { kid, alg, privateKey, jwk (public) }. */
export async function newKey(alg = 'ES256', kid) {
	const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
	const jwk = await exportJWK(publicKey)
	kid ??= await calculateJwkThumbprint(jwk)
	return { kid, alg, privateKey, jwk: { ...jwk, kid, alg, use: 'sig' } }
}

/** A DPoP key: { jkt, proof({ method, url, token, ...changes to the payload }) }. */
export async function newProver() {
	const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
	const jwk = await exportJWK(publicKey)
	const proof = ({ method = 'POST', url, token, ...more }) => new SignJWT({
		htm: method, htu: url, jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000),
		...(token && { ath: createHash('sha256').update(token).digest('base64url') }), ...more,
	}).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(privateKey)
	return { jkt: await calculateJwkThumbprint(jwk), proof }
}

export async function startStandin({ path = '', at = 'oauth-authorization-server' } = {}) {
	const state = {
		keys: [await newKey()], headers: {}, answers: new Map(), active: new Map(), codes: new Map(),
		lies: {}, user: { sub: 'alice' }, lastToken: null, where: at,
	}
	const held = new Map() // path -> waiting answers
	const paths = []
	const origin = await startOrigin((q, r) => {
		const target = new URL(q.url, 'http://x')
		paths.push(target.pathname)
		const go = () => answer(q, r, target).catch(e => r.writeHead(500).end(String(e)))
		held.has(target.pathname) ? held.get(target.pathname).push(go) : go()
	})
	const issuer = origin.url + path
	const wellKnown = () => state.where === 'openid-configuration'
		? `${path}/.well-known/openid-configuration` : `/.well-known/oauth-authorization-server${path}`
	const metadata = {
		issuer, authorization_endpoint: `${origin.url}/authorize`, token_endpoint: `${origin.url}/token`,
		jwks_uri: `${origin.url}/jwks`, introspection_endpoint: `${origin.url}/introspect`,
		response_types_supported: ['code'], code_challenge_methods_supported: ['S256'],
		authorization_response_iss_parameter_supported: true,
	}
	const json = (r, value, status = 200) => r.writeHead(status, { 'Content-Type': 'application/json', ...state.headers })
		.end(typeof value === 'string' ? value : JSON.stringify(value))
	const read = async q => {
		let text = ''
		for await (const part of q)
			text += part
		return new URLSearchParams(text)
	}

	async function answer(q, r, { pathname, searchParams }) {
		if (state.answers.has(pathname))
			return state.answers.get(pathname)(q, r)
		if (pathname === wellKnown())
			return json(r, metadata)
		if (pathname === '/jwks')
			return json(r, { keys: state.keys.map(k => k.jwk) })
		if (pathname === '/userinfo') {
			state.asker = q.headers.authorization
			return state.userinfo ? json(r, state.userinfo) : json(r, { error: 'invalid_token' }, 401)
		}
		if (pathname === '/introspect')
			return introspect(r, q.headers.authorization, await read(q))
		if (pathname === '/authorize')
			return authorize(r, searchParams)
		if (pathname === '/token')
			return redeem(r, q.headers.authorization, await read(q))
		r.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing here')
	}

	function introspect(r, auth, form) {
		if (auth !== `Basic ${btoa('probe:s%2Bcret')}`)
			return json(r, { error: 'invalid_client' }, 401)
		json(r, state.active.get(form.get('token')) ?? { active: false })
	}

	function authorize(r, asked) {
		state.asked = Object.fromEntries(asked)
		const code = crypto.randomUUID()
		state.codes.set(code, Object.fromEntries(asked))
		const back = new URL(asked.get('redirect_uri'))
		const fields = state.lies.error ?? { code }
		for (const [name, value] of Object.entries({ ...fields, state: asked.get('state'), iss: metadata.issuer, ...state.lies.response }))
			if (value !== undefined)
				back.searchParams.set(name, value)
		r.writeHead(302, { Location: back.href }).end()
	}

	async function redeem(r, auth, form) {
		const asked = state.codes.get(form.get('code'))
		state.codes.delete(form.get('code'))
		state.lastToken = { auth, form: Object.fromEntries(form) }
		const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
		if (!asked || asked.redirect_uri !== form.get('redirect_uri') || asked.code_challenge !== challenge)
			return json(r, { error: 'invalid_grant' }, 400)
		const id_token = await self.token({ aud: asked.client_id, nonce: asked.nonce, scope: undefined, ...state.user, ...state.lies.claims },
			{ typ: 'JWT', ...state.lies.header })
		json(r, { access_token: 'ac.cess-token_~+/==', token_type: 'Bearer', id_token, ...state.lies.tokenResponse })
	}

	const self = {
		...origin, issuer, metadata, state, paths,
		count: name => paths.filter(p => p === name).length,
		hang: name => held.set(name, held.get(name) ?? []),
		release: name => {
			const waiting = held.get(name) ?? []
			held.delete(name)
			waiting.forEach(go => go())
		},
		held: name => held.get(name)?.length ?? 0,
		/** Another answer at a path: function (q, r); null: the usual one. */
		at: (name, run) => run ? state.answers.set(name, run) : state.answers.delete(name),
		/** An access token; claims that are undefined are left out. */
		token: (claims = {}, { key = state.keys[0], ...header } = {}) => {
			assert.ok(key)
			const now = Math.floor(Date.now() / 1000)
			const all = { iss: issuer, sub: 'alice', client_id: 'agent', scope: 'scrape', iat: now, exp: now + 7 * 86400, jti: crypto.randomUUID(), ...claims }
			return new SignJWT(JSON.parse(JSON.stringify(all)))
				.setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header }).sign(key.privateKey)
		},
		/** An opaque access token that the introspection endpoint knows. */
		opaque: (claims = {}) => {
			const token = 'opaque-' + crypto.randomUUID()
			const now = Math.floor(Date.now() / 1000)
			state.active.set(token, JSON.parse(JSON.stringify({ active: true, iss: issuer, sub: 'alice', client_id: 'agent', scope: 'scrape',
				token_type: 'Bearer', iat: now, exp: now + 7 * 86400, ...claims })))
			return token
		},
		rotate: async alg => state.keys.unshift(await newKey(alg)),
		wellKnown,
	}
	return self
}
