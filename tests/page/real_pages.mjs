// SPDX-License-Identifier: Apache-2.0
// Real pages as [name, html]: the corpus, where it stands beside the clone, and the documentation of installed
// packages. A test that finds none is skipped.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { corpus, skip } from '../lib/harness.mjs'

/** Every `step`th page of the corpus. */
export function corpusPages(step = 1) {
	const folder = corpus() && path.join(corpus(), 'pages')
	if (!folder)
		skip('the corpus does not stand beside the clone')
	return fs.readdirSync(folder).filter(f => f.endsWith('.html.gz')).filter((_, i) => i % step === 0)
		.map(f => [f, zlib.gunzipSync(fs.readFileSync(path.join(folder, f))).toString('utf8')])
}

/** About `most` pages, spread over all that are installed. */
export function installedPages(most) {
	const found = []
	const look = folder => {
		for (const e of fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)) {
			const file = path.join(folder, e.name)
			if (e.isDirectory())
				look(file)
			else if (e.isFile() && /\.html?$/.test(e.name))
				found.push(file)
		}
	}
	if (fs.existsSync('/usr/share/doc'))
		look('/usr/share/doc')
	if (!found.length)
		skip('no HTML in /usr/share/doc')
	const step = Math.ceil(found.length / most)
	return found.filter((_, i) => i % step === 0).map(f => [f, fs.readFileSync(f, 'utf8')])
}
