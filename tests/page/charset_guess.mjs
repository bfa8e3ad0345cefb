// SPDX-License-Identifier: Apache-2.0
// How often the encoding of a page that declares none is guessed right: pages of Debian's handbook in many languages,
// without their declarations, written in every encoding they were plausibly published in. Right is a guess whose
// text is the page's (encodings that agree on all its letters are one). Told apart: pages that name their language,
// and pages that name nothing.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import iconv from 'iconv-lite'
import { assert, binary, finish, skip, test } from '../lib/harness.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'charset_driver')
const root = '/usr/share/doc/debian-handbook/html'
const west = ['windows-1252'], east = ['windows-1250', 'iso-8859-2'], cyrillic = ['windows-1251', 'koi8-r', 'iso-8859-5', 'ibm866', 'mac-cyrillic']
const latin = new Set([...west, ...east, 'macintosh', 'windows-1254'])
const published = {
	'ar-MA': ['windows-1256', 'iso-8859-6'], 'ca-ES': west, 'cs-CZ': east, 'da-DK': west, 'de-DE': [...west, 'macintosh'], 'el-GR': ['iso-8859-7', 'windows-1253'],
	'es-ES': [...west, 'macintosh'], 'fa-IR': ['windows-1256'], 'fr-FR': [...west, 'macintosh'], 'hr-HR': east, 'hu-HU': east, 'it-IT': west,
	'ja-JP': ['shift_jis', 'euc-jp', 'iso-2022-jp'], 'ko-KR': ['euc-kr'], 'nb-NO': west, 'nl-NL': west, 'pl-PL': east, 'pt-BR': west, 'ro-RO': ['windows-1250', 'iso-8859-16'],
	'ru-RU': cyrillic, 'sv-SE': west, 'tr-TR': ['windows-1254'], 'uk-UA': ['windows-1251', 'koi8-u'], 'zh-CN': ['gbk'], 'zh-TW': ['big5'],
}

/** ISO-2022-JP, which iconv-lite does not write, by way of EUC-JP. */
function jis(text) {
	const euc = iconv.encode(text, 'euc-jp'), out = []
	let two = false
	for (let i = 0; i < euc.length; i++) {
		if (two !== euc[i] >= 0x80) {
			two = !two
			out.push(0x1B, ...Buffer.from(two ? '$B' : '(B'))
		}
		out.push(euc[i] & 0x7F)
	}
	return Buffer.from(out)
}

/** The page in an encoding: what it cannot say is left out. */
function written(text, charset) {
	if (charset === 'iso-2022-jp')
		return { bytes: jis(text), text }
	const back = [...iconv.decode(iconv.encode(text, charset), charset)]
	const said = [...text].filter((c, i) => c === back[i]).join('')
	return { bytes: iconv.encode(said, charset), text: said }
}

function sample(html) {
	const text = html.replace(/<\?xml[^>]*>/g, '').replace(/<meta[^>]*charset[^>]*>/gi, '').replace(/[\u{10000}-\u{10ffff}]/gu, '')
		.replace(/[\u2000-\u206f\u00a0\u00ad\u2190-\u2bff]/g, ' ')
	return text
}

/** The names and texts that the driver answers with. */
function guess(requests) {
	const ran = spawnSync(driver, { input: Buffer.concat(requests), maxBuffer: 1 << 30 }), answers = []
	assert.equal(ran.status, 0, String(ran.stderr))
	for (let at = 0; at < ran.stdout.length;) {
		const line = ran.stdout.indexOf(10, at), [n, ...name] = ran.stdout.toString('latin1', at, line).split(' ')
		answers.push({ name: name.join(' '), text: ran.stdout.toString('utf8', line + 1, line + 1 + Number(n)) })
		at = line + 1 + Number(n)
	}
	return answers
}

await test('pages without a declaration', () => {
	if (!fs.existsSync(root))
		skip('debian-handbook is not installed')
	const requests = [], wanted = []
	for (const [lang, charsets] of Object.entries(published)) {
		const folder = path.join(root, lang)
		if (!fs.existsSync(folder))
			continue
		const files = fs.readdirSync(folder).filter(f => f.endsWith('.html')).sort(), step = Math.ceil(files.length / 12)
		for (const file of files.filter((_, i) => i % step === 0)) {
			const html = sample(fs.readFileSync(path.join(folder, file), 'utf8')).slice(0, 30000)
			for (const charset of charsets)
				for (const named of [true, false]) {
					const body = named ? html : html.replace(/\s(xml:)?lang="[^"]*"/g, '')
					const { bytes, text } = written(body, charset)
					if (bytes.filter(b => b >= 0x80 || b === 0x1B).length < 40)
						continue // nothing to tell
					requests.push(Buffer.from(`guess ${bytes.length} \n`), bytes)
					wanted.push({ lang, charset, named, file, text })
				}
		}
	}
	const guessed = guess(requests)
	const count = new Map(), misses = []
	for (const [i, want] of wanted.entries()) {
		const { name, text: got } = guessed[i], good = got === want.text
		for (const key of [`${want.lang} ${want.charset}`, want.named ? 'language named' : 'nothing named']) {
			const c = count.get(key) ?? [0, 0]
			count.set(key, [c[0] + good, c[1] + 1])
		}
		if (!good)
			misses.push(`${want.lang} ${want.charset} ${want.named ? '' : 'un'}named ${want.file}: ${name}`)
	}
	for (const [key, [good, all]] of count)
		if (good < all || key.includes('named'))
			console.log(`# ${key}: ${good} of ${all}`)
	for (const key of ['language named', 'nothing named']) {
		const [good, all] = count.get(key) ?? [0, 0]
		assert.ok(all > 100, `${all} pages`)
		assert.ok(good / all >= 0.97, `${key}: ${good} of ${all}\n${misses.slice(0, 40).join('\n')}`)
	}
}, { timeoutMs: 300000 })

/** The running text of a page: its paragraphs, which stand in div elements. */
function paragraphs(html) {
	return sample(html).split(/<div class="para"/).slice(1).map(part => part.split('</div>')[0].replace(/^[^>]*>|<[^>]*>/g, ' ').replace(/&\w+;/g, ' ').replace(/\s+/g, ' ')).join(' ')
}

// Little to go by, and nothing named: the text of one or two sentences, of a screen, of a page. ISO-8859-16 is left out, which differs from
// windows-1250 by the hooks below two letters only.
await test('short texts that name nothing', () => {
	if (!fs.existsSync(root))
		skip('debian-handbook is not installed')
	const sizes = [[200, 0.95], [1000, 0.98], [10000, 0.99]], requests = [], wanted = []
	for (const [lang, charsets] of Object.entries(published)) {
		const folder = path.join(root, lang)
		if (!fs.existsSync(folder))
			continue
		const files = fs.readdirSync(folder).filter(f => f.endsWith('.html')).sort()
		const all = paragraphs(files.slice(0, 40).map(f => fs.readFileSync(path.join(folder, f), 'utf8')).join('\n'))
		for (const charset of charsets.filter(c => c !== 'iso-8859-16'))
			for (const [size] of sizes)
				for (let i = 0, step = Math.max(size, 5000); i < 12 && (i + 1) * step <= all.length; i++) {
					const { bytes, text } = written(`<!DOCTYPE html><html><head><title>x</title><p>${all.slice(i * step, i * step + size)}</p></html>`, charset)
					const share = bytes.filter(b => b >= 0x80 || b === 0x1B).length / bytes.length
					if (share < (latin.has(charset) ? 0.01 : 0.1))
						continue // not translated, or nothing to tell
					requests.push(Buffer.from(`guess ${bytes.length} \n`), bytes)
					wanted.push({ lang, charset, size, text })
				}
	}
	const guessed = guess(requests), count = new Map(), misses = []
	for (const [i, want] of wanted.entries()) {
		const good = guessed[i].text === want.text
		for (const key of [`${want.lang} ${want.charset} ${want.size}`, want.size]) {
			const c = count.get(key) ?? [0, 0]
			count.set(key, [c[0] + good, c[1] + 1])
		}
		if (!good)
			misses.push(`${want.lang} ${want.charset} ${want.size}: ${guessed[i].name}`)
	}
	for (const [key, [good, all]] of count)
		if (good < all || typeof key === 'number')
			console.log(`# ${key}: ${good} of ${all}`)
	for (const [size, least] of sizes) {
		const [good, all] = count.get(size) ?? [0, 0]
		assert.ok(all > 100, `${all} texts`)
		assert.ok(good / all >= least, `${size}: ${good} of ${all}\n${misses.slice(0, 40).join('\n')}`)
	}
}, { timeoutMs: 300000 })

await finish()
