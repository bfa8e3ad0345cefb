// SPDX-License-Identifier: Apache-2.0
// HTML to Markdown and back through md4c: what a reader sees must be the same (rendering.mjs). Over the examples of CommonMark and
// GFM and the suite of turndown where the corpus stands beside the clone, each but the known exceptions
// (round_trip_data.mjs), and over random pages (random_html.mjs), the same on every run.
import fs from 'node:fs'
import path from 'node:path'
import { assert, corpus, finish, skip, test } from '../lib/harness.mjs'
import { page } from './random_html.mjs'
import { convert, emphasis, marks, outline } from './rendering.mjs'
import * as known from './round_trip_data.mjs'

function read(file) {
	if (!corpus())
		skip('the corpus does not stand beside the clone')
	return JSON.parse(fs.readFileSync(path.join(corpus(), file), 'utf8'))
}

/** The names of those that differ must be the exceptions, no more and no less. */
function compare(list, exceptions) {
	const differ = list.filter(([, want, got]) => want !== got)
	const name = differ.find(([name]) => !exceptions.some(([known]) => known === name))
	assert.equal(name, undefined, name && `${name[0]}: wanted\n${name[1]}\ngot\n${name[2]}\nfrom\n${name[3]}`)
	assert.deepEqual(exceptions.map(([known]) => known).filter(known => !differ.some(([name]) => name === known)), [], 'these come back the same by now')
}

for (const [name, how, strict] of [['commonmark', 'c', false], ['gfm', 'g', false], ['commonmark', 'c', true]])
	await test(`${name}_examples${strict ? '_as_tight_as_they_are' : ''}`, () => {
		const { examples } = read(`spec/${name}.json`)
		const got = convert(examples.map(e => e.html), how)
		compare(examples.map((e, i) => [e.n, outline(e.html, { strict }), outline(got[i].html, { strict }), got[i].markdown]), known[name])
	})

await test('turndown_suite', () => {
	const { cases } = read('suites/turndown.json')
	const got = convert(cases.map(c => c.html), 'g'), want = convert(cases.map(c => c.markdown), 'gp')
	compare(cases.map((c, i) => [c.name, outline(want[i].html), outline(got[i].html), got[i].markdown]), known.turndown)
})

const seeds = n => Array.from({ length: n }, (_, i) => i + 1)

await test('random_pages_that_markdown_can_hold', () => {
	const pages = seeds(1500).map(seed => page(seed, true)), got = convert(pages)
	for (const [i, html] of pages.entries())
		assert.equal(outline(got[i].html), outline(html), `seed ${i + 1}: ${html}\n${got[i].markdown}`)
})

/** What is wrong with a page that came back, or nothing; counts how much emphasis was kept. */
function faults(html, back, count) {
	if (outline(back, { plain: true }) !== outline(html, { plain: true }))
		return 'the text differs'
	const [before, after] = [emphasis(html), emphasis(back)]
	for (const mark of ['em', 'strong', 'del'])
		for (let at = 0; at < before[mark].length; at++) {
			if (before[mark][at] < after[mark][at])
				return `${mark} at ${before.text.slice(at)}`
			count.on += before[mark][at] === '1'
			count.kept += after[mark][at] === '1'
		}
	return before.text === after.text ? undefined : 'the text differs'
}

// Marks of emphasis that open and close in one place are written as good as can be known there; of them one page in
// hundreds is misread.
await test('random_pages_lose_no_more_than_emphasis', () => {
	const pages = seeds(2500).map(seed => page(seed)), got = convert(pages), count = { on: 0, kept: 0 }
	const wrong = pages.flatMap((html, i) => {
		const fault = faults(html, got[i].html, count)
		return fault ? [`seed ${i + 1}: ${fault}: ${html}\n${got[i].markdown}`] : []
	})
	assert.ok(wrong.length <= 3, wrong.join('\n\n'))
	assert.ok(count.kept / count.on > 0.9, `${count.kept} of ${count.on} characters keep their emphasis`)
})

await test('what_is_cut_is_whole_markdown', () => {
	const pages = seeds(200).map(seed => page(seed, true))
	for (const how of ['c', 'cr', 'ca', 'ci', 'cl'])
		for (const max of [1, 20, 60, 150]) {
			const got = convert(pages, how, max)
			for (const [i, { html }] of got.entries()) {
				const [before, after] = [emphasis(pages[i]), emphasis(html)]
				for (const mark of ['em', 'strong', 'del'])
					assert.ok(!after[mark].includes('1') || before[mark].includes('1'), `${mark} at ${max} of ${pages[i]}`)
				assert.ok(!/\]\(|\]\[\d/.test(after.text) || /\]\(|\]\[\d/.test(before.text), `a broken link at ${max} of ${pages[i]}\n${got[i].markdown}`)
			}
		}
})

/** All of the text stands in the whole, in this order; images and code that found no room may be missing between. */
function within(text, whole) {
	let at = -1
	return [...text].every(c => (at = whole.indexOf(c, at + 1)) >= 0)
}

/** What a cut page shows that the whole does not: a block more of some kind, or text that is not the whole block's. */
function grown(whole, cut) {
	const left = [...whole]
	return cut.find(([kind, text]) => {
		const at = left.findIndex(([k, t]) => k === kind && (kind === 'pre' ? t.startsWith(text) : within(text, t)))
		if (at >= 0)
			left.splice(0, at + 1)
		return at < 0
	})
}

const everyBlock = `<h1>First *part*</h1><p>a<ul><li>one<ul><li>in it<li>more</ul><li><p>two</p><pre>x\n\n\`\`\`y</pre></ul>
<table><tr><th align=right>n<th>name<th>- x<tr><td>1<td>a | b<td><code>c|d</code><tr><td>2<td><b>e</b><td>f<br>g</table>
<pre><code class="language-js">if (a)\n    b()\n</code></pre><blockquote><h2>Second</h2><p>said</p><ol start=9><li>nine<li>ten<li></ol></blockquote>
<hr><dl><dt>term<dd>what it is</dl><h3>Third #</h3><p>- a<br>+ b<br>1. c<br>=====<br>---</p><li></li>`

await test('blocks_that_are_cut_are_those_of_the_whole', () => {
	const pages = [everyBlock, ...seeds(60).map(seed => page(seed, true))]
	for (const how of ['c', 'cr', 'ca', 'ci', 'cl']) {
		const whole = convert(pages, how), blocks = whole.map(w => marks(w.html))
		assert.ok(blocks[0].length === 20, 'the page of every block came back with others')
		for (let max = 1; max < 500; max += max < 60 ? 1 : 7) {
			const few = max % 7 ? pages.slice(0, 12) : pages, got = convert(few, how, max)
			for (const [i, { html, markdown }] of got.entries()) {
				const more = grown(blocks[i], marks(html))
				assert.equal(more, undefined, `${more} at ${max} (${how}) of ${pages[i]}\n${markdown}`)
			}
		}
	}
})

await finish()
