// SPDX-License-Identifier: Apache-2.0
// HTML to Markdown, one thread, side by side: every tool converts every page once as a warm-up and once timed, in
// interleaved rounds; the median round counts. The last column is what comes back of CommonMark's examples (roundtrip.mjs).
// `node convert.mjs SCRAPED [ROUNDS]`; with --profile for ROUNDS only what each stage of ours took.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { converters } from './converters.mjs'
import { loadPages } from './pages.mjs'
import { median, printTable } from './table.mjs'

const [binary, rounds = '3'] = process.argv.slice(2)
const self = new URL(import.meta.url).pathname

// A peer runs in a process of its own, as ours does: `convert.mjs --peer NAME DIR` is timed with the pages of DIR,
// `convert.mjs --texts NAME` answers the list of HTML on standard input with a list of Markdown.
async function peer(how, name, dir) {
	const convert = await converters[name]()
	const attempt = html => {
		try {
			return convert(html)
		} catch {
			return null
		}
	}
	if (how === '--texts')
		return JSON.parse(fs.readFileSync(0, 'utf8')).map(html => attempt(html) ?? '')
	const pages = fs.readdirSync(dir).map(f => fs.readFileSync(path.join(dir, f), 'utf8'))
	const pass = () => pages.filter(html => attempt(html) === null).length
	pass()
	const began = process.hrtime.bigint()
	const failed = pass()
	return { seconds: Number(process.hrtime.bigint() - began) / 1e9, failed, rss: process.resourceUsage().maxRSS }
}

if (binary.startsWith('--')) {
	fs.writeSync(1, JSON.stringify(await peer(...process.argv.slice(2))) + '\n')
	process.exit(0)
}

const { from, pages } = loadPages()
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'scraped-bench-'))
process.on('exit', () => fs.rmSync(dir, { recursive: true }))
const files = pages.map((html, i) => {
	const file = path.join(dir, `${i}.html`)
	fs.writeFileSync(file, html)
	return file
})
const bytes = pages.reduce((sum, html) => sum + html.length, 0)

if (rounds === '--profile') {
	process.stdout.write(execFileSync(binary, ['convert', '--bench', '--profile', ...files]))
	process.exit(0)
}

process.env.SCRAPED_BIN = binary
const { examples, roundTrip } = await import('./roundtrip.mjs')
const lastLine = text => JSON.parse(text.trim().split('\n').pop())
const output = (program, args, input) => execFileSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] })
const asPeer = (how, name, rest, input) => lastLine(output(process.execPath, ['--stack-size=8000', self, how, name, ...rest], input))
const drivers = process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers')
const run = {
	scraped: () => lastLine(output(binary, ['convert', '--bench', ...files])),
	'scraped, parsing alone*': () => lastLine(output(path.join(drivers, 'parse_driver'), files)),
}
const kept = { scraped: () => roundTrip() }
for (const name of Object.keys(converters)) {
	run[name] = () => asPeer('--peer', name, [dir])
	kept[name] = () => roundTrip(asPeer('--texts', name, [], JSON.stringify(examples)))
}

const seen = Object.fromEntries(Object.keys(run).map(name => [name, []]))
for (let round = 0; round < Number(rounds); round++)
	for (const name of Object.keys(run))
		seen[name].push(run[name]())

const seconds = name => median(seen[name].map(r => r.seconds))
const comesBack = name => !kept[name] ? '' : examples ? kept[name]().toFixed(1) + ' %' : 'skipped: no corpus'
printTable(`convert: ${pages.length} pages, ${(bytes / 1e6).toFixed(1)} MB (${from}), one thread, median of ${rounds} interleaved rounds`,
	['tool', 'MB/s', 'of mdream', 'peak RSS MB', 'pages failed', 'CommonMark comes back'],
	Object.keys(run).map(name => [name, (bytes / 1e6 / seconds(name)).toFixed(1), (seconds('mdream') / seconds(name)).toFixed(2),
		(median(seen[name].map(r => r.rss)) / 1024).toFixed(0), seen[name][0].failed ?? 0, comesBack(name)]))
console.log('\n* processor time, the best of five passes; the others are by the clock')
