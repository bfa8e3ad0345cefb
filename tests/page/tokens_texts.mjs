// SPDX-License-Identifier: Apache-2.0
// Texts to fit and to check the token estimate with: Debian's translations and documentation, what the test's npm packages
// hold, and made ones of what pages have besides words. Each kind in two halves, one to fit with, one to check with: `half` 0
// or 1. The texts of the corpus are in neither.
import fs from 'node:fs'
import path from 'node:path'

const locales = '/usr/share/locale', handbook = '/usr/share/doc/debian-handbook/html'
const modules = path.join(import.meta.dirname, '..', 'node_modules')
const piece = 6000 // code points of a text
const most = 12 // pieces of a language

function list(dir) {
	return fs.existsSync(dir) ? fs.readdirSync(dir).sort() : []
}

/** The translations of a .mo file, as one text. */
function messages(file) {
	const b = fs.readFileSync(file)
	if (b.readUInt32LE(0) !== 0x950412de)
		return ''
	const n = b.readUInt32LE(8), at = b.readUInt32LE(16), texts = []
	for (let i = 1; i < n; i++) { // the first one is about the file
		const from = b.readUInt32LE(at + 8 * i + 4)
		texts.push(b.toString('utf8', from, from + b.readUInt32LE(at + 8 * i)).replaceAll('\0', '\n'))
	}
	return texts.join('\n')
}

function* pieces(kind, text, limit) {
	const cp = Array.from(text)
	for (let at = 0, n = 0; at + piece / 4 < cp.length && n < limit; at += piece, n++)
		yield { kind, text: cp.slice(at, at + piece).join('') }
}

const domains = [['glib20', 'gtk30', 'coreutils', 'iso_639-2', 'libc', 'iso_4217', 'xdg-user-dirs', 'appstream'], ['gtk30-properties', 'shared-mime-info', 'dpkg', 'iso_3166-1', 'at-spi2-core', 'tar']]

function* translations(half) {
	for (const language of list(locales)) {
		let left = most
		for (const domain of domains[half]) {
			const file = path.join(locales, language, 'LC_MESSAGES', `${domain}.mo`)
			if (!fs.existsSync(file))
				continue
			for (const it of pieces(`mo ${language}`, messages(file), Math.min(left, most / 3))) {
				left--
				yield it
			}
		}
	}
}

/** HTML as roughly the Markdown that it would become: no part of the converter, whose every change would make others of it. */
function roughly(html) {
	const decode = s => s.replace(/&(lt|gt|amp|quot|nbsp|#(\d+)|#x([0-9a-f]+));/gi, (_, name, d, x) =>
		d || x ? String.fromCodePoint(d ? Number(d) : parseInt(x, 16)) : { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ' }[name.toLowerCase()])
	return decode(html.replace(/^[^]*<body[^>]*>/i, '').replace(/<(script|style)[^]*?<\/\1>/gi, '')
		.replace(/<pre[^>]*>/gi, '\n\n```\n').replace(/<\/pre>/gi, '\n```\n')
		.replace(/<a [^>]*?href="([^"]*)"[^>]*>([^]*?)<\/a>/gi, '[$2](https://www.example.org/$1)')
		.replace(/<h([1-6])[^>]*>/gi, (_, n) => `\n\n${'#'.repeat(Number(n))} `).replace(/<li[^>]*>/gi, '\n- ')
		.replace(/<\/?(code|tt)[^>]*>/gi, '`').replace(/<\/?(strong|b)>/gi, '**').replace(/<\/?(em|i)>/gi, '*')
		.replace(/<t[dh][^>]*>/gi, '| ').replace(/<tr[^>]*>/gi, '\n').replace(/<(p|div|table|dt|dd)[^>]*>/gi, '\n\n')
		.replace(/<[^>]*>/g, '')).replace(/[ \t]+/g, ' ').replace(/\n\s*\n\s*/g, '\n\n').trim()
}

function* documentation(half) {
	for (const language of list(handbook))
		for (const file of list(path.join(handbook, language)).filter(f => f.endsWith('.html')).filter((_, i) => i % 12 === half * 6))
			yield* pieces(`handbook ${language}`, roughly(fs.readFileSync(path.join(handbook, language, file), 'utf8')), 2)
	for (const dir of ['/usr/share/doc/python3-doc/html/library', '/usr/share/doc/postgresql-doc-15/html'])
		for (const file of list(dir).filter(f => f.endsWith('.html')).filter((_, i) => i % (half ? 25 : 8) === 5))
			yield* pieces(`docs ${path.basename(path.dirname(dir))}`, roughly(fs.readFileSync(path.join(dir, file), 'utf8')), 2)
}

function* packages(half) {
	const seen = {}
	for (const name of list(modules).filter(n => /^[a-z]/.test(n)))
		for (const sub of ['', 'lib', 'dist'])
			for (const file of list(path.join(modules, name, sub))) {
				const ending = /\.(md|js|mjs|ts|json)$/.exec(file)?.[1], whole = path.join(modules, name, sub, file)
				if (!ending || !fs.statSync(whole).isFile())
					continue
				seen[ending] = (seen[ending] ?? 0) + 1
				if (seen[ending] % (ending === 'md' ? 4 : 12) === half * 2 + 1)
					yield* pieces(`npm ${ending}`, fs.readFileSync(whole, 'utf8'), 2)
			}
}

/* --- made ones --- */

function dice(seed) { // xorshift
	let x = seed
	return n => {
		x ^= x << 13
		x ^= x >>> 17
		x ^= x << 5
		return (x >>> 0) % n
	}
}

const emoji = [[0x1F300, 0x1F5FF], [0x1F600, 0x1F64F], [0x1F680, 0x1F6C5], [0x1F900, 0x1F9FF], [0x2600, 0x26FF], [0x2702, 0x27B0]]
const alphabets = { symbols: [0x2190, 0x23FF], boxes: [0x2500, 0x25FF], mathematics: [0x2200, 0x22FF], bold: [0x1D400, 0x1D6A3], wide: [0xFF21, 0xFF5A],
	phonetic: [0x250, 0x2AF], latin: [0xC0, 0x17F], 'latin, extended': [0x1E00, 0x1EFF], greek: [0x386, 0x3CE], 'greek, extended': [0x1F00, 0x1F7D],
	georgian: [0x10D0, 0x10F0], ethiopic: [0x1200, 0x135A], cherokee: [0x13A0, 0x13EF], syllabics: [0x1401, 0x166C], runes: [0x16A0, 0x16EA], khmer: [0x1780, 0x17D3],
	mongolian: [0x1820, 0x1878], tibetan: [0xF40, 0xFBC], lao: [0xE81, 0xEDF], syriac: [0x710, 0x72F], thaana: [0x780, 0x7B1], 'kana, half': [0xFF66, 0xFF9D], braille: [0x2800, 0x28FF] }

function* made(half) {
	const roll = dice(half ? 2463534242 : 88172645)
	const from = set => set[roll(set.length)]
	const some = (n, make) => Array.from({ length: n }, make)
	const letters = 'abcdefghijklmnopqrstuvwxyz', hex = '0123456789abcdef', digits = '0123456789'
	const base64 = `${letters.toUpperCase()}${letters}${digits}+/`
	const text = (n, set) => some(n, () => from(set)).join('')
	const words = 'get set make list file user name page item value data node text line error state index count type request answer key token'.split(' ')
	const camel = () => some(2 + roll(3), () => from(words)).map((w, i) => i ? w[0].toUpperCase() + w.slice(1) : w).join('')
	const snake = () => some(2 + roll(3), () => from(words)).join('_')
	const number = () => `${roll(100000)}.${text(1 + roll(4), digits)}`
	const date = () => `20${text(2, digits)}-${10 + roll(3)}-${10 + roll(19)}T${10 + roll(14)}:${10 + roll(50)}:${10 + roll(50)}Z`
	const url = () => `https://${text(3 + roll(8), letters)}.example.${from(['com', 'org', 'net'])}/${from(words)}/${text(4 + roll(20), base64.slice(0, 62))}?${from(words)}=${text(roll(30), base64.slice(0, 62))}&${from(words)}=${roll(1e6)}`
	const lines = (kind, n, make) => ({ kind, text: some(n, make).join('\n') })
	for (let round = 0; round < 3; round++) {
		yield lines('base64', 40, () => text(76, base64))
		yield lines('data: address', 6, () => `![x](data:image/png;base64,${text(400, base64)})`)
		yield lines('hexadecimal', 60, () => `${text(40, hex)}  ${text(64, hex)}`)
		yield lines('uuid', 80, () => `${text(8, hex)}-${text(4, hex)}-4${text(3, hex)}-a${text(3, hex)}-${text(12, hex)}`)
		yield lines('addresses', 60, () => `- [${from(words)}](${url()})`)
		yield lines('digits', 100, () => `| ${some(6, number).join(' | ')} |`)
		yield lines('dates', 100, () => `${date()} ${roll(256)}.${roll(256)}.${roll(256)}.${roll(256)} ${roll(600)} -${number()}%`)
		yield lines('names in code', 60, () => `\t${camel()}.${camel()}(${snake()}, ${camel()}[${snake()}]) // ${snake().toUpperCase()}`)
		yield lines('passwords', 80, () => text(24, `${base64}!#$%&()*-.:;<=>?@[]^_{|}~`))
		yield lines('marks', 60, () => text(40, '!#$%&()*+-./:;<=>?@[\\]^_`{|}~" \''))
		yield lines('empty table', 60, () => `|${' |'.repeat(1 + roll(9))}\n|${' --- |'.repeat(1 + roll(9))}`)
		yield lines('letters by chance', 80, () => some(10, () => text(2 + roll(8), letters)).join(' '))
		yield lines('capitals by chance', 80, () => some(10, () => text(2 + roll(8), letters.toUpperCase())).join(' '))
		yield lines('short lines', 500, () => `${from(words)}\n`)
		const picture = () => { const [a, b] = from(emoji); return String.fromCodePoint(a + roll(b - a + 1)) }
		yield lines('emoji', 60, () => some(12, picture).join(''))
		yield lines('emoji in text', 60, () => some(6, () => `${from(words)} ${picture()}`).join(' '))
		yield lines('emoji, joined', 60, () => some(5, () => `${picture()}\uFE0F ${from(['👨‍👩‍👧', '👍🏽', '🏳️‍🌈', '👩🏿‍💻', '🇩🇪', '🇯🇵', '🇧🇷'])}`).join(' '))
	}
	for (const [kind, [low, high]] of Object.entries(alphabets))
		yield lines(`by chance: ${kind}`, 40, () => some(6, () => some(2 + roll(7), () => String.fromCodePoint(low + roll(high - low + 1))).join('')).join(' '))
}

export function* texts(half) {
	yield* translations(half)
	yield* documentation(half)
	yield* packages(half)
	yield* made(half)
	for (const { kind, text } of packages(half)) // what is written in capitals
		if (kind === 'npm md')
			yield { kind: 'capitals', text: text.toUpperCase() }
}
