// SPDX-License-Identifier: Apache-2.0
// Our trees against parse5's on made-up HTML: `node tests/page/tree_fuzz.mjs [CASES [SEED]]`. A case is a few
// dozen pieces of markup that matter to a tree builder, drawn from the tables below, or a snippet of a real page
// with pieces cut, doubled and put in; one in four is read as the inside of some element. Everything comes from
// the seed, which is printed. A case on which the trees differ is shortened as far as they still do.
import fs from 'node:fs'
import { assert, finish, pythonDocs, test } from '../lib/harness.mjs'
import { firstDifference, ours, oursForLong, peer } from './tree_peer.mjs'

const [cases, seed] = [Number(process.argv[2]) || 20000, Number(process.argv[3]) || 20250601]
const BATCH = 1000
process.argv.length = 2 // the harness would take the count for the name of a case

/** A stream of numbers below n from a seed (mulberry32). */
function dice(from) {
	let state = from >>> 0
	return n => {
		state = state + 0x6D2B79F5 >>> 0
		let x = Math.imul(state ^ state >>> 15, state | 1)
		x ^= x + Math.imul(x ^ x >>> 7, x | 61)
		return ((x ^ x >>> 14) >>> 0) % n
	}
}
const words = text => text.trim().split(/\s+/)

// Tags in groups that act on each other; a case draws mostly from two or three of them. selectedcontent is not
// here: parse5 does not fill it.
const groups = [
	words('table caption colgroup col tbody thead tfoot tr td th table tr td'),
	words('select option optgroup hr input button select option div table'),
	words('svg g path desc title foreignObject clipPath linearGradient svg font image'),
	words('math mi mo mn ms mtext annotation-xml mglyph malignmark math semantics'),
	words('template template table tr td div col'),
	words('form input button form textarea fieldset label'),
	words('a b big code em font i nobr s small strike strong tt u a b nobr font'),
	words('html head body frameset frame noframes frameset base meta link'),
	words('plaintext title textarea style script xmp iframe noembed noframes noscript'),
	words('p div span p section address center article h1 h2 h6 blockquote pre listing dialog search'),
	words('ul ol li dl dd dt li menu dir'),
	words('ruby rb rt rtc rp object applet marquee image img br wbr embed area keygen param source track'),
	words('x-y q summary details main nav figure figcaption menuitem isindex spacer basefont bgsound var'),
]
const attributes = ['', '', '', '', ' id=x', ' class="a b"', ' type=hidden', ' type="HIDDEN"', ' type=text', ' color=red',
	' size', ' face=\'x\'', ' definitionurl=u', ' xlink:href="#a"', ' xml:lang=de', ' xmlns="http://www.w3.org/2000/svg"',
	' viewbox="0 0 1 1"', ' attributeName=x', ' encoding="text/html"', ' encoding=application/xhtml+xml', ' a=1 a=2 A=3',
	' href=?a=1&copy=2&amp;lt', ' x="&notit;&not;&ampx"', ' =y', ' "z', ' <b', ' /', '/x=y', ' a=b/', ' a = "b"c=d', '\tA\n=\f\'\r\n\'',
	' a="\0"', ' \0=1', ' a=`', ' é=ü', ' title="a\rb"', ' selected', ' multiple', ' disabled hidden']
const texts = ['x', ' ', '\n', '  y ', 'a\0b', '\0', '\r\n', '\r', 'é😀', '<', '</', '<>', '</>', '&', '&amp;', '&lt', '&copy', '&notin;', '&notit;', '&#0;',
	'&#x80;', '&#128', '&#xD800;', '&#x110000;', '&#99999999999;', '&#x;', '&#', '&#13;', '&#10;', '&#x09;', '&CounterClockwiseContourIntegral;', '&NotEqualTilde;',
	'&ampampx', '\f', '\t', '\v', '\u00a0', '\ufeff', ']]>', '-->', '--!>', '1 < 2 ', '\n\n', '\u0001', '&nbsp;', '\u200b', '&zwnj;', '&AMP=', '&ltx', '</ x>', '<3']
const others = ['<!---->', '<!-- c -->', '<!-->', '<!--->', '<!--a--!>', '<!--a--!b-->', '<!-- <!-- -->', '<!--a--', '<!--a-', '<!--<!-->', '<!--a\0b\r-->', '<!>',
	'<!x>', '<?php x ?>', '<?>', '</?x>', '</!x>', '<![CDATA[a<b>&amp;]]>', '<![CDATA[]]>', '<![CDATA[\0]]>', '<![CDATA[a]]', '<![cdata[x]]>', '<!DOCTYPE html>', '<!doctype>', '<!DOCTYPE x SYSTEM "y">',
	'<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">', '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">',
	'<!doctype\0x>', '<!DOCTYPEhtml PUBLIC\'a\'"b">', '<!DOCTYPE html SYSTEM "about:legacy-compat">', '<!doctype html public "x', '<!DOCTYPE html x>', '<!-', '<!--', '<!DOC', '<script><!--', '<script><!--<script>', '</script>', '--><', '</style', '</title >',
	'</textarea/>', '<textarea>\n', '<pre>\n\n', '<pre>\r', '<listing>&#10;', '<!-- -- -->', '<a', '<a b', '<a b=', '<a b="', '<p/>', '<br/>', '</br>', '</p>', '</sarcasm>', '<svg/>', '<math/>', '<path/>', '<script/>']
const contexts = ['div', 'body', 'html', 'head', 'table', 'tbody', 'tr', 'td', 'caption', 'colgroup', 'select', 'option', 'template', 'frameset', 'form', 'p', 'title', 'textarea',
	'script', 'style', 'plaintext', 'noscript', 'iframe', 'button', 'svg svg', 'svg desc', 'svg foreignObject', 'svg title', 'math math', 'math mi', 'math annotation-xml', 'svg path', 'li', 'a']

function tag(roll, names) {
	let name = names[roll(names.length)]
	if (roll(12) === 0)
		name = name.toUpperCase()
	if (roll(200) === 0)
		name += '\0x'
	if (roll(5) < 2)
		return `</${name}${roll(20) ? '' : ' a=b'}>`
	return `<${name}${attributes[roll(attributes.length)]}${roll(16) ? '' : attributes[roll(attributes.length)]}${roll(20) ? '' : '/'}>`
}

function piece(roll, names) {
	const kind = roll(20)
	if (kind < 13)
		return tag(roll, names[roll(names.length)])
	if (kind < 18)
		return texts[roll(texts.length)]
	return others[roll(others.length)]
}

// Bits of real pages; without them only the tables are used.
const snippets = (() => {
	const root = pythonDocs()
	if (!root)
		return []
	const files = fs.readdirSync(`${root}/library`).filter(f => f.endsWith('.html')).sort().slice(0, 12)
	return files.map(f => fs.readFileSync(`${root}/library/${f}`, 'utf8'))
})()

function mutated(roll, names) {
	const page = snippets[roll(snippets.length)], from = roll(page.length), parts = page.slice(from, from + 100 + roll(600)).split(/(?=<)/)
	for (let n = 1 + roll(8); n > 0 && parts.length; n--) {
		const at = roll(parts.length)
		const how = roll(5)
		if (how === 0)
			parts.splice(at, 1)
		else if (how === 1)
			parts.splice(roll(parts.length), 0, parts[at])
		else if (how === 2)
			parts[at] = parts[at].slice(0, roll(parts[at].length + 1))
		else
			parts.splice(at, 0, piece(roll, names))
	}
	return parts.join('').toWellFormed()
}

/** Case number i: the same for the same seed, whatever the count. */
function made(i) {
	const roll = dice(Math.imul(seed, 0x9E3779B1) + i), names = []
	for (let n = 1 + roll(3); n > 0; n--)
		names.push(groups[roll(groups.length)])
	if (roll(3) === 0)
		names.push(groups.flat())
	const context = roll(4) ? '' : contexts[roll(contexts.length)]
	if (snippets.length && roll(6) === 0)
		return { html: mutated(roll, names), context }
	let html = roll(3) ? '' : '<!DOCTYPE html>'
	for (let n = 2 + roll(roll(8) ? 24 : 90); n > 0; n--)
		html += piece(roll, names)
	return { html, context }
}

/** The shortest page, found by leaving pieces out, on which the trees still differ. */
function shortened({ html, context }) {
	const differs = text => ours([{ html: text, context }])[0] !== peer(text, context)
	for (let size = Math.ceil(html.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
		for (let at = 0; at < html.length;) {
			const less = html.slice(0, at) + html.slice(at + size)
			if (less.length < html.length && less.isWellFormed() && differs(less))
				html = less
			else
				at += size
		}
	}
	return html
}

await test(`${cases} made-up pages`, async () => {
	console.log(`# seed ${seed}`)
	const driver = oursForLong(), faults = []
	const shown = process.env.TREE_FUZZ_FAULTS ? Number(process.env.TREE_FUZZ_FAULTS) : 5
	for (let from = 0; from < cases && faults.length < shown; from += BATCH) {
		const batch = []
		for (let i = from; i < Math.min(cases, from + BATCH); i++)
			batch.push(made(i))
		const running = driver.batch(batch)
		const theirs = batch.map(({ html, context }) => peer(html, context))
		const mine = await running
		for (let k = 0; k < batch.length && faults.length < shown; k++) {
			if (mine[k] === theirs[k])
				continue
			const html = shortened(batch[k]), { context } = batch[k]
			faults.push(`case ${from + k}, inside "${context}": ${JSON.stringify(html)}\n` +
				firstDifference(ours([{ html, context }])[0], peer(html, context)))
			console.log(`# ${faults.at(-1).replaceAll('\n', '\n# ')}`)
		}
	}
	assert.equal(await driver.end(), 0)
	assert.equal(faults.length, 0, `${faults.length} trees differ`)
}, { timeoutMs: 12 * 3600 * 1000 })

await finish()
