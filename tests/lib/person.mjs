// SPDX-License-Identifier: Apache-2.0
// A person with a browser, played with plain requests: cookies, forms found by their field names,
// redirects followed only inside the server. No JavaScript runs, as in a text browser.
//
//	const ada = new Person(scraped.url, { name: 'ada', password })
//	const back = await ada.allow(authorizeUrl)   // URL of the client's redirect, with code or error
import { assert, binary, run, send } from './harness.mjs'

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\'', '#x27': '\'' }
const unescape = text => text.replace(/&(#?\w+);/g, (all, name) => {
	if (/^#\d+$/.test(name))
		return String.fromCodePoint(Number(name.slice(1)))
	return entities[name] ?? (/^#x/i.test(name) ? String.fromCodePoint(parseInt(name.slice(2), 16)) : all)
})

function attributes(tag) {
	const out = {}
	for (const [, name, , quoted, bare] of tag.matchAll(/([\w-]+)(="([^"]*)"|=([^\s"'>]+))?/g))
		out[name.toLowerCase()] ??= unescape(quoted ?? bare ?? '')
	return out
}

/** The forms of a page: { action, method, fields: { name: value }, buttons: [{ name, value }] }. */
export function forms(html) {
	return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head, body]) => {
		const { action = '', method = 'get' } = attributes(head)
		const fields = {}
		for (const [, tag] of body.matchAll(/<input\b([^>]*)>/gi)) {
			const { name, value = '', type = 'text' } = attributes(tag)
			if (name && !['submit', 'checkbox', 'radio'].includes(type))
				fields[name] = value
		}
		const buttons = [...body.matchAll(/<button\b([^>]*)>/gi)].map(([, tag]) => attributes(tag))
		return { action, method: method.toLowerCase(), fields, buttons }
	})
}

/** Makes a user from the command line. args: such as --admin. */
export function addUser(env, name, password, args = []) {
	const made = run(binary, ['user', 'add', ...args, '--password-stdin', name], { env, input: `${password}\n` })
	assert.equal(made.status, 0, made.err)
}

export class Person {
	constructor(base, { name, password, agent = 'person/1' } = {}) {
		Object.assign(this, { base, name, password, agent })
		this.cookies = new Map()
		this.seen = [] // every answer, for those who look for secrets
	}

	/** One request, no redirect followed: send()'s answer and its url. */
	async ask(target, { method = 'GET', fields, headers = {} } = {}) {
		const url = new URL(target, this.base)
		assert.equal(url.origin, new URL(this.base).origin, `a person's browser would leave for ${url}`)
		const all = { 'User-Agent': this.agent, Accept: 'text/html', ...headers }
		if (this.cookies.size)
			all.Cookie = [...this.cookies].map(pair => pair.join('=')).join('; ')
		if (fields)
			Object.assign(all, { 'Content-Type': 'application/x-www-form-urlencoded',
				'Sec-Fetch-Site': 'same-origin', Origin: 'null', ...headers })
		const body = fields ? String(new URLSearchParams(fields)) : undefined
		const answer = await send(url.href, { method: fields ? 'POST' : method, headers: all, body })
		for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
			if (/max-age=0/i.test(line))
				this.cookies.delete(name)
			else
				this.cookies.set(name, value)
		}
		this.seen.push(answer)
		return Object.assign(answer, { url: url.href, location: answer.headers.location })
	}

	/** Follows redirects inside the server. The last answer; `left` is the URL where it would leave. */
	async visit(target, options = {}) {
		let answer = await this.ask(target, options)
		for (let hop = 0; hop < 10 && answer.status >= 300 && answer.status < 400; hop++) {
			assert.equal(answer.status, 303, `redirects are 303, not ${answer.status}`)
			const next = new URL(answer.location, answer.url)
			if (next.origin !== new URL(this.base).origin || !next.protocol.startsWith('http'))
				return Object.assign(answer, { left: answer.location })
			answer = await this.ask(next.href)
		}
		return answer
	}

	/** Fills in the form that has this field and sends it. */
	async submit(page, field, values) {
		const form = forms(page.text).find(f => field in f.fields || f.buttons.some(b => b.name === field))
		assert.ok(form, `no form with ${field} on ${page.url} (${page.status}):\n${page.text.slice(0, 2000)}`)
		assert.equal(form.method, 'post')
		return this.visit(new URL(form.action || page.url, page.url).href, { fields: { ...form.fields, ...values } })
	}

	/** Signs in where a sign-in form came up; else the page itself. */
	async signIn(page) {
		page ??= await this.visit('/login')
		if (!forms(page.text).some(f => 'password' in f.fields))
			return page
		const next = await this.submit(page, 'password', { name: this.name, password: this.password })
		assert.ok(!forms(next.text).some(f => 'password' in f.fields && 'name' in f.fields), `sign-in of ${this.name} failed: ${next.text}`)
		return next
	}

	async consent(authorizeUrl, answer) {
		let page = await this.visit(authorizeUrl)
		if (!page.left)
			page = await this.signIn(page)
		if (!page.left)
			page = await this.submit(page, 'answer', { answer })
		assert.ok(page.left, `no way back to the client: ${page.status} ${page.text}`)
		return new URL(page.left)
	}

	/** Signs in if need be and presses Allow: the URL that the client gets. */
	allow(authorizeUrl) {
		return this.consent(authorizeUrl, 'allow')
	}

	deny(authorizeUrl) {
		return this.consent(authorizeUrl, 'deny')
	}
}
