// SPDX-License-Identifier: Apache-2.0
// What a reader sees of HTML, as lines to compare: `outline(html)`. And `convert(texts, ...)`: HTML to Markdown and back,
// many at once, through the built markdown_driver.
//
// A line is a block: the containers around it as indentation, its kind, and its text in pieces, each with the styles it
// has as a set: `em strong "text"`. So the order in which marks nest does not count, nor which of two names a mark has,
// nor how white space is spread; a blank has no style of its own but a link's. What Markdown cannot hold is left out: classes,
// widths, empty paragraphs, line breaks at the edges of a block.
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { parse, parseFragment } from 'parse5'
import { assert, binary } from '../lib/harness.mjs'

const styles = { em: 'em', i: 'em', cite: 'em', dfn: 'em', var: 'em', strong: 'strong', b: 'strong', del: 'del', s: 'del', strike: 'del', code: 'code', tt: 'code' }
const unseen = new Set('script style template head title noscript object canvas svg math iframe audio video'.split(' '))
const paragraphs = new Set('p div section article main header footer nav aside address center figure figcaption details summary form fieldset dl dt dd body html caption'.split(' '))
const containers = new Set(['blockquote', 'ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th'])
const isBlock = node => paragraphs.has(node.tagName) || containers.has(node.tagName) || /^(h[1-6]|hr|pre)$/.test(node.tagName ?? '')
const attribute = (node, name) => node.attrs?.find(a => a.name === name)?.value
const collapse = text => text.replace(/[ \t\n\r\f]+/g, ' ')
const textOf = node => node.value ?? (node.childNodes ?? []).map(textOf).join('')

/** An address as it acts: percent signs that need not be there are gone. */
function address(url) {
	return url.trim().replace(/[\t\n\r]/g, '').replace(/(%[0-9a-f]{2})+/gi, code => {
		try {
			return decodeURIComponent(code)
		} catch {
			return code.toUpperCase()
		}
	})
}

const quoted = text => JSON.stringify(collapse(text ?? '').trim())

/** The inline content of nodes as pieces [styles, text]. */
function pieces(nodes, around, out = []) {
	for (const node of nodes) {
		const tag = node.tagName
		if (node.nodeName === '#text') {
			out.push([around, collapse(node.value)])
		} else if (tag === 'br') {
			out.push(['', '\n'])
		} else if (tag === 'img') {
			out.push([around, ` !${address(attribute(node, 'src') ?? '')} ${quoted(attribute(node, 'alt'))} ${quoted(attribute(node, 'title'))}! `.trim()])
		} else if (tag === 'input') {
			if (attribute(node, 'type') === 'checkbox')
				out.push([around, attribute(node, 'checked') === undefined ? '[ ] ' : '[x] '])
		} else if (tag && !unseen.has(tag)) {
			let style = styles[tag]
			const href = attribute(node, 'href')
			if (tag === 'a' && href !== undefined) {
				style = `<${address(href)} ${quoted(attribute(node, 'title'))}>`
				if (textOf(node).trim() === '' && !node.childNodes.some(c => c.tagName === 'img'))
					out.push([`${around} ${style}`.trim(), '[]'])
			}
			const inside = style && !around.split(' ').includes(style) ? [...around.split(' '), style].filter(Boolean).sort().join(' ') : around
			if (isBlock(node))
				out.push(['', ' '])
			pieces(node.childNodes ?? [], inside, out)
			if (isBlock(node))
				out.push(['', ' '])
		}
	}
	return out
}

/** Pieces as one line: blanks at the edges of a style stand outside, equal neighbours are one. */
function line(list) {
	const words = list.flatMap(([style, text]) => text.split(/([ \n])/).filter(Boolean).map(word => [style, word]))
	const out = []
	for (const [style, word] of words) {
		const last = out.at(-1)
		if (word === ' ' && (!last || last[1] === ' ' || last[1] === '\n'))
			continue
		if (word === '\n') {
			while (out.at(-1)?.[1] === ' ')
				out.pop()
			if (out.length === 0)
				continue
		}
		out.push([word === ' ' || word === '\n' ? '' : style, word])
	}
	while (out.length && /^[ \n]$/.test(out.at(-1)[1]))
		out.pop()
	const merged = []
	for (const [i, [style, word]] of out.entries()) {
		let [own, last] = [style, merged.at(-1)]
		if (word === ' ' && last && last[0] === out[i + 1]?.[0])
			own = last[0]
		if (last && last[0] === own)
			last[1] += word
		else
			merged.push([own, word])
	}
	return merged.map(([style, text]) => (style ? style + ' ' : '') + JSON.stringify(text)).join(' ')
}

const holdsBlock = node => (node.childNodes ?? []).some(child => isBlock(child) || holdsBlock(child))

function rows(table) {
	return table.childNodes.flatMap(node => node.tagName === 'tr' ? [node] : /^(thead|tbody|tfoot)$/.test(node.tagName ?? '') ? rows(node) : [])
}

function alignment(cell) {
	const said = attribute(cell, 'align') ?? /text-align\s*:\s*(\w+)/.exec(attribute(cell, 'style') ?? '')?.[1] ?? ''
	return /^(left|right|center)$/i.test(said) ? said.toLowerCase() : ''
}

function table(node, indent, out) {
	out.push(indent + 'table')
	for (const [i, row] of rows(node).entries()) {
		const cells = row.childNodes.filter(c => c.tagName === 'td' || c.tagName === 'th')
		const texts = cells.map(cell => (i === 0 && alignment(cell) ? alignment(cell) + ' ' : '') +
			line(pieces(cell.childNodes, '')).replaceAll('\\\\|', '|')) // md4c keeps the backslash of \| in code
		while (texts.at(-1) === '')
			texts.pop()
		out.push(`${indent}  | ${texts.join(' | ')}`)
	}
}

function pre(node, indent, out) {
	const code = node.childNodes.find(c => c.tagName === 'code') ?? node
	const language = /(?:^|\s)lang(?:uage)?-(\S+)/.exec(attribute(code, 'class') ?? '')?.[1] ?? ''
	out.push(`${indent}pre ${language} ${JSON.stringify(textOf(node).replace(/\n+$/, ''))}`)
}

function list(node, indent, out, strict) {
	const start = node.tagName === 'ol' ? ` ${Number(attribute(node, 'start') ?? 1)}` : ''
	out.push(indent + node.tagName + start)
	for (const item of node.childNodes) {
		if (item.tagName !== 'li' && !isBlock(item))
			continue
		const loose = strict && item.childNodes.some(c => c.tagName === 'p')
		out.push(`${indent}  li${loose ? ' loose' : ''}`)
		blocks(item.tagName === 'li' ? item.childNodes : [item], indent + '    ', out, strict)
	}
}

function blocks(nodes, indent, out, strict, around = '') {
	let run = []
	const flush = () => {
		for (const part of lines(pieces(run, around)))
			out.push(`${indent}p ${part}`)
		run = []
	}
	for (const node of nodes) {
		const tag = node.tagName
		if (!isBlock(node) && !(tag && !unseen.has(tag) && holdsBlock(node))) {
			run.push(node)
			continue
		}
		flush()
		if (/^h[1-6]$/.test(tag))
			out.push(`${indent}${tag} ${line(pieces(node.childNodes, around)).replaceAll('\\n', ' ')}`)
		else if (tag === 'hr')
			out.push(indent + 'hr')
		else if (tag === 'pre')
			pre(node, indent, out)
		else if (tag === 'blockquote')
			out.push(indent + 'quote'), blocks(node.childNodes, indent + '  ', out, strict)
		else if (tag === 'ul' || tag === 'ol')
			list(node, indent, out, strict)
		else if (tag === 'table')
			table(node, indent, out)
		else
			blocks(node.childNodes, indent, out, strict, [around, styles[tag]].filter(Boolean).join(' '))
	}
	flush()
}

/** Every character that is no blank, and where each of the marks of emphasis is on: { text, em, strong, del } of equal
 * lengths. Code is as it is, so that only its place counts. */
export function emphasis(html) {
	const out = { text: '', em: '', strong: '', del: '' }
	const walk = (node, on) => {
		if (node.nodeName === '#text') {
			const text = node.value.replace(/\s|\\(?=\|)/g, '')
			out.text += text
			for (const mark of ['em', 'strong', 'del'])
				out[mark] += (on.has(mark) ? '1' : '0').repeat(text.length)
		}
		for (const child of unseen.has(node.tagName) ? [] : node.childNodes ?? [])
			walk(child, styles[child.tagName] ? new Set([...on, styles[child.tagName]]) : on)
	}
	walk(parseFragment(html), new Set())
	return out
}

/** The blocks that marks make, in order, as [kind, text without blanks]; a table with the number of its columns. */
export function marks(html) {
	const out = []
	const walk = node => {
		const tag = node.tagName ?? ''
		if (/^(h[1-6]|pre)$/.test(tag))
			out.push([tag, textOf(node).replace(/\s/g, '')])
		else if (tag === 'table')
			out.push([`table of ${rows(node)[0].childNodes.filter(c => /^t[hd]$/.test(c.tagName ?? '')).length}`, ''])
		else if (/^(ul|ol|li|blockquote|hr)$/.test(tag))
			out.push([tag, ''])
		node.childNodes?.forEach(walk)
	}
	walk(parseFragment(html))
	return out
}

/** Two line breaks in a row end a paragraph. */
function lines(list) {
	return line(list).split(/ ?"?(?:\\n ?){2,}"? ?/).filter(text => text !== '' && text !== '""')
}

/** The page as lines. Strict: also which items of lists are paragraphs. Plain: without emphasis. */
export function outline(html, { strict = false, plain = false } = {}) {
	if (plain)
		html = html.replace(/<\/?(em|i|strong|b|del)>/g, '')
	const root = /<(?:!doctype|html|body)[\s>]/i.test(html) ? parse(html, { scriptingEnabled: false }) : parseFragment(html)
	const out = []
	blocks(root.childNodes, '', out, strict)
	return out.join('\n')
}

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'markdown_driver')

/** For each text { markdown, html }; the letters of `how` are markdown_driver's, `max` bytes of Markdown at most. */
export function convert(texts, how = 'c', max = 0) {
	const input = texts.flatMap(text => {
		const bytes = Buffer.from(text)
		return [Buffer.from(`${how} ${max} ${bytes.length}\n`), bytes]
	})
	const ran = spawnSync(driver, [], { input: Buffer.concat(input), maxBuffer: 1 << 30 })
	assert.equal(ran.status, 0, `markdown_driver: ${ran.signal ?? ''} ${ran.stderr}`)
	let at = 0
	const take = () => {
		const end = ran.stdout.indexOf(10, at), n = Number(ran.stdout.toString('latin1', at, end))
		at = end + 1 + n
		return ran.stdout.toString('utf8', end + 1, at)
	}
	return texts.map(() => ({ markdown: take(), html: take() }))
}
