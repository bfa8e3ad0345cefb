// SPDX-License-Identifier: Apache-2.0
// Reads wire files. A file is what a client and the server say to each other, and which rows of the
// documented API it shows:
//
//	# A sentence about what is shown.
//	rows: S4-19 S4-24
//	set: SCRAPED_RATE_PER_MINUTE=2         (settings of the server; any number of lines)
//
//	for v: 0 | 120001 | "30000"            (the exchange below runs once for each)
//	> POST /v1/scrape
//	> Content-Type: text/plain             (a header; "-" takes a usual one away)
//	{"urls":["{site}/page"],"config":{"timeoutMs":{v}}}
//	< 400
//	< Retry-After: <int>                   (must be there and fit; "-" must not be there)
//	{"error":{"code":"INVALID_REQUEST","message":"<has config.timeoutMs>"},"...":"any"}
//	~ text that an answer which is no JSON must have
//
// `again until it fits` before a request repeats it until the answer is the expected one (what a poller does).
// `! scraped.db UPDATE ...` before a request changes one of the server's databases behind its back;
// a file that does so wants `check: own-server`. `check: people`
// makes two who can sign in: {user}, {admin}, {password}, {invite}. `check: request-schema-off` says that the server refuses more
// than a schema can say.
// {name} is replaced by a word the runner knows or an earlier exchange has caught ("<int as t>").
// "\\x*500" in a request is 500 of that character. In the expected JSON: "<string>" "<text>" (not
// empty) "<int>" "<number>" "<bool>" "<null>" "<any>" "<list>" "<object>" "<epoch_ms>" "<has words>"
// "<not words>" "<= {t} + 60000>"; a key that ends in "?" may be missing; "..." lists keys that may
// be there besides, or "any".
import fs from 'node:fs'
import path from 'node:path'

/** { name, about, rows, settings, flags, exchanges } */
export function readWireFile(file, root) {
	const it = { name: path.relative(root, file).replace(/\.http$/, ''), about: '', rows: [],
		settings: [], flags: [], exchanges: [] }
	let now = null
	let values = null
	let sql = null
	let again = false
	const lines = fs.readFileSync(file, 'utf8').split('\n')
	lines.forEach((line, number) => {
		const fail = why => { throw new Error(`${file}:${number + 1}: ${why}`) }
		if (line.startsWith('# ')) {
			it.about ||= line.slice(1).trim()
		} else if (/^for \w+: /.test(line)) {
			const [, name, list] = /^for (\w+): (.*)$/.exec(line)
			values = { name, list: list.split(' | ') }
		} else if (line.startsWith('! ')) {
			const [, database, text] = /^! (\S+) (.*)$/.exec(line) ?? fail('a database and SQL')
			sql = { database, text }
		} else if (line === 'again until it fits') {
			again = true
		} else if (line.startsWith('> ')) {
			if (!now || now.answer) {
				const [method, target] = line.slice(2).split(' ')
				now = { line: number + 1, method, target, headers: [], body: [], values, sql, again, answer: null }
				values = sql = null
				again = false
				it.exchanges.push(now)
			} else {
				now.headers.push(splitHeader(line.slice(2)) ?? fail('a header is "Name: value"'))
			}
		} else if (line.startsWith('< ')) {
			if (!now)
				fail('an answer before a request')
			if (!now.answer)
				now.answer = { statuses: line.slice(2).split('|').map(Number), headers: [], body: [], texts: [] }
			else
				now.answer.headers.push(splitHeader(line.slice(2)) ?? fail('a header is "Name: value"'))
		} else if (line.startsWith('~ ') && now?.answer) {
			now.answer.texts.push(line.slice(2))
		} else if (!now && line.trim()) {
			const [key, value] = splitHeader(line) ?? fail('rows:, set: or check: expected')
			if (key === 'rows')
				it.rows.push(...value.split(/\s+/))
			else if (key === 'set')
				it.settings.push(value)
			else if (key === 'check')
				it.flags.push(...value.split(/\s+/))
			else
				fail(`unknown word ${key}`)
		} else if (now && line.trim()) {
			(now.answer ?? now).body.push(line)
		}
	})
	if (!it.about || !it.exchanges.length || it.exchanges.some(x => !x.answer))
		throw new Error(`${file}: a sentence, a request and an answer are wanted`)
	return it
}

function splitHeader(line) {
	const at = line.indexOf(':')
	return at > 0 ? [line.slice(0, at), line.slice(at + 1).trim()] : null
}

/** Replaces {name}; unknown names fail. */
export function fill(text, words) {
	return text.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name) => {
		if (!(name in words))
			throw new Error(`nobody knows ${whole}`)
		return words[name]
	})
}

const kinds = {
	string: v => typeof v === 'string',
	text: v => typeof v === 'string' && v.length > 0,
	int: v => Number.isSafeInteger(v),
	number: v => typeof v === 'number',
	bool: v => typeof v === 'boolean',
	null: v => v === null,
	any: () => true,
	list: v => Array.isArray(v),
	object: v => v !== null && typeof v === 'object' && !Array.isArray(v),
	epoch_ms: v => Number.isSafeInteger(v) && v > 1.7e12 && v < 4e12,
}

const show = v => {
	const text = JSON.stringify(v) ?? 'nothing'
	return text.length > 300 ? `${text.slice(0, 300)}...` : text
}

/** Compares what came with what a wire file expects; throws with the path of the difference. */
export function match(got, want, words, at = '$') {
	const differ = () => {
		throw new Error(`${at}: got ${show(got)}, wanted ${show(want)}`)
	}
	if (typeof want === 'string' && /^<.*>$/s.test(want)) {
		if (!fits(got, want.slice(1, -1), words))
			differ()
	} else if (Array.isArray(want)) {
		if (!Array.isArray(got) || got.length !== want.length)
			differ()
		want.forEach((one, i) => match(got[i], one, words, `${at}[${i}]`))
	} else if (want !== null && typeof want === 'object') {
		if (!kinds.object(got))
			differ()
		matchObject(got, want, words, at)
	} else if (got !== (typeof want === 'string' ? fill(want, words) : want)) {
		differ()
	}
}

function fits(got, pattern, words) {
	const [, plain, name] = /^(.*?)(?: as (\w+))?$/s.exec(pattern)
	if (name)
		words[name] = got
	if (plain.startsWith('has '))
		return typeof got === 'string' && got.includes(fill(plain.slice(4), words))
	if (plain.startsWith('not '))
		return typeof got === 'string' && !got.includes(fill(plain.slice(4), words))
	if (plain.startsWith('= ')) {
		const sum = fill(plain.slice(2), words).split('+').reduce((all, n) => all + Number(n), 0)
		return got === sum
	}
	if (!kinds[plain])
		throw new Error(`unknown placeholder <${plain}>`)
	return kinds[plain](got)
}

function matchObject(got, want, words, at) {
	const free = want['...']
	const known = new Set()
	for (const [raw, value] of Object.entries(want)) {
		if (raw === '...')
			continue
		const name = raw.replace(/\?$/, '')
		known.add(name)
		if (name in got)
			match(got[name], value, words, `${at}.${name}`)
		else if (name === raw)
			throw new Error(`${at}: no member ${name}, only ${Object.keys(got).join(' ')}`)
	}
	for (const name of Object.keys(got))
		if (!known.has(name) && free !== 'any' && !free?.includes(name))
			throw new Error(`${at}: the member ${name} is not expected: ${show(got[name])}`)
}
