// SPDX-License-Identifier: Apache-2.0
// The token estimate against the tokenizer it estimates (npm gpt-tokenizer, o200k_base), on texts of all kinds, on the Markdown
// of Debian's documentation in many languages and, where it stands beside the clone, of the corpus: never more than 5 % short.
// The table was made from none of these texts (tokens_fit.mjs), and is what its script makes. And the parts that pages are
// cut into: together they are the page, and none is larger than asked for.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { spawnSync } from 'node:child_process'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { texts } from './tokens_texts.mjs'
import { assert, binary, corpus, finish, onFinish, skip, test } from '../lib/harness.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'tokens_driver')
const least = 300 // tokens; shorter texts say little
const max = 1000 // of a part
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tokens-'))
onFinish(() => fs.rmSync(folder, { recursive: true }))
const count = text => encode(text, { allowedSpecial: 'all' }).length

/** The texts of one page, each with its estimate and its parts. */
function textsOf(file) {
	const ran = spawnSync(driver, [String(max), file], { maxBuffer: 1 << 30 })
	assert.equal(ran.status, 0, `${file}: ${ran.stderr}`)
	const texts = []
	for (let at = 0; at < ran.stdout.length;) {
		const end = ran.stdout.indexOf(10, at)
		const [kind, bytes, ...numbers] = ran.stdout.toString('latin1', at, end).split(' ')
		at = end + 1 + Number(bytes)
		const it = { text: ran.stdout.toString('utf8', end + 1, at), bytes: Number(bytes), numbers: numbers.map(Number) }
		if (kind === 'text')
			texts.push({ ...it, parts: [] })
		else
			texts.at(-1).parts.push(it)
	}
	return texts
}

/** Estimates by the real count, ascending. Parts are looked at on the way. */
function ratios(files) {
	const all = []
	for (const file of files)
		for (const { text, bytes, numbers, parts } of textsOf(file)) {
			const real = count(text)
			if (real >= least)
				all.push({ ratio: numbers[0] / real, file: path.basename(file), real })
			assert.equal(parts.reduce((n, part) => n + part.numbers[0], 0), bytes, `${file}: the parts are not the page`)
			for (const part of parts)
				assert.ok(part.numbers[1] <= max * 1.05, `${file}: a part of ${part.numbers[1]} tokens`)
			for (const part of parts.slice(0, 3))
				assert.ok(count(part.text) <= max * 1.1, `${file}: a part has ${count(part.text)} tokens`)
		}
	return all.sort((a, b) => a.ratio - b.ratio)
}

function judge(all) {
	const at = share => all[Math.floor(share * (all.length - 1))].ratio.toFixed(3)
	console.log(`# ${all.length} texts: least ${at(0)}, middle ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)} of the real count`)
	assert.ok(all[0].ratio >= 0.95, `${all[0].file}: ${all[0].ratio} of ${all[0].real} tokens`)
	assert.ok(all[all.length >> 1].ratio < 1.12, 'the middle one is counted too long')
}

await test('texts of 200 languages, code, and what is no language', () => {
	const all = [...texts(1)]
	const framed = all.flatMap(({ text }) => [`${Buffer.byteLength(text)}\n`, text]).join('')
	const ran = spawnSync(driver, ['count'], { input: framed, maxBuffer: 1 << 28, encoding: 'utf8' })
	assert.equal(ran.status, 0, ran.stderr)
	const counted = ran.stdout.trim().split('\n').map(Number)
	assert.equal(counted.length, all.length)
	const found = all.map(({ kind, text }, i) => ({ ratio: counted[i] / count(text), file: kind })).sort((a, b) => a.ratio - b.ratio)
	const least = {}
	for (const { ratio, file } of found)
		least[file] ??= ratio
	console.log(`# ${Object.keys(least).length} kinds; least: ${Object.entries(least).slice(0, 5).map(([kind, r]) => `${kind} ${r.toFixed(3)}`).join(', ')}`)
	judge(found)
}, { timeoutMs: 900000 })

await test('the table is what its script makes', () => {
	const ran = spawnSync(process.execPath, [path.join(import.meta.dirname, 'tokens_fit.mjs'), '--check'], { encoding: 'utf8' })
	if (ran.status === 2)
		skip(ran.stdout.trim())
	assert.equal(ran.status, 0, ran.stdout + ran.stderr)
}, { timeoutMs: 900000 })

await test('documentation in many languages', () => {
	const handbook = '/usr/share/doc/debian-handbook/html'
	if (!fs.existsSync(handbook))
		skip('debian-handbook is not installed')
	const names = ['sect.package-meta-information', 'sect.regular-upgrades', 'sect.rtc-services', 'basic-configuration']
	judge(ratios(fs.readdirSync(handbook).filter(l => l.includes('-')).flatMap(language =>
		names.map(name => path.join(handbook, language, `${name}.html`)).filter(fs.existsSync))))
}, { timeoutMs: 900000 })

await test('documentation with code', () => {
	const found = ['/usr/share/doc/python3-doc/html/library', '/usr/share/doc/postgresql-doc-15/html'].filter(fs.existsSync)
		.flatMap(dir => fs.readdirSync(dir).filter(f => f.endsWith('.html')).sort().filter((_, i) => i % 25 === 0).map(f => path.join(dir, f)))
	if (!found.length)
		skip('neither python3-doc nor postgresql-doc-15 is installed')
	judge(ratios(found))
}, { timeoutMs: 900000 })

await test('the pages of the corpus', () => {
	if (!corpus())
		skip('the corpus does not stand beside the clone')
	const pages = path.join(corpus(), 'pages')
	judge(ratios(function* () {
		for (const name of fs.readdirSync(pages).filter(f => f.endsWith('.html.gz'))) {
			const file = path.join(folder, name.slice(0, -3))
			fs.writeFileSync(file, zlib.gunzipSync(fs.readFileSync(path.join(pages, name))))
			yield file
			fs.rmSync(file)
		}
	}()))
}, { timeoutMs: 900000 })

await finish()
