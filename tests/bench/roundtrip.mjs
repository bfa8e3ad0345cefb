// SPDX-License-Identifier: Apache-2.0
// How many of the CommonMark specification's examples come back: HTML to Markdown, that through md4c, and a reader sees
// the same (tests/page/rendering.mjs). The examples lie in the corpus beside the clone; without it nothing is measured.
import fs from 'node:fs'
import path from 'node:path'
import { convert, outline } from '../page/rendering.mjs'

const corpus = process.env.SCRAPED_CORPUS ?? path.join(path.dirname(new URL(import.meta.url).pathname), '../../../shared/corpus')
const file = path.join(corpus, 'spec/commonmark.json')

/** The examples' HTML, or null. */
export const examples = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).examples.map(e => e.html) : null

/** Percent of them that Markdown (ours when not given) keeps. */
export function roundTrip(markdown) {
	const back = markdown ? convert(markdown, 'p') : convert(examples)
	const kept = examples.filter((html, i) => outline(html) === outline(back[i].html))
	return kept.length * 100 / examples.length
}
