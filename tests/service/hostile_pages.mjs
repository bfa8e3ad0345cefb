// SPDX-License-Identifier: Apache-2.0
// Pages that mean harm, through the whole service: each is answered with its code and by its deadline, health is answered
// meanwhile, and none holds up a small page for long.
import http from 'node:http'
import zlib from 'node:zlib'
import { assert, finish, startOrigin, startScraped, test } from '../lib/harness.mjs'
import { crowd, gauges, judgeLog, quiet, scrape, show, watchHealth } from './watch.mjs'

const MB = 1 << 20
const fill = (piece, bytes) => piece.repeat(Math.floor(bytes / piece.length))
const attrs = n => Array.from({ length: n }, (_, i) => `a${i}="${i}"`).join(' ')
const html = body => ({ body: `<!doctype html><title>t</title><h1>head</h1>${body}` })
const gzip = (body, level = 9) => ({ headers: { 'Content-Encoding': 'gzip' }, body: zlib.gzipSync(body, { level }) })
const repeat = (r, piece) => {
	const more = () => {
		while (!r.destroyed && r.write(piece))
			;
	}
	r.on('drain', more)
	more()
}
const drip = (r, piece, ms) => {
	const timer = setInterval(() => r.write(piece), ms)
	r.on('close', () => clearInterval(timer))
}

// name: [what the origin does, error code or null, timeoutMs, more checks of the result]
const cases = {
	gzip_bomb: [{ ...gzip(Buffer.alloc(100 * MB)) }, 'FETCH_FAILED'],
	gzip_page_of_9_mb: [gzip(`<p>${fill('word ', 9 * MB)}`), null],
	formatting_packed: [gzip(`<!doctype html><h1>head</h1>${fill('<p><b>', 10 * MB - 200)}`), null],
	gzip_twice: [{ headers: { 'Content-Encoding': 'gzip, gzip' }, body: zlib.gzipSync(zlib.gzipSync('x')) }, 'FETCH_FAILED'],
	not_gzip: [{ headers: { 'Content-Encoding': 'gzip' }, body: '<p>plain' }, 'FETCH_FAILED'],
	endless: [{ run: r => repeat(r, fill('<p>more', 65536)) }, 'FETCH_FAILED'],
	endless_and_slow: [{ run: r => drip(r, '<p>x', 20) }, 'TIMEOUT', 700],
	silent: [{ run: () => {} }, 'TIMEOUT', 300],
	cut_off: [{ run: r => { r.write('<p>half'); setTimeout(() => r.socket.destroy(), 20) } }, 'FETCH_FAILED'],
	length_lies: [{ headers: { 'Content-Length': 9000 }, run: r => { r.write('<p>x'); setTimeout(() => r.socket.destroy(), 20) } }, 'FETCH_FAILED'],
	deep_divs: [html(fill('<div>', 5 * 100000) + 'bottom'), null],
	deep_quotes: [html(fill('<blockquote>', 12 * 100000) + 'bottom'), null],
	deep_lists: [html(fill('<ul><li>x', 9 * 50000)), null],
	deep_inline: [html(fill('<b><i><a href=x>', 15 * 30000) + 'bottom'), null],
	deep_tables: [html(fill('<table><tr><td>', 15 * 20000)), null],
	deep_svg: [html(fill('<svg><math>', 11 * 30000)), null],
	templates: [html(fill('<template>', 10 * 50000)), null],
	attributes: [html(`<p ${attrs(50000)}>text</p>`), null],
	html_attributes: [html(Array.from({ length: 20000 }, (_, i) => `<html a${i}=1><body b${i}=1>`).join('')), null],
	formatting: [html(fill('<p><b>', 10 * MB - 200)), null],
	stray_ends: [html(fill('</p></br>', 4 * MB)), null],
	fostered: [html(`<table>${fill('<b>x<tr>', 4 * MB)}`), null],
	links: [html(fill('<a href=/x>l</a>', 4 * MB)), null],
	entities: [html(fill('&notit;&#x110000;&CounterClockwiseContourIntegral;', 4 * MB)), null],
	brackets: [html(`<p>${fill('[](*_`<!--', 5 * MB)}`), null],
	spans: [html(`<table>${fill('<tr><td colspan=1000 rowspan=65534>x', 1 * MB)}`), null],
	one_attribute: [html(`<img alt="${fill('x', 8 * MB)}" src=x>`), null],
	one_comment: [html(`<!--${fill('-', 4 * MB)}`), null],
	one_script: [html(`<script>${fill('<!--<script>', 4 * MB)}`), null],
	json_ld: [html(`<script type="application/ld+json">${fill('[', MB)}</script>`), null],
	one_line: [html(fill('x', 4 * MB)), null],
	entity_bomb: [html(`<!DOCTYPE x [<!ENTITY a "${fill('b', 1000)}"><!ENTITY c "${fill('&a;', 3000)}">]>&c;`), null],
	nothing: [{ body: '' }, null],
	zeros: [{ body: Buffer.alloc(5 * MB) }, null],
	nul_between: [{ body: '<h1>a\0b</h1><p>c\0\0d<a href="x\0y">e</a>' }, null, undefined, r => assert.ok(!r.markdown.includes('\0'))],
	wrong_charset: [{ type: 'text/html; charset=utf-16', body: Buffer.from('<p>gr\xfc\xdfe</p>', 'latin1') }, null],
	unknown_charset: [{ type: 'text/html; charset=klingon', body: '<p>grüße</p>' }, null, undefined, r => assert.match(r.markdown, /grüße/)],
	broken_utf8: [{ type: 'text/html; charset=utf-8', body: Buffer.from([0x3c, 0x70, 0x3e, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x41]) }, null, undefined, r => assert.match(r.markdown, /A\n$/)],
	utf7: [{ type: 'text/html; charset=utf-7', body: '+ADw-script+AD4-' }, null],
	long_charset: [{ type: `text/html; charset=${fill('x', 5000)}`, body: '<p>x' }, null],
	binary: [{ body: Buffer.from(Array.from({ length: 65536 }, (_, i) => (i * 7919) & 255)) }, null],
	pdf: [{ type: 'application/pdf', run: r => repeat(r, fill('%PDF', 65536)) }, 'NON_HTML_RESPONSE'],
	no_type: [{ type: null, body: Buffer.from([1, 2, 3, 4]) }, 'NON_HTML_RESPONSE'],
	error_page: [{ status: 500, run: r => repeat(r, fill('x', 65536)) }, 'FETCH_FAILED'],
	no_content: [{ status: 204, body: '' }, null],
	circle: [{ status: 302, headers: { Location: '/circle' }, body: '' }, 'FETCH_FAILED'],
	to_a_file: [{ status: 302, headers: { Location: 'file:///etc/passwd' }, body: '' }, 'UNSUPPORTED_SCHEME'],
	to_itself_inside: [{ status: 302, headers: { Location: 'http://169.254.169.254/latest' }, body: '' }, 'PRIVATE_NETWORK_TARGET'],
	to_nonsense: [{ status: 302, headers: { Location: 'http://[::' }, body: '' }, 'FETCH_FAILED'],
	long_redirect: [{ status: 302, headers: { Location: `/${fill('x', 10000)}` }, body: '' }, 'FETCH_FAILED'],
	many_headers: [{ headers: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`x-${i}`, fill('y', 200)])), body: '<p>x' }, null],
	long_header: [{ headers: { 'X-Long': fill('y', 100000) }, body: '<p>x' }, 'FETCH_FAILED'],
}

const origin = await startOrigin((q, r) => {
	const [, name] = q.url.split('/')
	const [how] = cases[name] ?? [html('<p>small</p>')]
	r.on('error', () => {})
	const type = how.type === undefined ? 'text/html' : how.type
	r.writeHead(how.status ?? 200, { ...(type ? { 'Content-Type': type } : {}), ...how.headers })
	if (how.run) {
		r.flushHeaders()
		how.run(r)
	} else {
		r.end(how.body)
	}
})
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host, SCRAPED_FETCH_PER_HOST: 'off' } })
const read = gauges(scraped)
const health = watchHealth(scraped.port)
const ask = (name, timeoutMs = 120000) => scrape(scraped, { urls: [`${origin.url}/${name}`], format: 'both', config: { timeoutMs, noCache: true } })

const big = Object.keys(cases).filter(name => cases[name][0].body?.length > MB || name === 'gzip_page_of_9_mb')
for (const [name, [, code, timeoutMs, more]] of Object.entries(cases))
	await test(name, async () => {
		const { status, json, text, broken } = await ask(name, timeoutMs)
		assert.equal(broken, undefined)
		if (status === 413) { // both formats together are longer than an answer may be
			assert.ok(big.includes(name), text)
			return
		}
		assert.ok(json?.result, text.slice(0, 300))
		assert.equal(json.error?.code ?? null, code, `${status} ${text.slice(0, 300)}`)
		assert.equal(json.result.status, code ? 'error' : 'success')
		more?.(json.result)
	})

// The order in which they come back tells it, whatever the machine's speed.
for (const [name, pages] of Object.entries({
	large_pages_do_not_hold_up_small_ones: ['formatting', 'fostered', 'stray_ends', 'links', 'brackets', 'entities', 'formatting', 'fostered'],
	nor_those_that_came_packed: Array(8).fill('formatting_packed'),
}))
	await test(name, async () => {
		const order = []
		const agent = new http.Agent({ keepAlive: true })
		const run = page => scrape(scraped, { urls: [`${origin.url}/${page}`], config: { noCache: true } }, { agent })
			.then(a => { order.push(page); return a })
		const large = pages.map(run)
		const answers = await crowd(20, 2, i => run(`small/${i}`))
		for (const a of answers)
			assert.equal(a.status, 200, a.text)
		await Promise.all(large)
		agent.destroy()
		const last = order.findLastIndex(page => page.startsWith('small/'))
		assert.ok(order.length - 1 - last >= 4, `the small ones came last: ${order.join(' ')}`)
	})

await test('afterwards', async () => {
	console.log(`# health: ${show(await health.stop())}`)
	await quiet(read)
	await scraped.stop()
	judgeLog(scraped.child.err, [scraped.key])
})
await finish()
