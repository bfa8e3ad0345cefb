// SPDX-License-Identifier: Apache-2.0
// Plays every wire file (see exchange.mjs) against the built server and a web of its own on
// loopback. One file, one case. Besides what a file expects, each exchange is held against
// /openapi.json: the answer must fit the schema for its status, what the server accepts must fit
// the schema of the request, and what it refuses for a field must not. At the end: is there a file
// for each documented row.
//
//	node tests/wire/run.mjs [word in the name]
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, createKey, finish, freePort, node22, onFinish, run, send, startScraped, test, testsDir, until } from '../lib/harness.mjs'
import { fill, match, readWireFile } from './exchange.mjs'
import { documentFaults, schemaFault } from './schema.mjs'
import { startSite } from './site.mjs'
import { neededRows } from './rows.mjs'

const root = path.join(testsDir, 'wire')
const files = fs.readdirSync(root, { recursive: true }).filter(f => f.endsWith('.http')).sort()
	.map(f => readWireFile(path.join(root, f), root))
const site = await startSite()
onFinish(site.stop)
const closed = await freePort()

/** One server for each set of settings that files ask for, started when the first file needs it. */
const servers = new Map()
function serverFor(file) {
	const name = file.settings.join('\n') + (file.flags.includes('own-server') ? file.name : '')
	if (!servers.has(name))
		servers.set(name, startServer(file))
	return servers.get(name)
}

async function startServer(file) {
	const env = { SCRAPED_ALLOW_TARGETS: `${site.host},127.0.0.1:${closed}` }
	const words = { site: site.url, site_host: site.host, closed: `http://127.0.0.1:${closed}` }
	for (const line of file.settings) {
		const [, name, value] = /^(\w+)=(.*)$/.exec(line)
		env[name] = fill(value, words)
	}
	const scraped = await startScraped({ env })
	if (file.flags.includes('people'))
		Object.assign(words, peopleOf(scraped))
	const doc = (await send(`${scraped.url}/openapi.json`)).json
	assert.ok(doc, 'GET /openapi.json is JSON')
	return { scraped, doc, words: { ...words, ...keysOf(scraped), server: scraped.url } }
}

/** Two people who can sign in, and an invitation for a third. */
function peopleOf({ env }) {
	const people = { user: 'ada@example.com', admin: 'grace', password: 'seven quiet mountains' }
	for (const args of [[people.user], ['--admin', people.admin]]) {
		const made = run(binary, ['user', 'add', '--password-stdin', ...args], { env, input: `${people.password}\n` })
		assert.equal(made.status, 0, made.err)
	}
	const invited = run(binary, ['user', 'invite'], { env })
	const invite = /\b[0-9A-Za-z]{43}\b/.exec(invited.out)?.[0]
	assert.ok(invite, invited.out + invited.err)
	return { ...people, invite }
}

/** Keys that may little, and one that is no more. */
function keysOf({ key, env }) {
	const few = createKey(env, ['--scopes', 'jobs:read'])
	const dead = createKey(env, ['--name', 'dead'])
	const rows = run(binary, ['key', 'list'], { env }).out
	const id = /^(\S+).*\bdead\b/m.exec(rows)?.[1]
	assert.equal(run(binary, ['key', 'revoke', id], { env }).status, 0, `key revoke ${id}`)
	const metrics = createKey(env, ['--scopes', 'metrics:read'])
	const other = createKey(env, ['--name', 'other'])
	const admin = createKey(env, ['--name', 'admin', '--scopes', 'all'])
	return { key, key_admin: admin, key_other: other, key_few: few, key_metrics: metrics, key_dead: dead, key_wrong: `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}` }
}

/** What no request can do: an account disabled, a store that breaks. */
function changeDatabase({ env }, { database, text }) {
	const script = 'new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec(process.argv[2])'
	const done = run(node22, ['--no-warnings', '-e', script, path.join(env.SCRAPED_DATA, database), text])
	assert.equal(done.status, 0, done.err)
}

// --- one exchange ---

function headersOf(exchange, words) {
	const all = new Map([['authorization', ['Authorization', `Bearer ${words.key}`]]])
	if (exchange.body.length)
		all.set('content-type', ['Content-Type', 'application/json'])
	const more = []
	for (const [name, value] of exchange.headers) {
		if (all.delete(name.toLowerCase()) && value === '-')
			continue
		more.push([fill(name, words), expand(fill(value, words))])
	}
	return [...all.values(), ...more]
}

async function play(server, exchange, words) {
	const headers = headersOf(exchange, words)
	const target = expand(fill(exchange.target, words))
	const method = fill(exchange.method, words)
	const body = exchange.body.length ? expand(fill(exchange.body.join('\n'), words)) : undefined
	const got = await send(server.scraped.url + target, { method, headers, body, bare: true })
	return { got, body, method, path: target.replace(/\?.*$/, '') }
}

/** "\x*10001" in a request is that many x. */
const expand = text => text.replace(/\\(.)\*(\d+)/gu, (_, c, n) => c.repeat(Number(n)))

function checkHeaders(got, want, words) {
	for (const [name, value] of want) {
		const sent = got.headers[name.toLowerCase()]
		const have = Array.isArray(sent) ? sent.join(', ') : sent
		if (value === '-')
			assert.equal(have, undefined, `header ${name}`)
		else if (/^<int>$/.test(value))
			assert.match(String(have), /^\d+$/, `header ${name}`)
		else
			match(have, value.startsWith('<') ? value : fill(value, words), words, `header ${name}`)
	}
}

function checkAnswer(got, answer, words) {
	assert.ok(answer.statuses.includes(got.status),
		`status ${got.status}, wanted ${answer.statuses.join(' or ')}: ${got.text.slice(0, 500)}`)
	assert.match(got.headers['x-request-id'] ?? '', /^[\x21-\x7e]{1,63}$/, 'X-Request-Id')
	checkHeaders(got, answer.headers, words)
	for (const text of answer.texts)
		assert.ok(got.text.includes(fill(text, words)), `the body has no "${text}": ${got.text.slice(0, 500)}`)
	if (answer.body.length) {
		assert.match(got.headers['content-type'] ?? '', /^application\/json/, 'Content-Type')
		match(got.json, JSON.parse(answer.body.join('\n')), words)
	}
	if (got.json?.requestId !== undefined)
		assert.equal(got.json.requestId, got.headers['x-request-id'], 'requestId is X-Request-Id')
	if (got.json?.request_id !== undefined)
		assert.equal(got.json.request_id, got.headers['x-request-id'], 'request_id is X-Request-Id')
	if (got.json?.error !== undefined)
		assert.equal(got.json.status, got.status, 'the status in the body is the status of the answer')
}

// --- against the document ---

function operationOf(doc, method, path) {
	const plain = path.replace(/(.)\/$/, '$1')
	const fits = name => new RegExp(`^${name.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain)
	return doc.paths[plain in doc.paths ? plain : Object.keys(doc.paths).find(fits)]?.[method.toLowerCase()]
}

function checkDocument(doc, { got, body, method, path }, flags) {
	const operation = operationOf(doc, method, path)
	if (!operation)
		return
	const answer = operation.responses[got.status] ?? (operation.requestBody ? null : operation.responses.default)
	assert.ok(answer, `the document does not know status ${got.status} of ${method} ${path}`)
	const schema = answer.content?.['application/json']?.schema
	if (schema)
		assert.equal(schemaFault(doc, schema, got.json), null, 'the answer fits its schema')
	if (operation.requestBody && !flags.includes('request-schema-off'))
		checkRequest(doc, operation.requestBody.content['application/json'].schema, body, got)
}

const withoutNulls = v => v === null || typeof v !== 'object' ? v
	: Array.isArray(v) ? v : Object.fromEntries(Object.entries(v).filter(([, one]) => one !== null)
		.map(([name, one]) => [name, withoutNulls(one)]))

/** null is the same as absent for the server and not for a schema: it is left out before. */
function checkRequest(doc, schema, body, got) {
	let sent
	try {
		sent = withoutNulls(JSON.parse(body))
	} catch {
		return
	}
	const fault = schemaFault(doc, schema, sent)
	const code = got.json?.error?.code ?? String(got.json?.error).toUpperCase()
	if (code === 'INVALID_REQUEST' || code === 'TOO_MANY_URLS')
		assert.notEqual(fault, null, `the schema accepts what the server refused (${got.json.error.message ?? got.json.message})`)
	else if ((got.status >= 200 && got.status < 300) || got.json?.result)
		assert.equal(fault, null, 'the schema refuses what the server accepted')
}

// --- the cases ---

/** What stands behind `again until it fits` is asked until it does, and for the last time aloud. */
async function playOne(server, exchange, words, flags) {
	let played
	const fits = async () => {
		played = await play(server, exchange, words)
		checkAnswer(played.got, exchange.answer, words)
		return true
	}
	await (exchange.again ? until(fits, 'the answer that is waited for') : fits())
	checkDocument(server.doc, played, flags)
}

async function playFile(file) {
	const server = await serverFor(file)
	const words = { ...server.words }
	for (const exchange of file.exchanges)
		for (const value of exchange.values?.list ?? [null]) {
			if (value !== null)
				words[exchange.values.name] = fill(value, words)
			try {
				if (exchange.sql)
					changeDatabase(server.scraped, exchange.sql)
				await playOne(server, exchange, words, file.flags)
			} catch (e) {
				e.message = `line ${exchange.line}${value === null ? '' : `, ${exchange.values.name} = ${value}`}: ${e.message}`
				e.stack = e.message
				throw e
			}
		}
}

for (const file of files)
	await test(`${file.name} (${file.rows.join(' ')}) ${file.about}`, () => playFile(file))

await test('openapi.json is a sound document', async () => {
	const { doc } = await serverFor({ settings: [], flags: [], name: '' })
	assert.deepEqual(documentFaults(doc), [])
	for (const [method, where] of [['post', '/v1/scrape'], ['get', '/v1/health'], ['get', '/v1/ready'], ['get', '/metrics']])
		assert.ok(doc.paths[where]?.[method], `${method} ${where}`)
})

await test('every documented row has a file', () => {
	const have = new Set(files.flatMap(file => file.rows))
	assert.deepEqual(neededRows.filter(row => !have.has(row)), [])
	const known = /^(S[234]-\d\d[a-f]?|S1-09|X-\d\d)$/
	assert.deepEqual([...have].filter(row => !known.test(row)), [], 'rows nobody knows')
})

await finish()
