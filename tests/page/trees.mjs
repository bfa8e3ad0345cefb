// SPDX-License-Identifier: Apache-2.0
// Whole trees (elements, attributes, texts, comments, doctype, quirks mode) against parse5: of every page of the
// corpus, where it stands beside the clone, and of documentation of installed packages.
import { assert, finish, test } from '../lib/harness.mjs'
import { corpusPages, installedPages } from './real_pages.mjs'
import { firstDifference, ours, peer } from './tree_peer.mjs'

/** Compares pages [name, html] in batches; returns how many and what differs. */
function compare(pages) {
	const faults = []
	let elements = 0
	for (let i = 0; i < pages.length; i += 16) {
		const batch = pages.slice(i, i + 16), mine = ours(batch.map(([, html]) => ({ html })))
		batch.forEach(([name, html], k) => {
			const theirs = peer(html)
			elements += theirs.split('\n').length
			if (mine[k] !== theirs)
				faults.push(`${name}: ${firstDifference(mine[k], theirs)}`)
		})
	}
	console.log(`# ${pages.length} pages, ${elements} lines of trees, ${faults.length} differ`)
	assert.ok(pages.length > 0, 'no page was compared')
	assert.deepEqual(faults.slice(0, 5), [])
}

await test('the pages of the corpus', () => compare(corpusPages()), { timeoutMs: 900000 })
await test('pages of installed packages', () => compare(installedPages(250)), { timeoutMs: 900000 })

// What tree_fuzz.mjs has found in ours, kept.
const found = [
	{ context: 'form', html: '</form>x', tree: '| "x"\n' },
	{ context: 'math mi', html: '<![CDATA[\0a\0]]>', tree: '| "a"\n' },
	{ context: 'svg g', html: '<![CDATA[\0]a\r\n\0]]]>&lt;', tree: '| "\ufffd]a\n\ufffd]<"\n' },
	{ context: 'svg g', html: '<![CDATA[]]><![CDATA[]><![CDATA[', tree: '| "]><![CDATA["\n' },
	{ html: '<b><frameset></frameset></html>x <!---->', tree: 'quirks\n| <html>\n|   <head>\n|   <frameset>\n|   <b>\n|     " "\n| <!--  -->\n' },
]
await test('what was wrong once', () => {
	const mine = ours(found)
	found.forEach(({ html, context, tree }, i) => {
		assert.equal(mine[i], tree, html)
		assert.equal(peer(html, context), tree, `parse5: ${html}`)
	})
})

await finish()
