// SPDX-License-Identifier: Apache-2.0
// An OAuth client in plain requests, so that tests can send what no library would: registration,
// PKCE, authorization URLs, token requests, and calls of /mcp and REST with what came of it.
import crypto from 'node:crypto'
import { assert, send } from './harness.mjs'

export const REDIRECT = 'https://client.example/callback'

export function pkce(verifier = crypto.randomBytes(32).toString('base64url')) {
	return { verifier, challenge: crypto.createHash('sha256').update(verifier).digest('base64url') }
}

export const claimsOf = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
export const headerOf = token => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'))

/** POST of a form: fields is an object, a list of pairs, or the raw text. */
export function postForm(url, fields, headers = {}) {
	const body = typeof fields === 'string' ? fields
		: String(new URLSearchParams(Array.isArray(fields) ? fields : Object.entries(fields).filter(([, v]) => v !== undefined)))
	return send(url, { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } })
}

export class Client {
	constructor(base, metadata) {
		Object.assign(this, { base, metadata, redirect: metadata.redirect_uris?.[0] ?? REDIRECT })
	}

	static async register(base, metadata = {}) {
		const client = new Client(base, { client_name: 'Test client', redirect_uris: [REDIRECT],
			token_endpoint_auth_method: 'none', ...metadata })
		const answer = await send(`${base}/register`, { body: client.metadata })
		assert.equal(answer.status, 201, answer.text)
		client.registered = answer.json
		client.id = answer.json.client_id
		client.secret = answer.json.client_secret
		return client
	}

	/** The address that a browser is sent to. A parameter of undefined is left out. */
	url(changes = {}) {
		const { challenge, verifier } = pkce()
		this.verifier = verifier
		const all = { response_type: 'code', client_id: this.id, redirect_uri: this.redirect,
			code_challenge: challenge, code_challenge_method: 'S256', state: 'st/ä +&=1',
			resource: `${this.base}/mcp`, scope: 'scrape', ...changes }
		const u = new URL('/authorize', this.base)
		for (const [name, value] of Object.entries(all))
			if (value !== undefined)
				u.searchParams.append(name, value)
		return u.href
	}

	/** The person allows it: what the client's redirect got. */
	async authorize(person, changes = {}) {
		const back = await person.allow(this.url(changes))
		assert.equal(back.searchParams.get('error'), null, String(back))
		return { code: back.searchParams.get('code'), verifier: this.verifier, back }
	}

	credentials() {
		return this.metadata.token_endpoint_auth_method === 'client_secret_basic'
			? { headers: { Authorization: `Basic ${Buffer.from(`${encodeURIComponent(this.id)}:${encodeURIComponent(this.secret)}`).toString('base64')}` } }
			: { fields: { client_id: this.id, client_secret: this.secret } }
	}

	token(fields, headers = {}) {
		const own = this.credentials()
		return postForm(`${this.base}/token`, { ...own.fields, ...fields }, { ...own.headers, ...headers })
	}

	redeem({ code, verifier }, changes = {}, headers = {}) {
		return this.token({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: this.redirect, ...changes }, headers)
	}

	refresh(token, changes = {}, headers = {}) {
		return this.token({ grant_type: 'refresh_token', refresh_token: token, ...changes }, headers)
	}

	revoke(token, changes = {}) {
		const own = this.credentials()
		return postForm(`${this.base}/revoke`, { ...own.fields, token, ...changes }, own.headers)
	}

	/** Everything up to tokens: { access_token, refresh_token, ... }. */
	async login(person, changes = {}) {
		const answer = await this.redeem(await this.authorize(person, changes))
		assert.equal(answer.status, 200, answer.text)
		return answer.json
	}
}

/** tools/list at /mcp with these headers: what a resource server makes of a credential. */
export function mcp(base, headers = {}, message = { jsonrpc: '2.0', id: 1, method: 'tools/list' }) {
	return send(`${base}/mcp`, { body: message, headers: { Accept: 'application/json', ...headers } })
}

export const bearer = token => ({ Authorization: `Bearer ${token}` })

export function scrape(base, headers, url) {
	return mcp(base, headers, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'scrape_url', arguments: { url } } })
}

export function refused(answer, status, error) {
	assert.equal(answer.status, status, answer.text)
	assert.equal(answer.json?.error, error, answer.text)
	assert.equal(typeof answer.json.error_description, 'string')
}
