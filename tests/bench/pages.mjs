// SPDX-License-Identifier: Apache-2.0
// The pages to measure with: the corpus beside the clone, or (elsewhere) Debian's documentation packages.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'

const here = path.dirname(new URL(import.meta.url).pathname)

function corpusPages() {
	const dir = path.join(process.env.SCRAPED_CORPUS ?? path.join(here, '../../../shared/corpus'), 'pages')
	if (!fs.existsSync(dir))
		return []
	return fs.readdirSync(dir).filter(f => f.endsWith('.html.gz')).sort()
		.map(f => zlib.gunzipSync(fs.readFileSync(path.join(dir, f))))
}

function* htmlFiles(dir) {
	for (const entry of fs.existsSync(dir) ? fs.readdirSync(dir, { withFileTypes: true }) : []) {
		const full = path.join(dir, entry.name)
		if (entry.isDirectory())
			yield* htmlFiles(full)
		else if (entry.isFile() && entry.name.endsWith('.html'))
			yield full
	}
}

function debianPages() {
	const files = ['python3.11-doc', 'python3-doc', 'postgresql-doc-15'].flatMap(p => [...htmlFiles(`/usr/share/doc/${p}`)])
	return files.sort().filter((_, i) => i % 4 === 0).map(f => fs.readFileSync(f))
}

/** [{ name, html: Buffer }] and where they come from. */
export function loadPages() {
	const corpus = corpusPages()
	const pages = corpus.length ? corpus : debianPages()
	return { from: corpus.length ? 'corpus' : "Debian's documentation", pages }
}
