// SPDX-License-Identifier: Apache-2.0
// Makes src/page/tokens_table.h: node tokens_fit.mjs FOLDER... > tokens_table.h, where the folders hold texts (*.md): Markdown
// of pages in many languages, translations (msgstr of Debian's .mo files) of those of which no pages are at hand.
// The splitter below is that of src/page/tokens.c. First the words' costs are fitted by least squares, then pages: a page
// that is counted short weighs six times one that is counted long.
import fs from 'node:fs'
import path from 'node:path'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'

const scale = 1.05 // the margin: run tests/page/tokens.mjs after a change
const wanted = [1.01, 1.03] // of the real count, before it
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
// where the coefficients stand in the list of weights
const LEAD = 0, LENGTH = 60, PAIR = LENGTH + 48, BLOCK = PAIR + 729, MARKS = BLOCK + 80, CHANGE = MARKS + 20, SPACE = CHANGE + 1, WEIGHTS = SPACE + 1

/** Tokens as the splitter makes them: { from, to, features }; features null: always one token. */
function* split(cp) {
	let i = 0
	const word = (lead, from, features = []) => {
		let upper = 0, lower = 0, foreign = 0, before = 0, length = 0
		for (; i < cp.length; i++, length++) {
			const kind = kindOf(cp[i])
			if (!isLetter(kind) || (kind === UPPER && lower))
				break
			upper += kind === UPPER
			lower += kind === LOWER
			foreign += kind === LETTER
			const letter = kind === LETTER ? 0 : cp[i] & 31
			if (kind === LETTER)
				features.push(BLOCK + blockOf(cp[i]))
			if (letter || before)
				features.push(PAIR + before * 27 + letter)
			before = letter
		}
		if (before)
			features.push(PAIR + before * 27)
		const rest = String.fromCodePoint(...cp.slice(i, i + 3))
		i += /^'[stmd]/i.test(rest) ? 2 : /^'(ll|re|ve)/i.test(rest) ? 3 : 0
		const shape = foreign ? 4 : !upper ? 0 : !lower ? 2 : upper === 1 ? 1 : 3
		features.push(LEAD + lead * 5 + shape, LENGTH + (shape === 2 || shape === 3 ? 24 : 0) + Math.min(length, 23))
		return { from, to: i, features }
	}
	const marks = (from, blank) => {
		const features = blank ? [SPACE] : []
		let length = 0, line = 0
		for (; i < cp.length && kindOf(cp[i]) === MARK; i++, length++) {
			if (cp[i] >= 128)
				features.push(BLOCK + blockOf(cp[i]))
			if (length && cp[i] !== cp[i - 1])
				features.push(CHANGE)
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
				const features = cp[i] < 128 ? [] : [BLOCK + blockOf(cp[i])]
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

const count = text => encode(text, { allowedSpecial: 'all' }).length
const known = new Map() // text of a token of the splitter -> { features, cost, weight }
const pages = []
for (const folder of process.argv.slice(2))
	for (const name of fs.readdirSync(folder).filter(f => f.endsWith('.md'))) {
		const text = fs.readFileSync(path.join(folder, name), 'utf8'), cp = Array.from(text, c => c.codePointAt(0))
		const page = { real: count(text), fixed: 0, words: new Map() }
		if (page.real < 200)
			continue
		for (const { from, to, features } of split(cp)) {
			if (!features) {
				page.fixed++
				continue
			}
			const word = cp.slice(from, to).map(c => String.fromCodePoint(c)).join('')
			if (!known.has(word))
				known.set(word, { features, cost: count(word), weight: 0 })
			known.get(word).weight += 1 / page.real
			page.words.set(known.get(word), (page.words.get(known.get(word)) ?? 0) + 1)
		}
		pages.push(page)
	}

const weights = new Float64Array(WEIGHTS)
const estimate = ({ features }) => features.reduce((sum, f) => sum + weights[f], 0)

function fitWords() {
	const list = [...known.values()], seen = new Float64Array(WEIGHTS).fill(1e-6)
	for (let round = 0; round < 50; round++) {
		for (let k = list.length - 1; k > 0; k--) { // another order each round, the same in each run
			const j = (k * 2654435761 + round * 40503 >>> 0) % (k + 1)
			;[list[k], list[j]] = [list[j], list[k]]
		}
		for (const word of list) {
			const guess = estimate(word), off = guess < 1 && word.cost === 1 ? 0 : guess - word.cost
			const g = Math.sqrt(word.weight) * off
			for (const f of word.features) {
				seen[f] += g * g
				weights[f] -= 0.15 * g / Math.sqrt(seen[f])
			}
		}
	}
	for (let block = 0; block < 80; block++)
		weights[BLOCK + block] ||= 1.5 // never seen: rather too much
	weights[BLOCK + 69] = Math.max(weights[BLOCK + 69], 66 / 64 / scale) // traditional Han costs a fifth more than simplified
}

function fitPages() {
	const start = weights.slice(), mean = new Float64Array(WEIGHTS), square = new Float64Array(WEIGHTS)
	for (let round = 1; round <= 120; round++) {
		const g = new Float64Array(WEIGHTS)
		for (const { real, fixed, words } of pages) {
			let sum = fixed
			for (const [word, n] of words)
				sum += n * Math.max(1, estimate(word))
			const ratio = sum / real, off = ratio < wanted[0] ? 6 * (ratio - wanted[0]) : Math.max(0, ratio - wanted[1])
			for (const [word, n] of off ? words : []) {
				const guess = estimate(word)
				if (guess > 1 || (off < 0 && guess > 0.9))
					for (const f of word.features)
						g[f] += off * n / real
			}
		}
		for (let f = 0; f < WEIGHTS; f++) {
			const step = g[f] / pages.length + 0.0005 * (weights[f] - start[f])
			mean[f] = 0.9 * mean[f] + 0.1 * step
			square[f] = 0.99 * square[f] + 0.01 * step * step
			weights[f] -= 0.003 * (mean[f] / (1 - 0.9 ** round)) / (Math.sqrt(square[f] / (1 - 0.99 ** round)) + 1e-5)
		}
	}
}

fitWords()
fitPages()
const units = (from, n) => Array.from(weights.subarray(from, from + n), w => Math.round(w * 64 * scale)).join(', ')
const rows = (from, n, width, open = '{ ', close = ' }') => Array.from({ length: n / width }, (_, r) => `\t${open}${units(from + r * width, width)}${close},\n`).join('')
process.stdout.write(`/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coefficients of the estimate, in 64ths of a token: made by tests/page/tokens_fit.mjs from pages and
 * Debian's translations, not by hand.
 */
/* clang-format off */

/* what stands before a word (rows as enum lead), by its case (columns as enum shape) */
static const int16_t lead_cost[LEADS][SHAPES] = {
${rows(LEAD, 60, 5)}};
/* characters of a word: usual ones, then those with two capitals or more */
static const int16_t length_cost[2][WORD_LONG + 1] = {
${rows(LENGTH, 48, 24)}};
/* a letter (column, a is 1) behind another (row); 0 is the word's edge or another alphabet's letter */
static const int16_t pair_cost[27][27] = {
${rows(PAIR, 729, 27)}};
/* a character that is not ASCII, by its block (block_of) */
static const int16_t block_cost[BLOCKS] = {
${rows(BLOCK, 80, 10, '', '')}};
/* a run of marks by its length, then the same with line ends behind it */
static const int16_t marks_cost[2][MARKS_LONG + 1] = {
${rows(MARKS, 20, 10)}};
enum { CHANGE_COST = ${units(CHANGE, 1)}, /* two neighbours in it that differ */ BLANK_COST = ${units(SPACE, 1)} /* a blank before it */ };
/* clang-format on */
`)
