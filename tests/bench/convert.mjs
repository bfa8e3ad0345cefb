// SPDX-License-Identifier: Apache-2.0
// HTML to Markdown, one thread, side by side: every tool converts every page once as a warm-up and once timed, in
// interleaved rounds; the median round counts. `node convert.mjs SCRAPED [ROUNDS]`; with --profile for ROUNDS only
// what each stage of ours took.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { loadPages } from './pages.mjs'
import { median, printTable } from './table.mjs'

const [binary, rounds = '3'] = process.argv.slice(2)
const self = new URL(import.meta.url).pathname

const peers = {
	async mdream() {
		const { htmlToMarkdown } = await import('mdream')
		return html => htmlToMarkdown(html)
	},
	async turndown() {
		const { default: Turndown } = await import('turndown')
		const gfm = await import('turndown-plugin-gfm')
		const t = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced' })
		t.use((gfm.default ?? gfm).gfm)
		t.remove(['script', 'style', 'noscript'])
		return html => t.turndown(html)
	},
}

// A peer runs in a process of its own (`convert.mjs --peer NAME DIR`), as ours does.
if (binary === '--peer') {
	const convert = await peers[rounds]()
	const dir = process.argv[4]
	const pages = fs.readdirSync(dir).map(f => fs.readFileSync(path.join(dir, f), 'utf8'))
	let failed = 0
	const pass = () => {
		failed = 0
		for (const html of pages) {
			try {
				convert(html)
			} catch {
				failed++
			}
		}
	}
	pass()
	const began = process.hrtime.bigint()
	pass()
	const seconds = Number(process.hrtime.bigint() - began) / 1e9
	console.log(JSON.stringify({ seconds, failed, rss: process.resourceUsage().maxRSS }))
	process.exit(0)
}

const { from, pages } = loadPages()
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'scraped-bench-'))
pages.forEach((html, i) => fs.writeFileSync(path.join(dir, `${i}.html`), html))
const files = pages.map((_, i) => path.join(dir, `${i}.html`))
if (rounds === '--profile') {
	process.stdout.write(execFileSync(binary, ['convert', '--bench', '--profile', ...files]))
	fs.rmSync(dir, { recursive: true })
	process.exit(0)
}
const bytes = pages.reduce((sum, html) => sum + html.length, 0)
const lastLine = text => JSON.parse(text.trim().split('\n').pop())
const run = {
	scraped: () => lastLine(execFileSync(binary, ['convert', '--bench', ...files], { encoding: 'utf8' })),
}
for (const name of Object.keys(peers))
	run[name] = () => lastLine(execFileSync(process.execPath, ['--stack-size=8000', self, '--peer', name, dir], { encoding: 'utf8' }))

const seen = Object.fromEntries(Object.keys(run).map(name => [name, []]))
for (let round = 0; round < Number(rounds); round++)
	for (const name of Object.keys(run))
		seen[name].push(run[name]())
fs.rmSync(dir, { recursive: true })

const seconds = name => median(seen[name].map(r => r.seconds))
printTable(`convert: ${pages.length} pages, ${(bytes / 1e6).toFixed(1)} MB (${from}), one thread, median of ${rounds} interleaved rounds`,
	['tool', 'MB/s', 'of mdream', 'peak RSS MB', 'pages failed'],
	Object.keys(run).map(name => [name, (bytes / 1e6 / seconds(name)).toFixed(1), (seconds('mdream') / seconds(name)).toFixed(2),
		(median(seen[name].map(r => r.rss)) / 1024).toFixed(0), seen[name][0].failed ?? 0]))
