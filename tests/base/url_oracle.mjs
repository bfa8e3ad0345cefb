// SPDX-License-Identifier: Apache-2.0
// Our URL parser against Node's, which follows the same standard, on URLs made from pieces that hurt: what we
// take, Node takes and writes alike; what we refuse and Node takes, we refuse for a reason that url.h names.
import path from 'node:path'
import { assert, binary, finish, run, test } from '../lib/harness.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'url_driver')
let seed = 20260127
const random = n => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor(seed / 4294967296 * n) }
const one = list => list[random(list.length)]
const some = (list, most) => Array.from({ length: random(most + 1) }, () => one(list)).join('')

const schemes = ['http://', 'https://', 'HTTP://', 'hTTps://', 'http:/', 'http:', 'http:///', 'ftp://', '//', 'http:\\\\', 'x:', '']
const hosts = ['example.com', 'EXAMPLE.Com', 'a.b.c', '1.2.3.4', '0x7f.1', '0177.1', '1.2.3', '256', '4294967295', '4294967296', '1.2.3.4.5', '1.2.3.256', '09', 'a.09', 'a.0x', '0x',
	'[::1]', '[::ffff:1.2.3.4]', '[1:2:3:4:5:6:7:8]', '[1:0:0:2:0:0:0:3]', '[::1', '[1::2::3]', '[::1.2.3]', '[12345::]', '[::1%25x]', 'b\u00fccher.de', 'fa\u00df.de', '\uff11\uff12\uff17.0.0.1',
	'127\u30020.0.1', 'xn--bcher-kva.de', 'XN--BCHER-KVA.de', 'xn--', 'xn--a', 'a_b.c', '-a.b', 'a-.b', 'r3---sn-x.y', 'a..b', '.a', 'a.', 'a..', '%61.b', '%2e', '%zz', 'a%00b', 'a%20b', 'a b', 'a<b', 'a|b', 'a^b',
	'a*b', "a'b", '(a)', 'a;b', 'a,b', 'a=b', 'a+b', 'a~b', 'a!b', 'a$b', 'a&b', 'a`b', 'a{b', 'a"b', '\u00ad', 'a\u00adb', '\u200b', '\u65e5\u672c.jp', 'a\u3002b', 'u@h', 'u:p@h', '@h', '']
const ports = ['', '', '', '', ':80', ':443', ':8080', ':0', ':65535', ':65536', ':00080', ':', ':a', ':-1', ':80:80', ':\uff18']
const bits = ['/', '/', 'a', 'B', '.', '..', '%2e', '%2E', '%2f', '%', '%zz', ' ', '\t', '\n', '"', '<', '>', '`', '{', '}', '|', '^', '\\', "'", '~', '[', ']', ':', '@', ';', '=', '&', '+', '$', ',', '!', '*', '(', ')', '\u00e4', '\u20ac', '\ud83d\ude00', '\x00', '\x7f', '/../', '/./', '//']
const tail = () => some(bits, 5) && one(['', '/', '/']) + some(bits, 5) + (random(3) ? '' : '?' + some([...bits, '?'], 5)) + (random(3) ? '' : '#' + some([...bits, '?', '#'], 4))

// The standard took ^ into the path's set of escapes in 2024; Node may be older.
const alike = text => text.replaceAll('%5E', '^')
/** Why url.h refuses what the standard takes; null: no reason. */
function strict(text, href) {
	const t = text.trim()
	const u = new URL(href)
	if (/[\x00-\x20\x7f\\]/.test(t)) return 'blanks, controls, backslashes'
	if (!/^https?:\/\/[^/]/i.test(t)) return 'scheme or slashes'
	if (/^[^/]*\/\/[^/?#]*@/.test(t)) return 'user info'
	if (u.port === '0') return 'port 0'
	if (/^\.|\.\.|^$/.test(u.hostname)) return 'empty label'
	if (u.hostname.replace(/\.$/, '').length > 253) return 'long host'
	if (/[^\x00-\x7f]|%|xn--/i.test(t.split(/[/?#]/)[2])) return 'IDNA 2008'
	return null
}

await test('absolute', () => {
	const texts = Array.from({ length: 40000 }, () => one(random(4) ? schemes.slice(0, 3) : schemes) + one(hosts) + one(ports) + tail())
	const r = run(driver, [], { input: texts.map(t => JSON.stringify([t])).join('\n') + '\n' })
	assert.equal(r.status, 0, r.err)
	const got = r.out.trim().split('\n').map(line => JSON.parse(line))
	assert.equal(got.length, texts.length)
	const wrong = []
	let taken = 0, refused = 0
	texts.forEach((text, i) => {
		let href = null
		try {
			href = new URL(text).href
		} catch {}
		if (got[i][0] !== '!') {
			taken++
			if (href === null || alike(href) !== alike(got[i]))
				wrong.push(`${JSON.stringify(text)}: ${got[i]}, Node ${href}`)
		} else if (href !== null) {
			refused++
			if (!strict(text, href))
				wrong.push(`${JSON.stringify(text)}: ${got[i]}, Node ${href}`)
		}
	})
	assert.deepEqual(wrong.slice(0, 20), [])
	assert.ok(taken > 5000 && refused > 1000, `${taken} taken, ${refused} refused though valid`)
})

await test('pictures', () => {
	const blocks = [[0x2600, 0x27bf], [0x1f1e6, 0x1f1ff], [0x1f300, 0x1f64f], [0x1f680, 0x1f6d7], [0x1f900, 0x1f9ff], [0x1fa70, 0x1fa74], [0x1fa80, 0x1fa86]]
	const all = blocks.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)))
	const label = () => Array.from({ length: 1 + random(12) }, () => one([one(all), one(all), one([...'abcxyz019']), '\ufe0f'])).join('')
	const hosts = [...all.map(c => `${c}.example`), ...Array.from({ length: 3000 }, () => `${label()}.${one(['example', 'b\u00fccher', 'xn--53h'])}`)]
	const r = run(driver, [], { input: hosts.map(h => JSON.stringify([`http://${h}/`])).join('\n') + '\n' })
	assert.equal(r.status, 0, r.err)
	const wrong = []
	r.out.trim().split('\n').forEach((line, i) => {
		let href = '!'
		try {
			href = new URL(`http://${hosts[i]}/`).href
		} catch {}
		const got = JSON.parse(line)
		if (got !== href && !(got[0] === '!' && (href === '!' || href.startsWith('http://.'))) && href.split('/')[2].split('.')[0].length <= 63)
			wrong.push(`${hosts[i]}: ${got}, Node ${href}`)
	})
	assert.deepEqual(wrong.slice(0, 20), [])
})

await test('links', () => {
	const bases = ['http://a.example/b/c/d?q', 'https://a.example', 'http://a.example/?x/y', 'https://a.example/b/']
	const refs = ['', '//h.example', '/', '?', '#', 'http:', 'https:', 'http://h.example', 'HTTPS://H.example/', 'mailto:a', '..', '.', '\\', '/\\h.example', 'a:b', '\t', ' ']
	const rows = Array.from({ length: 40000 }, () => [one(bases), one(refs) + some(bits, 6) + (random(3) ? '' : '?' + some(bits, 3)) + (random(3) ? '' : '#' + some(bits, 3))])
	const r = run(driver, [], { input: rows.map(row => JSON.stringify(row)).join('\n') + '\n' })
	assert.equal(r.status, 0, r.err)
	const got = r.out.trim().split('\n').map(line => JSON.parse(line))
	const wrong = []
	let same = 0
	rows.forEach(([base, ref], i) => {
		let href = null
		try {
			href = new URL(ref, base).href
		} catch {}
		if (got[i] === '!' || href === null)
			return // a link that leads nowhere, one way or the other
		// Ours is written as it was: read by Node it must be the same place.
		let again = null
		try {
			again = new URL(got[i]).href
		} catch {}
		same++
		if (again !== href)
			wrong.push(`${JSON.stringify([base, ref])}: ${JSON.stringify(got[i])}, Node ${href}`)
	})
	assert.deepEqual(wrong.slice(0, 20), [])
	assert.ok(same > 20000, `${same}`)
})
await finish()
