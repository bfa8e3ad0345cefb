// SPDX-License-Identifier: Apache-2.0
// Our selectors against css-select on the same trees: the same elements in the same order, on the pages of
// the corpus (where it stands beside the clone) and on HTML of installed Debian packages. Elements are
// told by their number in document order; a page on which the parsers do not agree about the elements is
// left out and counted.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { parse } from 'parse5'
import { adapter } from 'parse5-htmlparser2-tree-adapter'
import { compile } from 'css-select'
import { assert, binary, finish, onFinish, test, testsDir } from '../lib/harness.mjs'
import { corpusPages, installedPages } from './real_pages.mjs'
import { differences, refused, selectors } from './selectors_data.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'select_driver')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'selectors-'))
onFinish(() => fs.rmSync(folder, { recursive: true }))

/** Elements in document order, without what stands in templates, which selectors do not see. */
function elementsOf(html) {
	const root = parse(html, { treeAdapter: adapter, scriptingEnabled: false }), all = []
	const walk = node => {
		for (const child of node.children ?? []) {
			if (!child.name || child.type === 'directive')
				continue
			all.push(child)
			for (const name in child['x-attribsPrefix']) // the adapter calls xlink:href href
				if (child['x-attribsPrefix'][name])
					delete child.attribs[name]
			if (child.name === 'template' && !child.namespace?.includes('svg'))
				child.children = []
			walk(child)
		}
	}
	walk(root)
	return { root, all }
}

/** What our driver finds: the names of the elements, and for each selector numbers or a complaint. */
function ours(html, list) {
	const file = path.join(folder, 'page.html')
	fs.writeFileSync(file, html)
	const ran = spawnSync(driver, [file], { input: list.join('\n') + '\n', maxBuffer: 1 << 30, encoding: 'utf8' })
	assert.equal(ran.status, 0, `select_driver: ${ran.stderr}`)
	const [names, ...lines] = ran.stdout.trimEnd().split('\n')
	return { names: names.trim().split(' '), lines: [...lines.map(l => l.trim()), ...Array(list.length).fill('')].slice(0, list.length) }
}

function theirs({ root, all }, number, selector) {
	const fits = compile(selector, { context: root, quirksMode: root['x-mode'] === 'quirks' })
	return all.filter(element => fits(element)).map(e => number.get(e)).join(' ')
}

/** Compares all selectors on all pages; returns what was compared. */
function compare(pages) {
	const count = { pages: 0, left: 0, found: 0, faults: [], used: new Set() }
	for (const [name, html] of pages) {
		const tree = elementsOf(html), mine = ours(html, selectors)
		const names = tree.all.map(e => e.name)
		if (names.join(' ') !== mine.names.join(' ')) {
			count.left++
			continue
		}
		count.pages++
		const number = new Map(tree.all.map((e, i) => [e, i]))
		selectors.forEach((selector, i) => {
			const want = theirs(tree, number, selector), got = mine.lines[i]
			count.found += want ? want.split(' ').length : 0
			if (want)
				count.used.add(selector)
			if (want !== got)
				count.faults.push(`${name}: ${selector}\n  ours:   ${got.slice(0, 200)}\n  theirs: ${want.slice(0, 200)}`)
		})
	}
	return count
}

function report(count) {
	console.log(`# ${count.pages} pages, ${selectors.length} selectors (${count.used.size} of them find something), ` +
		`${count.found} elements; ${count.left} pages left out: the trees differ`)
	assert.ok(count.pages > 0, 'no page was compared')
	assert.deepEqual(count.faults.slice(0, 8), [])
	assert.ok(count.left <= count.pages / 10, `${count.left} trees differ`)
}

await test('there are many of every kind', () => {
	assert.ok(selectors.length >= 150)
	assert.equal(new Set(selectors).size, selectors.length)
})

await test('a page of everything', () => {
	const html = fs.readFileSync(path.join(testsDir, 'page/selectors.html'), 'utf8')
	const count = compare([['selectors.html', html]])
	report(count)
	const idle = selectors.filter(s => !count.used.has(s))
	assert.deepEqual(idle, [], 'selectors that find nothing prove nothing')
})

await test('the pages of the corpus', () => report(compare(corpusPages(4))), { timeoutMs: 900000 })
await test('pages of installed packages', () => report(compare(installedPages(40))), { timeoutMs: 900000 })

// Where css-select is not right (or decides what the standard leaves open) our answer is written down here.
await test('where the standard decides against css-select', () => {
	for (const { html, selector, ids, theirIds } of differences) {
		const tree = elementsOf(html), mine = ours(html, [selector])
		const idsOf = numbers => numbers.split(' ').filter(Boolean).map(n => tree.all[n].attribs.id ?? tree.all[n].name).join(' ')
		assert.equal(idsOf(mine.lines[0]), ids, selector)
		const number = new Map(tree.all.map((e, i) => [e, i]))
		let got
		try {
			got = idsOf(theirs(tree, number, selector))
		} catch {
			got = 'refused'
		}
		assert.equal(got, theirIds, `css-select has changed its mind about ${selector}: move it to the list`)
	}
})

await test('what is no selector is refused with its place', () => {
	const { lines } = ours('<p>', refused.map(([text]) => text))
	refused.forEach(([text, complaint], i) => assert.equal(lines[i], `! ${complaint}`, text))
})

await finish()
