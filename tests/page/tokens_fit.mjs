// SPDX-License-Identifier: Apache-2.0
// Makes src/page/tokens_table.h out of the first half of tokens_texts.mjs: node tokens_fit.mjs > ../../src/page/tokens_table.h.
// With --check it says whether the committed table is what comes out, byte for byte, where the texts are those it was made of.
// The splitter below is that of src/page/tokens.c. First the words' costs are fitted by least squares, then texts: one that is
// counted short weighs six times one that is counted long. The same arithmetic on every machine, so the same table.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { texts } from './tokens_texts.mjs'

const wanted = [1, 1.02] // of the real count, before the margin that tokens.c adds
const dear = 0.8 // tokens: three letters that were never met
const [BLANK, LINE, LOWER, UPPER, DIGIT, MARK, LETTER] = [0, 1, 2, 3, 4, 5, 6]
const ends = [[0x2070, 64], [0x2C00, 65], [0x3000, 66], [0x3040, 67], [0x3200, 68], [0xA000, 69], [0xAC00, 70], [0xD800, 71], [0xF900, 72],
	[0xFB00, 69], [0xFF00, 73], [0x10000, 74], [0x1F000, 76], [0x20000, 75], [0x40000, 69]]
const blockOf = c => c < 0x2000 ? c >> 7 : ends.find(([end]) => c < end)?.[1] ?? 76
const kindOf = c => c >= 128 ? (c < 0xC0 || c === 0xD7 || c === 0xF7 || [64, 65, 66, 67, 72, 74, 75].includes(blockOf(c)) ? MARK : LETTER)
	: [9, 11, 12, 32].includes(c) ? BLANK : c === 10 || c === 13 ? LINE : c >= 97 && c <= 122 ? LOWER
		: c >= 65 && c <= 90 ? UPPER : c >= 48 && c <= 57 ? DIGIT : MARK
const isLetter = kind => kind === LOWER || kind === UPPER || kind === LETTER
const leads = '/_-.([*"\''
const other = 11
const threeBits = 15, pairBits = 11, letterBits = 11, byTwo = 0x2E80
// where the coefficients stand in the list of weights
const LEAD = 0, LENGTH = LEAD + 60, BLOCK = LENGTH + 72, MARKS = BLOCK + 80, SPACE = MARKS + 20, CHAR = SPACE + 1,
	PAIR = CHAR + 2048 + (1 << letterBits), THREE = PAIR + (1 << pairBits), WEIGHTS = THREE + (1 << threeBits)
const mixed = (a, b, c) => Math.imul(Math.imul(Math.imul(a, 0x9E3779B1) + b, 0x85EBCA6B) + c, 0xC2B2AE35)
const three = (a, b, c) => THREE + (mixed(a, b, c) >>> (32 - threeBits))
const own = c => [BLOCK + blockOf(c), CHAR + (c < 2048 ? c : 2048 + (Math.imul(c, 0x9E3779B1) >>> (32 - letterBits)))]

/** Tokens as the splitter makes them: { from, to, features }; features null: always one token. */
function* split(cp) {
	let i = 0
	const word = (lead, from, features = []) => {
		let upper = 0, lower = 0, foreign = 0, length = 0, last = 0, before = 0
		for (; i < cp.length; i++, length++) {
			const c = cp[i], kind = kindOf(c)
			if (!isLetter(kind) || (kind === UPPER && lower))
				break
			upper += kind === UPPER
			lower += kind === LOWER
			foreign += kind === LETTER
			if (kind === LETTER)
				features.push(...own(c))
			features.push(three(c < byTwo ? before : 0, last, c))
			before = last
			last = c
		}
		features.push(three(before, last, 0))
		const rest = String.fromCodePoint(...cp.slice(i, i + 3))
		i += /^'[stmd]/i.test(rest) ? 2 : /^'(ll|re|ve)/i.test(rest) ? 3 : 0
		const shape = foreign ? 4 : !upper ? 0 : !lower ? 2 : upper === 1 ? 1 : 3
		features.push(LEAD + lead * 5 + shape, LENGTH + [0, 0, 24, 24, 48][shape] + Math.min(length, 23))
		return { from, to: i, features }
	}
	const marks = (from, blank) => {
		const features = blank ? [SPACE] : []
		let length = 0, line = 0, before = blank ? 32 : 0
		for (; i < cp.length && kindOf(cp[i]) === MARK; i++, length++) {
			if (cp[i] >= 128)
				features.push(...own(cp[i]))
			features.push(PAIR + (mixed(0, before, cp[i]) >>> (32 - pairBits)))
			before = cp[i]
		}
		for (; kindOf(cp[i] ?? 0) === LINE; i++)
			line = 1
		features.push(MARKS + Math.min(length, 9) + line * 10)
		return { from, to: i, features }
	}
	while (i < cp.length) {
		const kind = kindOf(cp[i])
		let from = i
		if (isLetter(kind)) {
			yield word(0, from)
		} else if (kind === DIGIT) {
			while (i - from < 3 && kindOf(cp[i] ?? 0) === DIGIT)
				i++
			yield { from, to: i, features: null }
		} else if (kind === MARK) {
			if (i + 1 < cp.length && isLetter(kindOf(cp[i + 1]))) {
				const lead = cp[i] < 128 ? leads.indexOf(String.fromCharCode(cp[i])) : -1
				const features = cp[i] < 128 ? [] : own(cp[i])
				i++
				yield word(lead < 0 ? other : lead + 2, from, features)
			} else {
				yield marks(from, false)
			}
		} else {
			let line = -1
			for (; i < cp.length && kindOf(cp[i]) <= LINE; i++)
				line = kindOf(cp[i]) === LINE ? i : line
			if (line >= 0)
				yield { from, to: line + 1, features: null }
			from = Math.max(from, line + 1)
			const next = i < cp.length ? kindOf(cp[i]) : DIGIT
			const lone = i === cp.length || next === DIGIT || (next === MARK && cp[i - 1] !== 32)
			if (i - from > 1)
				yield { from, to: i === cp.length ? i : i - 1, features: null }
			if (i === from || (i === cp.length && i - from > 1))
				continue
			yield lone ? { from: i - 1, to: i, features: null } : next === MARK ? marks(i - 1, true) : word(1, i - 1)
		}
	}
}

/* --- the texts --- */

/** What pages are mostly made of counts more; so do the kinds of which there are few texts. */
const shareOf = kind => kind.startsWith('mo ') ? 1 : /^(npm|docs|handbook en)/.test(kind) ? 3 : /^(letters|capitals) by chance/.test(kind) ? 20
	: kind.startsWith('by chance') ? 6 : 2
const all = [...texts(0)]
const digest = crypto.createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16)
const table = path.join(import.meta.dirname, '../../src/page/tokens_table.h')
const check = process.argv.includes('--check')
if (check && !fs.readFileSync(table, 'utf8').includes(digest)) {
	console.log(`# other texts (${digest}) than those that the table was made of: packages are missing, or of other versions`)
	process.exit(2)
}
const count = text => encode(text, { allowedSpecial: 'all' }).length
const known = new Map(), list = [] // a token of the splitter -> its place in the list of { features, cost, weight }
const pages = all.map(({ kind, text }) => {
	const cp = Array.from(text, c => c.codePointAt(0)), real = count(text), share = shareOf(kind), times = new Map()
	let fixed = 0
	for (const { from, to, features } of split(cp)) {
		if (!features) {
			fixed++
			continue
		}
		const word = String.fromCodePoint(...cp.slice(from, to))
		if (!known.has(word))
			known.set(word, list.push({ features: Int32Array.from(features), cost: count(word), weight: 0 }) - 1)
		const id = known.get(word)
		list[id].weight += share / real
		times.set(id, (times.get(id) ?? 0) + 1)
	}
	return { real, fixed, share, ids: Int32Array.from(times.keys()), times: Int32Array.from(times.values()) }
})

/* --- the fit --- */

const weights = new Float64Array(WEIGHTS).fill(dear, THREE)
function estimate(features) {
	let sum = 0
	for (let k = 0; k < features.length; k++)
		sum += weights[features[k]]
	return sum
}

function fitWords() {
	const order = Int32Array.from(list.keys()), seen = new Float64Array(WEIGHTS).fill(1e-6)
	for (let round = 0; round < 15; round++) {
		for (let k = order.length - 1; k > 0; k--) { // another order each round, the same in each run
			const j = (Math.imul(k, 2654435761) + Math.imul(round, 40503) >>> 0) % (k + 1)
			;[order[k], order[j]] = [order[j], order[k]]
		}
		for (const id of order) {
			const { features, cost, weight } = list[id], guess = estimate(features), off = guess < 1 && cost === 1 ? 0 : guess - cost
			const g = Math.sqrt(weight) * off
			for (let k = 0; g && k < features.length; k++) {
				seen[features[k]] += g * g
				weights[features[k]] -= 0.15 * g / Math.sqrt(seen[features[k]])
			}
		}
	}
}

/** How far each word's cost shall be moved, by how far the texts are off in which it stands. */
function pulls() {
	const cost = Float64Array.from(list, ({ features }) => estimate(features)), pull = new Float64Array(list.length)
	for (const { real, fixed, share, ids, times } of pages) {
		let sum = fixed
		for (let k = 0; k < ids.length; k++)
			sum += times[k] * Math.max(1, cost[ids[k]])
		const ratio = sum / real, off = share * (ratio < wanted[0] ? 6 * (ratio - wanted[0]) : Math.max(0, ratio - wanted[1]))
		for (let k = 0; off && k < ids.length; k++)
			if (cost[ids[k]] > 1 || (off < 0 && cost[ids[k]] > 0.9))
				pull[ids[k]] += off * times[k] / real
	}
	return pull
}

function fitPages() {
	const start = weights.slice(), mean = new Float64Array(WEIGHTS), square = new Float64Array(WEIGHTS)
	let meanLeft = 1, squareLeft = 1
	for (let round = 0; round < 40; round++) {
		const g = new Float64Array(WEIGHTS)
		meanLeft *= 0.9
		squareLeft *= 0.99
		pulls().forEach((pull, id) => {
			for (let k = 0; pull && k < list[id].features.length; k++)
				g[list[id].features[k]] += pull
		})
		for (let f = 0; f < WEIGHTS; f++) {
			const step = g[f] / pages.length + 0.0005 * (weights[f] - start[f])
			mean[f] = 0.9 * mean[f] + 0.1 * step
			square[f] = 0.99 * square[f] + 0.01 * step * step
			weights[f] -= 0.003 * (mean[f] / (1 - meanLeft)) / (Math.sqrt(square[f] / (1 - squareLeft)) + 1e-5)
		}
	}
}

fitWords()
fitPages()

/* --- the table --- */

const unit = w => Math.max(-128, Math.min(127, Math.round(w * 64)))
const units = (from, n) => Array.from(weights.subarray(from, from + n), unit).join(', ')
const rows = (from, n, width, open = '{ ', close = ' }') => Array.from({ length: n / width }, (_, r) => `\t${open}${units(from + r * width, width)}${close},\n`).join('')
const made = `/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coefficients of the estimate, in 64ths of a token: made by tests/page/tokens_fit.mjs from the texts of
 * tests/page/tokens_texts.mjs (${digest}), not by hand.
 */
/* clang-format off */

/* what stands before a word (rows as enum lead), by its case (columns as enum shape) */
static const int8_t lead_cost[LEADS][SHAPES] = {
${rows(LEAD, 60, 5)}};
/* characters of a word: usual ones, those with two capitals or more, those with letters that are not ASCII */
static const int8_t length_cost[3][WORD_LONG + 1] = {
${rows(LENGTH, 72, 24)}};
/* a character that is not ASCII, by its block (block_of) */
static const int8_t block_cost[BLOCKS] = {
${rows(BLOCK, 80, 80, '', '')}};
/* and by itself: code points below LETTERS, then the others by hash */
static const int8_t letter_cost[LETTERS + (1 << LETTER_BITS)] = {
${rows(CHAR, PAIR - CHAR, 64, '', '')}};
/* a letter behind two others, by hash */
static const int8_t three_cost[1 << THREE_BITS] = {
${rows(THREE, 1 << threeBits, 64, '', '')}};
/* a mark behind another, by hash */
static const int8_t pair_cost[1 << PAIR_BITS] = {
${rows(PAIR, 1 << pairBits, 64, '', '')}};
/* a run of marks by its length, then the same with line ends behind it */
static const int8_t marks_cost[2][MARKS_LONG + 1] = {
${rows(MARKS, 20, 10)}};
enum { BLANK_COST = ${units(SPACE, 1)} /* a blank before them */ };
/* clang-format on */
`
if (!check)
	process.stdout.write(made)
else if (made !== fs.readFileSync(table, 'utf8')) {
	console.log('# the table is another one than the script makes')
	process.exitCode = 1
}
