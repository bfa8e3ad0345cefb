// SPDX-License-Identifier: Apache-2.0
// npm's HTML to Markdown converters as this project is measured beside them: each loads into a function HTML -> Markdown.
import { createRequire } from 'node:module'

export const converters = {
	async mdream() {
		const { htmlToMarkdown } = await import('mdream')
		return html => htmlToMarkdown(html)
	},
	async turndown() {
		const { default: Turndown } = await import('turndown')
		const gfm = await import('turndown-plugin-gfm')
		const t = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced' })
		t.use((gfm.default ?? gfm).gfm)
		t.remove(['script', 'style', 'noscript', 'template'])
		return html => t.turndown(html)
	},
	async kreuzberg() {
		const { convert } = createRequire(import.meta.url)('@kreuzberg/html-to-markdown-node')
		return html => convert(html).content ?? ''
	},
	async 'rehype-remark'() {
		const [{ unified }, ...plugins] = await Promise.all(['unified', 'rehype-parse', 'rehype-remark', 'remark-gfm', 'remark-stringify'].map(name => import(name)))
		const chain = plugins.reduce((u, plugin) => u.use(plugin.default), unified())
		return html => String(chain.processSync(html))
	},
}
