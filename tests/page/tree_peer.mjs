// SPDX-License-Identifier: Apache-2.0
// The trees of parse5 and ours in one notation, that of html5lib's tests, so that equal trees are equal texts.
//
// parse5 8.1 reads <select> as the standard did before 2025: it has the insertion modes "in select" and "in select
// in table", which the standard has dropped. `peer` is the same parser with the rules that stand there now
// (13.2.6.4.7 "in body", start tags hr, input, option, optgroup, select and end tag select; 13.2.4.2, where select
// ends a scope; 13.2.4.1, where it selects no mode). They are put into its text while it is loaded, and each has
// to find its place, so a parse5 that learns them says so here.
import path from 'node:path'
import { registerHooks } from 'node:module'
import { spawn, spawnSync } from 'node:child_process'
import { assert, binary } from '../lib/harness.mjs'

const rules = `
function selectIsContext(p) {
	return p.fragmentContext && p.fragmentContextID === $.SELECT
}
function closeSelect(p) {
	const open = p.openElements.hasInScope($.SELECT)
	if (open)
		p.openElements.popUntilTagNamePopped($.SELECT)
	return open
}
function selectStartTagInBody(p, token) {
	if (selectIsContext(p) || closeSelect(p))
		return
	p._reconstructActiveFormattingElements()
	p._insertElement(token, NS.HTML)
	p.framesetOk = false
}
function optgroupStartTagInBody(p, token) {
	if (p.openElements.hasInScope($.SELECT)) {
		if (token.tagID === $.OPTION)
			p.openElements.generateImpliedEndTagsWithExclusion($.OPTGROUP)
		else
			p.openElements.generateImpliedEndTags()
	} else if (p.openElements.currentTagId === $.OPTION) {
		p.openElements.pop()
	}
	p._reconstructActiveFormattingElements()
	p._insertElement(token, NS.HTML)
}
function oldSelect`

// [file, text, its replacement]
const relaxedSelect = [
	['parser/index.js', 'function optgroupStartTagInBody', 'function oldOptgroup'],
	['parser/index.js', 'function selectStartTagInBody', rules],
	['parser/index.js', 'case $.BUTTON:\n        case $.CENTER:', 'case $.SELECT:\n        $&'],
	['parser/index.js', 'function inputStartTagInBody(p, token) {', '$&\n\tif (selectIsContext(p))\n\t\treturn\n\tcloseSelect(p)'],
	['parser/index.js', /function hrStartTagInBody\(p, token\) \{\n.*\n.*\n.*\}/, '$&\n\tif (p.openElements.hasInScope($.SELECT))\n\t\tp.openElements.generateImpliedEndTags()'],
	['parser/index.js', '    $.SELECT,\n', ''],
	['parser/index.js', 'this._resetInsertionModeForSelect(i);\n                    return;', 'break;'],
	['parser/open-element-stack.js', 'for (const key of [\n    $.APPLET,', '$&\n    $.SELECT,'],
]

// Where parse5 does otherwise than the standard; each mended the same way, so that nothing hides behind it.
const mistakes = [
	// 13.2.4.2: html, table and template end the table scope; parse5 forgets template
	['parser/open-element-stack.js', 'KEY_CLASSES[$.TABLE] |= TABLE_SCOPE;', '$&\nKEY_CLASSES[$.TEMPLATE] |= TABLE_SCOPE;'],
	// 13.2.6.4.14, end tag tbody, tfoot, thead: it and a tr have to be in table scope; parse5 takes either
	['parser/index.js', 'hasInTableScope(token.tagID) || p.openElements.hasInTableScope($.TR)', 'hasInTableScope(token.tagID) && p.openElements.hasInTableScope($.TR)'],
	// 13.4, step 4: inside noscript is raw text only when scripting is on
	['parser/index.js', 'case $.NOFRAMES:\n            case $.NOSCRIPT: {\n                this.tokenizer', 'case $.NOFRAMES: {\n                this.tokenizer'],
	// 13.2.4.2: search is among the special elements
	['common/html.js', '        $.SECTION,\n', '        $.SEARCH,\n$&'],
	// 13.2.5.42: a CDATA section counts wherever the adjusted current node is no HTML element, also an integration point;
	// and texts before it, which parse5 keeps back, may have opened one
	['parser/index.js', 'this.currentNotInHTML = !isHTML;', '$&\n        this.tokenizer.cdataCounts = !isHTML && current !== undefined;'],
	['tokenizer/index.js', /if \(this\.inForeignNode\) \{\n(.*CDATA_SECTION)/, 'this._emitCurrentCharacterToken(null);\n            if (this.cdataCounts) {\n$1'],
	// 13.2.6.5: each NUL is a replacement character, not each run of them
	['parser/index.js', 'token.chars = unicode.REPLACEMENT_CHARACTER;', 'token.chars = unicode.REPLACEMENT_CHARACTER.repeat(token.chars.length);'],
	// 13.2.6.4.9, a character token: table text also where the current node is a template
	['parser/index.js', 'TABLE_STRUCTURE_TAGS.has(p.openElements.currentTagId)) {', '(TABLE_STRUCTURE_TAGS.has(p.openElements.currentTagId) || p.openElements.currentTagId === $.TEMPLATE)) {'],
]
const changes = [...relaxedSelect, ...mistakes]

registerHooks({
	load(url, context, next) {
		const loaded = next(url, context)
		for (const [file, text, instead] of changes) {
			if (!url.endsWith(`/parse5/dist/${file}`))
				continue
			const before = loaded.source.toString(), after = before.replace(text, instead)
			assert.notEqual(after, before, `parse5's ${file} has changed: ${text}`)
			loaded.source = after
		}
		return loaded
	},
})
const { parse, parseFragment, defaultTreeAdapter, html: { NS } } = await import('parse5')

const prefixes = { [NS.HTML]: '', [NS.SVG]: 'svg ', [NS.MATHML]: 'math ' }
const byBytes = (a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0]))
const byUnits = (a, b) => a[0] < b[0] ? -1 : 1
const plain = /^[\x00-\x7F]*$/

function attributes(node, indent) {
	const list = node.attrs.map(a => [a.prefix ? `${a.prefix} ${a.name}` : a.name, a.value])
	if (list.length > 1)
		list.sort(list.every(([name]) => plain.test(name)) ? byUnits : byBytes)
	return list.map(([name, value]) => `${indent}${name}="${value}"\n`).join('')
}

function doctype({ name, publicId, systemId }) {
	return `<!DOCTYPE ${name}${publicId || systemId ? ` "${publicId}" "${systemId}"` : ''}>\n`
}

/** The tree below a node, without recursion: pages may be deep. */
function dump(root) {
	const out = [], todo = [[root.childNodes, 0, '| ']]
	while (todo.length) {
		const place = todo.at(-1), [nodes, at, indent] = place
		if (at === nodes.length) {
			todo.pop()
			continue
		}
		place[1]++
		const node = nodes[at]
		if (node.nodeName === '#text') {
			out.push(`${indent}"${node.value}"\n`)
		} else if (node.nodeName === '#comment') {
			out.push(`${indent}<!-- ${node.data} -->\n`)
		} else if (node.nodeName === '#documentType') {
			out.push(indent, doctype(node))
		} else {
			out.push(`${indent}<${prefixes[node.namespaceURI]}${node.tagName}>\n`, attributes(node, indent + '  '))
			todo.push([node.childNodes, 0, indent + '  '])
			if (node.content) {
				out.push(`${indent}  content\n`)
				todo.push([node.content.childNodes, 0, indent + '    '])
			}
		}
	}
	return out.join('')
}

/** What parse5 makes of `html`, as a document or as the inside of `context` ("div", "svg g"). */
export function peer(html, context = '') {
	if (!context) {
		const tree = parse(html, { scriptingEnabled: false })
		return (tree.mode === 'quirks' ? 'quirks\n' : '') + dump(tree)
	}
	const [space, name] = context.includes(' ') ? context.split(' ') : ['html', context]
	const ns = { html: NS.HTML, svg: NS.SVG, math: NS.MATHML }[space]
	return dump(parseFragment(defaultTreeAdapter.createElement(name, ns, []), html, { scriptingEnabled: false }))
}

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'tree_driver')

function frames(cases) {
	const parts = []
	for (const { html, context = '' } of cases) {
		const bytes = Buffer.from(html)
		parts.push(Buffer.from(`${bytes.length} ${context}\n`), bytes)
	}
	return Buffer.concat(parts)
}

function answers(bytes) {
	const list = []
	for (let at = 0; at < bytes.length;) {
		const line = bytes.indexOf(10, at), n = Number(bytes.toString('latin1', at, line))
		list.push(bytes.toString('utf8', line + 1, line + 1 + n))
		at = line + 1 + n
	}
	return list
}

/** Our trees of [{ html, context }], at once. */
export function ours(cases) {
	const ran = spawnSync(driver, { input: frames(cases), maxBuffer: 1 << 30 })
	assert.equal(ran.status, 0, `tree_driver ended with ${ran.status ?? ran.signal}: ${ran.stderr}`)
	return answers(ran.stdout)
}

/** One driver for many batches; each call resolves to the trees of its cases, in order. */
export function oursForLong() {
	const child = spawn(driver, { stdio: ['pipe', 'pipe', 'inherit'] })
	let waiting = null, got = [], size = 0
	const ended = new Promise(done => child.on('close', done))
	child.stdout.on('data', part => {
		got.push(part)
		size += part.length
		waiting?.look()
	})
	child.stdin.on('error', () => {})
	const batch = cases => new Promise((done, fail) => {
		ended.then(status => fail(new Error(`tree_driver ended with ${status}`)))
		waiting = {
			look() {
				// the frames are counted only when the last part ends as a frame may
				const bytes = got.length === 1 ? got[0] : Buffer.concat(got)
				got = [bytes]
				let at = 0, n = 0
				for (; at < size; n++) {
					const line = bytes.indexOf(10, at)
					if (line < 0)
						return
					at = line + 1 + Number(bytes.toString('latin1', at, line))
				}
				if (n < cases.length || at > size)
					return
				waiting = null
				got = []
				size = 0
				done(answers(bytes))
			},
		}
		child.stdin.write(frames(cases))
	})
	return { batch, end: () => { child.stdin.end(); return ended } }
}

/** The first line in which two trees differ, with what stands around it. */
export function firstDifference(mine, theirs) {
	const a = mine.split('\n'), b = theirs.split('\n')
	let i = 0
	while (i < a.length && a[i] === b[i])
		i++
	const cut = list => list.slice(Math.max(0, i - 3), i + 4).map(line => line.slice(0, 200)).join('\n')
	return `line ${i + 1}\nours:\n${cut(a)}\ntheirs:\n${cut(b)}`
}
