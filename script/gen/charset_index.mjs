// SPDX-License-Identifier: Apache-2.0
// Prints src/page/charset_index_gen.c: the indexes of the multi-byte encodings of the WHATWG Encoding Standard (section
// 5), read back from @exodus/bytes, a decoder that follows the standard to the letter:
//	node script/gen/charset_index.mjs >src/page/charset_index_gen.c
import { createRequire } from 'node:module'
const { TextDecoder } = await import(createRequire(new URL('../../tests/package.json', import.meta.url)).resolve('@exodus/bytes/encoding.js'))

/** The code point of each pointer, 0 where there is none; bytesOf(pointer) is its sequence. */
function index(label, size, bytesOf) {
	const decoder = new TextDecoder(label)
	return Array.from({ length: size }, (_, pointer) => {
		const text = decoder.decode(Uint8Array.from(bytesOf(pointer))), point = text.codePointAt(0)
		return point !== 0xFFFD && text.length === String.fromCodePoint(point).length ? point : 0
	})
}
const div = (pointer, n) => [Math.floor(pointer / n), pointer % n]

const jis0208 = index('shift_jis', 11104, pointer => {
	const [lead, trail] = div(pointer, 188)
	return [lead + (lead < 0x1F ? 0x81 : 0xC1), trail + (trail < 0x3F ? 0x40 : 0x41)]
}).map((point, pointer) => pointer >= 8836 && pointer <= 10715 ? 0 : point) // the decoder's own range
const jis0212 = index('euc-jp', 94 * 94, pointer => [0x8F, 0xA1 + div(pointer, 94)[0], 0xA1 + div(pointer, 94)[1]])
const eucKr = index('euc-kr', 126 * 190, pointer => [0x81 + div(pointer, 190)[0], 0x41 + div(pointer, 190)[1]])
const gb18030 = index('gb18030', 126 * 190, pointer => {
	const [lead, trail] = div(pointer, 190)
	return [0x81 + lead, trail + (trail < 0x3F ? 0x40 : 0x41)]
})
const big5 = index('big5', 126 * 157, pointer => {
	const [lead, trail] = div(pointer, 157)
	return [0x81 + lead, trail + (trail < 0x3F ? 0x40 : 0x62)]
})
const ranges = []
index('gb18030', 39420, pointer => {
	const [a, rest] = div(pointer, 12600), [b, more] = div(rest, 1260), [c, d] = div(more, 10)
	return [0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d]
}).forEach((point, pointer) => {
	const last = ranges.at(-1)
	if (!last || point - pointer !== last[1] - last[0])
		ranges.push([pointer, point])
})

function table(name, points, about) {
	console.log(`\n/* ${about} */\nconst uint16_t ${name}[${points.length}] = {`)
	for (let at = 0; at < points.length; at += 24)
		console.log(points.slice(at, at + 24).map(point => `${point & 0xFFFF},`).join(''))
	console.log('};')
}

console.log(`/* SPDX-License-Identifier: Apache-2.0 */
/* Written by script/gen/charset_index.mjs from the indexes of the Encoding Standard: do not edit. */
#include "page/charset_multi.h"

/* clang-format off */`)
table('charset_jis0208', jis0208, 'by row and cell; from 8836 on the rows that only Shift_JIS reaches')
table('charset_jis0212', jis0212, 'by row and cell')
table('charset_euc_kr', eucKr, 'by lead and trail')
table('charset_gb18030', gb18030, 'by lead and trail')
table('charset_big5', big5, 'by lead and trail; the low half of a code point of plane 2 where charset_big5_wide has a bit')
const wide = Array(Math.ceil(big5.length / 8)).fill(0)
big5.forEach((point, i) => { wide[i >> 3] |= (point >> 16 ? 1 : 0) << (i & 7) })
console.log(`\nconst uint8_t charset_big5_wide[${wide.length}] = {`)
for (let at = 0; at < wide.length; at += 32)
	console.log(wide.slice(at, at + 32).map(bits => `${bits},`).join(''))
console.log('};\n\n/* Of four bytes: where a run of code points begins; ends with a run that has none. */')
console.log(`const struct charset_range charset_gb18030_ranges[CHARSET_RANGES] = {`)
for (let at = 0; at < ranges.length; at += 6)
	console.log(ranges.slice(at, at + 6).map(([pointer, point]) => `{ ${pointer}, ${point} },`).join(' '))
console.log('{ 39420, 0 },\n};')
if (ranges.length !== 207 && ranges.length !== 208)
	console.error(`${ranges.length} ranges: CHARSET_RANGES of page/charset_multi.h has to be ${ranges.length + 1}`)
