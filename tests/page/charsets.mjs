// SPDX-License-Identifier: Apache-2.0
// Every encoding of the WHATWG Encoding Standard against @exodus/bytes, whose decoders follow the standard to the
// letter, and against iconv-lite, which does not always (`judge` below). Node's own TextDecoder is no measure: ICU's tables differ from the standard's in Big5, EUC-JP,
// EUC-KR, Shift_JIS, KOI8-U, IBM866, windows-874, -1253 and -1255.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { TextDecoder } from '@exodus/bytes/encoding.js'
import iconv from 'iconv-lite'
import { assert, binary, finish, test, testsDir } from '../lib/harness.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'charset_driver')

/** Answers of the driver to [verb, label, bytes], as { name, text }. */
function ask(requests) {
	const input = Buffer.concat(requests.flatMap(([verb, label, bytes]) => [Buffer.from(`${verb} ${bytes.length} ${label}\n`), Buffer.from(bytes)]))
	const ran = spawnSync(driver, { input, maxBuffer: 1 << 30 })
	assert.equal(ran.status, 0, `charset_driver: ${ran.stderr}`)
	const list = []
	for (let at = 0; at < ran.stdout.length;) {
		const line = ran.stdout.indexOf(10, at), [n, ...name] = ran.stdout.toString('latin1', at, line).split(' ')
		list.push({ name: name.join(' '), text: ran.stdout.toString('utf8', line + 1, line + 1 + Number(n)) })
		at = line + 1 + Number(n)
	}
	return list
}

const single = ['IBM866', 'ISO-8859-2', 'ISO-8859-3', 'ISO-8859-4', 'ISO-8859-5', 'ISO-8859-6', 'ISO-8859-7', 'ISO-8859-8', 'ISO-8859-8-I',
	'ISO-8859-10', 'ISO-8859-13', 'ISO-8859-14', 'ISO-8859-15', 'ISO-8859-16', 'KOI8-R', 'KOI8-U', 'macintosh', 'windows-874', 'windows-1250',
	'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254', 'windows-1255', 'windows-1256', 'windows-1257', 'windows-1258', 'x-mac-cyrillic', 'x-user-defined']
const multi = ['Big5', 'EUC-JP', 'EUC-KR', 'GBK', 'gb18030', 'ISO-2022-JP', 'Shift_JIS', 'UTF-16BE', 'UTF-16LE', 'UTF-8']

const standard = (label, bytes) => new TextDecoder(label, { ignoreBOM: true }).decode(bytes)
/** Sequences by kind: each a list of bytes, or of pieces that are told apart by a line feed. */
const pairsOf = lead => Buffer.concat(Array.from({ length: 256 }, (_, trail) => Buffer.from([...lead, trail, 0x0A])))
const hex = text => [...text].slice(0, 12).map(c => c.codePointAt(0).toString(16)).join(' ')

function same(label, kind, bytes) {
	const [{ text }] = ask([['decode', label, bytes]]), want = standard(label, bytes)
	if (text === want)
		return
	let i = 0
	while (text[i] === want[i])
		i++
	assert.fail(`${label}, ${kind}: at ${i}: ours ${hex(text.slice(i))}, the standard ${hex(want.slice(i))}`)
}

await test('labels', () => {
	const rows = fs.readFileSync(path.join(testsDir, '../src/page/charset_table.h'), 'utf8').matchAll(/^LABEL_ROW\("([^"]+)"/gm)
	const labels = [...rows].map(row => row[1]), got = ask(labels.flatMap(l => [['name', l, ''], ['name', `\t ${l.toUpperCase()}\f`, '']]))
	const refused = new Set(['iso-2022-cn', 'iso-2022-cn-ext', 'iso-2022-kr', 'hz-gb-2312', 'csiso2022kr', 'replacement'])
	labels.forEach((label, i) => {
		const want = refused.has(label) ? 'replacement' : new TextDecoder(label).encoding
		assert.equal(got[2 * i].name.toLowerCase(), want, label)
		assert.equal(got[2 * i + 1].name.toLowerCase(), want, label)
	})
	assert.equal(labels.length, 228, 'the standard has 228 labels (section 4.2)')
	assert.deepEqual(ask([['name', 'utf-7', ''], ['name', 'latin', ''], ['name', 'x', '']]).map(a => a.name), ['', '', ''])
})

await test('single bytes', () => {
	const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
	for (const label of single)
		same(label, 'every byte', all)
})

await test('every pair', () => {
	for (const label of multi) {
		const bytes = Buffer.concat(Array.from({ length: 256 }, (_, lead) => pairsOf([lead])))
		same(label, 'pairs', bytes)
		const tight = Buffer.from(Array.from({ length: 65536 }, (_, i) => [i >> 8, i & 255]).flat())
		same(label, 'pairs without a gap', tight)
	}
})

await test('three and four bytes', () => {
	for (let lead = 0xA0; lead < 0x100; lead++)
		same('EUC-JP', `8F ${lead}`, pairsOf([0x8F, lead]))
	const four = []
	for (let pointer = 0; pointer < 39420 + 1260; pointer++) {
		const d = pointer % 10, c = (pointer - d) / 10 % 126, b = Math.floor(pointer / 1260) % 10, a = Math.floor(pointer / 12600)
		four.push(0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d)
	}
	for (let pointer = 188990; pointer < 1238000; pointer += 7) {
		const d = pointer % 10, c = (pointer - d) / 10 % 126, b = Math.floor(pointer / 1260) % 10, a = Math.floor(pointer / 12600)
		four.push(0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d)
	}
	same('gb18030', 'four bytes', Buffer.from(four))
	const broken = []
	for (const a of [0x80, 0x81, 0xFE, 0xFF, 0x41])
		for (const b of [0x30, 0x39, 0x3A, 0x7F, 0x80, 0xFE])
			for (const c of [0x80, 0x81, 0xFE, 0xFF, 0x30, 0x3C])
				for (const d of [0x2F, 0x30, 0x39, 0x3A, 0x81, 0xFF])
					broken.push(a, b, c, d, 0x0A)
	same('gb18030', 'broken fours', Buffer.from(broken))
	const utf8 = []
	for (const a of [0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0x80])
		for (const b of [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0])
			for (const c of [0x7F, 0x80, 0xBF, 0xC0])
				for (const d of [0x41, 0x80, 0xBF, 0xC0])
					utf8.push(a, b, c, d, 0x0A)
	same('UTF-8', 'fours', Buffer.from(utf8))
})

// Escapes of ISO-2022-JP in every order, with bytes of each kind between them.
await test('escapes', () => {
	const pieces = ['\x1B(B', '\x1B(J', '\x1B(I', '\x1B$B', '\x1B$@', '\x1B(', '\x1B$', '\x1B', '\x1B(A', 'F', 'F|', '\\', '~', '\n', '\x0E', '\xB1', '!', '\x1B\x1B(B', ' ']
	const parts = []
	for (const a of pieces)
		for (const b of pieces)
			for (const c of pieces)
				parts.push(['decode', 'iso-2022-jp', Buffer.from(a + b + c, 'latin1')])
	const got = ask(parts)
	parts.forEach(([, label, bytes], i) => assert.equal(hex(got[i].text), hex(standard(label, bytes)), JSON.stringify(bytes.toString('latin1'))))
})

// Cut anywhere, and noise: bytes of the ranges that matter to a decoder, in any order.
await test('cut and broken sequences', () => {
	let state = 1
	const roll = n => (state = Math.imul(state, 1103515245) + 12345 >>> 0, (state >>> 16) % n)
	const edges = [0x1B, 0x24, 0x28, 0x42, 0x30, 0x39, 0x3C, 0x40, 0x41, 0x7E, 0x7F, 0x80, 0x81, 0x87, 0x8E, 0x8F, 0xA0, 0xA1, 0xA4, 0xC6, 0xC8, 0xDF, 0xE0, 0xED, 0xF0, 0xF9, 0xFC, 0xFD, 0xFE, 0xFF, 0xD8, 0xDC]
	const requests = []
	for (const label of [...multi, ...single])
		for (let n = 0; n < (multi.includes(label) ? 1500 : 20); n++)
			requests.push(['decode', label, Buffer.from(Array.from({ length: roll(12) }, () => roll(3) ? edges[roll(edges.length)] : roll(256)))])
	const got = ask(requests)
	requests.forEach(([, label, bytes], i) => assert.equal(hex(got[i].text), hex(standard(label, bytes)), `${label}: ${bytes.toString('hex')}`))
})

// iconv-lite: how many of the characters that both know are the same, and the reasons where not. Undefined bytes
// are left out: it writes U+FFFD by rules of its own.
const judge = {
	'GBK': [18, 'the standard has the vertical forms and ideographs of GB 18030-2022, iconv-lite the private ones of 2005'],
	'KOI8-U': [2, "AE and BE are the letters of Belarusian (the standard's index), not lines"],
	'macintosh': [2, "the standard has Apple's later table: the euro sign and the letter omega"],
}
await test('iconv-lite', () => {
	for (const label of ['Big5', 'EUC-JP', 'EUC-KR', 'GBK', 'Shift_JIS', ...single.filter(l => !/user|8-I|x-mac/.test(l))]) {
		const sequences = []
		for (let lead = 0x80; lead < 0x100; lead++) {
			if (single.includes(label))
				sequences.push([lead])
			else
				for (let trail = 0x40; trail < 0x100; trail++)
					sequences.push([lead, trail])
		}
		const differ = []
		const got = ask([['decode', label, Buffer.from(sequences.flatMap(s => [...s, 0x0A]))]])[0].text.split('\n')
		sequences.forEach((s, i) => {
			const theirs = iconv.decode(Buffer.from(s), label)
			if (!/\ufffd/.test(theirs + got[i]) && theirs !== got[i])
				differ.push(`${Buffer.from(s).toString('hex')}: ours ${hex(got[i])}, theirs ${hex(theirs)}`)
		})
		const [most, why] = judge[label] ?? [0, '']
		assert.ok(differ.length === most, `${label}: ${differ.length} differ (${most} known: ${why})\n${differ.slice(0, 12).join('\n')}`)
	}
})

await finish()
