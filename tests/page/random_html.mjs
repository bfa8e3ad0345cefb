// SPDX-License-Identifier: Apache-2.0
// Random HTML of the kind that Markdown can hold, the same for the same seed: blocks and inline marks nested in each
// other, with every character that means something to Markdown in every place, among Latin and Chinese words.
const letters = ['a', 'word', 'Wort', 'x1', 'snake_case', '中', '文字', '日本語', 'é', 'мир']
const active = ['*', '**', '_', '__', '`', '``', '~', '~~', '[', ']', '(', ')', '<', '>', '#', '##', '+', '-', '--', '---', '=', '==', '|', '||', '!', '\\', '\\\\', '&', '&amp;', '&#42;', '&lt;', '1.', '1)', '12.', '"', "'", '$', '^', ':', '.', ',', '[a]', '[a](b)', '![a](b)', '<b>', '</b>', '<!--', '<?', 'http://a.example', '<http://a.example>', '***', '___', '[ ]', '[x]', '[a]: /b', ':--', '。', '「', '」', '“', '”', '…', '€', '¹']
const addresses = ['/a', 'b.html', 'https://a.example/x?y=1&z=2', '/a_b_c', '/a*b*', '/a(b)', '/a(b', '/a)b', '/a b', '/a"b"', '?c#d', '/é', '/a&amp;b', '/[x]', '/a\\b', 'mailto:me@a.example', '/<x>', '/a`b`']
const names = ['title', 'two words', '"said"', "it's here", 'q "b" it\'s', '[title]', 'title_b', '*title*', '<title>', '&amp;title', 'title\\b']
const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** A source of choices: xorshift32. */
export function dice(seed) {
	let state = seed >>> 0 || 1
	const number = n => {
		state ^= state << 13, state >>>= 0
		state ^= state >>> 17
		state ^= state << 5, state >>>= 0
		return state % n
	}
	return { number, chance: percent => number(100) < percent, pick: list => list[number(list.length)] }
}

/** A run of text: words and marks, with or without blanks between. */
function text(d) {
	let out = ''
	for (let n = 1 + d.number(4); n > 0; n--) {
		out += d.chance(45) ? d.pick(active) : d.pick(letters)
		if (d.chance(40))
			out += ' '
	}
	return escape(out)
}

const marks = ['em', 'strong', 'em', 'strong', 'del', 'code', 'a', 'i', 'b']

function mark(d, depth, inside) {
	const tag = d.pick(marks)
	if (inside.has(tag) && (tag === 'a' || tag === 'del') || inside.has('code'))
		return text(d)
	if (tag === 'code')
		return `<code>${text(d).trim()}</code> ` // two that touch are one
	let within = inline(d, depth - 1, new Set([...inside, tag]))
	if (d.polite)
		within = `${d.pick(letters)}${within}${d.pick(letters)}`
	if (tag !== 'a')
		return d.polite ? ` <${tag}>${within}</${tag}> ` : `<${tag}>${within}</${tag}>`
	const title = d.chance(30) ? ` title="${escape(d.pick(names))}"` : ''
	return `<a href="${escape(d.pick(addresses))}"${title}>${within}</a>`
}

const image = d => `<img src="${escape(d.pick(addresses.filter(a => !a.includes(':'))))}" alt="${escape(d.pick([...letters, ...active]).trim())}"${d.chance(20) ? ` title="${d.pick(['picture', 'a &quot;picture&quot;'])}"` : ''}>`

export function inline(d, depth, inside = new Set()) {
	let out = ''
	for (let n = 1 + d.number(3); n > 0; n--) {
		if (depth > 0 && d.chance(50))
			out += mark(d, depth, inside)
		else if (d.chance(5))
			out += image(d)
		else if (d.chance(6) && !inside.has('a') && !inside.has('line'))
			out += `${d.pick(letters)}<br>${text(d)}`
		else
			out += text(d)
		if (d.chance(25))
			out += ' '
	}
	return out
}

function list(d, depth) {
	const ordered = d.chance(40), loose = d.chance(30)
	const start = ordered && d.chance(30) ? ` start="${d.pick([0, 1, 2, 9, 10, 99, 123456789])}"` : ''
	let out = `<${ordered ? 'ol' : 'ul'}${start}>`
	for (let n = 1 + d.number(3); n > 0; n--) {
		const first = depth === 2 && d.chance(4) ? '' : loose ? `<p>${inline(d, 1)}</p>` : depth < 2 || d.chance(80) ? inline(d, 1) : ''
		out += `<li>${first}${depth > 0 && d.chance(45) ? blocks(d, depth - 1, 1 + d.number(2)) : ''}</li>`
	}
	return out + (ordered ? '</ol>' : '</ul>')
}

function table(d) {
	const columns = 2 + d.number(3)
	const row = tag => `<tr>${Array.from({ length: columns }, (_, i) => `<${tag}>${i && d.chance(15) ? '' : inline(d, 1, new Set(['line']))}</${tag}>`).join('')}</tr>`
	return `<table><thead>${row('th')}</thead><tbody>${Array.from({ length: 1 + d.number(3) }, () => row('td')).join('')}</tbody></table>`
}

const code = d => `<pre><code${d.chance(40) ? ` class="language-${d.pick(['c', 'js', 'c++'])}"` : ''}>${Array.from({ length: 1 + d.number(3) }, () => d.chance(15) ? '' : ' '.repeat(d.number(5)) + text(d)).join('\n').replace(/^\s*\n/, '')}x\n</code></pre>`

const kinds = {
	p: d => `<p>${inline(d, 3)}</p>`,
	heading: d => `<h${1 + d.number(6)}>${inline(d, 2, new Set(['line']))}</h>`.replace(/^<h(\d)>(.*)<\/h>$/s, '<h$1>$2</h$1>'),
	quote: (d, depth) => `<blockquote>${blocks(d, depth - 1, 1 + d.number(2))}</blockquote>`,
	list, table, code,
	rule: () => '<hr>'
}
const weights = ['p', 'p', 'p', 'heading', 'quote', 'list', 'list', 'table', 'code', 'rule']

export function blocks(d, depth, n) {
	let out = ''
	for (; n > 0; n--) {
		let kind = d.pick(weights)
		if (depth <= 0 && (kind === 'list' || kind === 'quote'))
			kind = 'p'
		out += kinds[kind](d, depth)
	}
	return out
}

/** A page of a few blocks. Polite: marks of emphasis stand between blanks and hold words at their edges, so that
 * Markdown can write all of them. */
export function page(seed, polite = false) {
	const d = { ...dice(seed * 2654435761), polite }
	d.number(2)
	return blocks(d, 2, 1 + d.number(3))
}
