// SPDX-License-Identifier: Apache-2.0
// Long pages as an agent reads them: cut at 10,000 tokens unless it says otherwise, gone on with by cursor
// from the page as it was fetched, looked over by outline and read by section; and each bad argument named.
import http from 'node:http'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { assert, finish, onFinish, send, startScraped, test } from '../lib/harness.mjs'

let fetches = 0
const chapter = i => `<h2 id="c${i}">Chapter ${i}</h2>${`<p>${`Word number ${i} of a long story. `.repeat(12)}</p>`.repeat(10)}`
const table = `<table class="much"><tr><th>A<th>B${'<tr><td>cell of the row<td>another cell'.repeat(1500)}</table>`
const figures = `<table class="much"><tr><th>A<th>B<th>C${'<tr><td>1<td>2<td>3'.repeat(1500)}</table>`
const origin = http.createServer((q, res) => {
	fetches++
	res.writeHead(200, { 'Content-Type': 'text/html' })
	res.end(`<meta property="og:title" content="Story"><nav><a href="/x">Menu</a></nav><main><h1>Story ${fetches}</h1>
		<p><a href="/next">Next</a> <img src="/i.png" alt="sign"></p>${Array.from({ length: 30 }, (_, i) => chapter(i)).join('')}</main>${{ '/table': table, '/figures': figures }[q.url] ?? ''}`)
})
await new Promise(done => origin.listen(0, '127.0.0.1', done))
onFinish(() => origin.close())
const url = `http://127.0.0.1:${origin.address().port}/story`

const reader = settings => async args => {
	const scraped = await settings
	const answer = await send(`${scraped.url}/mcp`, {
		headers: { Authorization: `Bearer ${scraped.key}`, Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2025-06-18' },
		body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'scrape_url', arguments: { url, ...args } } },
	})
	return JSON.parse(answer.text.replace(/^(?:event: .*\n)?data: /, '')).result
}
const allow = { SCRAPED_ALLOW_TARGETS: `127.0.0.1:${origin.address().port}` }
const scrape = reader(startScraped({ env: allow }))
const uncached = reader(startScraped({ env: { ...allow, SCRAPED_CACHE_BYTES: 'off', SCRAPED_MCP_MAX_TOKENS: '2000' } }))

/** All parts from the first on, without their last lines. */
async function read(how, args) {
	const parts = []
	for (let cursor; parts.length < 50;) {
		const { structuredContent: page, content } = await how({ ...args, ...(cursor ? { cursor } : {}) })
		assert.ok(content[0].text.endsWith(page.markdown))
		cursor = page.next_cursor
		if (!cursor)
			return [...parts, page.markdown]
		const [, body, said] = /^(.*)\n\[cut here: \d+ of \d+ tokens shown; go on with cursor "(.*)"\]\n$/s.exec(page.markdown)
		assert.equal(said, cursor)
		parts.push(body)
	}
	throw new Error('no end')
}

for (const [name, how, args, least] of [['10,000 tokens', scrape, {}, 2], ['max_tokens', scrape, { max_tokens: 3000 }, 6], ['a setting, without a cache', uncached, {}, 10]])
	await test(`parts of ${name} are one page`, async () => {
		const whole = (await how({ max_tokens: 1000000 })).structuredContent.markdown
		const before = fetches
		const parts = await read(how, args)
		assert.ok(parts.length >= least, `${parts.length} parts`)
		assert.ok(fetches - before <= 1)
		assert.equal(parts.join('\n').replace(/# Story \d+/, ''), whole.replace(/# Story \d+/, ''))
	})

await test('HTML comes in parts, alone and behind the Markdown', async () => {
	for (const format of ['html', 'both']) {
		const whole = (await uncached({ format, max_tokens: 1000000 })).structuredContent
		const got = { markdown: [], html: [] }
		for (let cursor, n = 0; n === 0 || cursor; n++) {
			assert.ok(n < 60)
			// the format counts for the first part alone; an agent may say it again, or not
			const { structuredContent: page, content } = await uncached(cursor ? { cursor, ...(n % 2 ? { format } : {}) } : { format })
			const text = content[0].text
			assert.ok(text.length < 2000 * 6, `${text.length} characters`)
			cursor = page.next_cursor
			if (cursor)
				assert.ok(text.endsWith(`go on with cursor "${cursor}"${page.html ? ' -->' : ']'}\n`), text.slice(-200))
			if (page.markdown)
				got.markdown.push(page.html ? page.markdown : page.markdown.replace(/\n\[cut here: [^\n]*\]\n$/, ''))
			if (page.html)
				got.html.push(page.html.replace(/\n<!-- cut here: \d+ of \d+ tokens shown; go on with cursor "[\w-]+" -->\n$/, ''))
		}
		const same = text => text?.replace(/Story \d+/g, 'Story')
		assert.equal(same(got.html.join('')), same(whole.html))
		assert.equal(same(got.markdown.join('\n') || undefined), same(whole.markdown))
		assert.ok(got.html.length > 8)
		for (const part of got.html.slice(1))
			assert.match(part, /^<(h2|p|meta|nav|main)\b/)
	}
})

await test('an outline, and the section it leads to', async () => {
	const { structuredContent: page, content } = await scrape({ outline: true })
	assert.equal(page.outline.length, 31)
	assert.deepEqual([page.outline[1].level, page.outline[1].text, page.outline[1].anchor], [2, 'Chapter 0', 'c0'])
	assert.match(content[0].text, /^## Chapter 7 \(#c7, \d+ tokens\)$/m)
	assert.equal(page.markdown, undefined)
	const section = (await scrape({ section: '#c7' })).structuredContent.markdown
	assert.match(section, /^## Chapter 7\n\nWord number 7 /)
	assert.doesNotMatch(section, /Chapter 8/)
	const perToken = section.length / page.outline[8].tokens
	assert.ok(perToken > 3 && perToken < 5, `${perToken} characters a token`)
})

await test('each word of links and images', async () => {
	const here = new URL(url).origin, section = 'css:h1 + p'
	const inline = `[Next](${here}/next)`, picture = `![sign](${here}/i.png)`
	for (const [args, markdown] of [
		[{}, `${inline} ${picture}\n`],
		[{ links: 'inline', images: 'inline' }, `${inline} ${picture}\n`],
		[{ links: 'references' }, `[Next][1] ${picture}\n\n[1]: ${here}/next\n`],
		[{ links: 'none' }, `Next ${picture}\n`],
		[{ images: 'alt' }, `${inline} sign\n`],
		[{ images: 'none' }, `${inline}\n`],
		[{ links: 'none', images: 'none' }, 'Next\n'],
	])
		assert.equal((await scrape({ section, ...args })).structuredContent.markdown, markdown, JSON.stringify(args))
})

await test('only_main and structured', async () => {
	const text = async args => (await scrape({ max_tokens: 300, ...args })).content[0].text
	assert.match(await text({}), /Menu/)
	assert.doesNotMatch(await text({ only_main: true }), /Menu/)
	assert.match(await text({ structured: true }), /"openGraph":\{"title":"Story"\}/)
	assert.deepEqual((await scrape({ structured: true })).structuredContent.metadata.structured, { openGraph: { title: 'Story' } })
})

// counted by the tokenizer that is estimated; JSON of figures has two bytes a token, of words more than three
for (const [what, least] of [['table', 20000], ['figures', 12000]])
	await test(`structured data and text are within max_tokens together: ${what}`, async () => {
		const sizes = []
		for (const max_tokens of [200, 1000, 4000, 100000]) {
			const page = (await scrape({ url: url.replace('story', what), structured: true, max_tokens, section: 'css:.much' })).structuredContent
			const { structured } = page.metadata, json = JSON.stringify(structured)
			const tokens = encode(json).length, text = encode(page.markdown).length
			assert.ok(tokens <= max_tokens * 0.75, `${tokens} of ${max_tokens}`)
			assert.ok(tokens + text <= max_tokens * 1.05, `${tokens} and ${text} of ${max_tokens}`)
			assert.ok(text > max_tokens / 8 || !page.next_cursor, `${text} of ${max_tokens}`)
			assert.equal(structured.cut, max_tokens < 100000 ? true : undefined)
			assert.equal(structured.openGraph.title, 'Story')
			sizes.push(json.length)
		}
		assert.ok(sizes[3] > least, `${sizes}`)
	})

await test('bad arguments are named, with what is accepted', async () => {
	for (const [args, said] of [
		[{ max_tokens: 199 }, /max_tokens.*200/], [{ max_tokens: 'all' }, /max_tokens/], [{ links: 'all' }, /links must be .*references/],
		[{ images: 1 }, /images must be/], [{ outline: 'yes' }, /outline must be true or false/], [{ cursor: 'x' }, /cursor: not one of ours/],
		[{ cursor: 'A'.repeat(43) }, /cursor: it is too old/], [{ cursor: 'A'.repeat(101) }, /cursor/], [{ section: '#c99' }, /section: the page has no "c99"; nearest: #c9/],
		[{ section: 'css:p..x' }, /section: css: position/], [{ section: 'x', format: 'html' }, /section goes with format markdown/],
	]) {
		const result = await scrape(args)
		assert.equal(result.isError, true, JSON.stringify(args))
		assert.match(result.content[0].text, said)
		assert.match(result.content[0].text, /INVALID_REQUEST/)
	}
})

await finish()
