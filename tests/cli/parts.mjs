// SPDX-License-Identifier: Apache-2.0
// Parts of a page, and how its links and images are written, from the command line.
import { spawnSync } from 'node:child_process'
import { assert, binary, finish, start, startOrigin, test } from '../lib/harness.mjs'

const html = `<meta property="og:title" content="T"><h1>Guide</h1><p>A <a href="/x">link</a> <img src="/i.png" alt="sign">.</p>
	<h2 id="install">Install</h2>${'<p>Run these words one after the other.</p>'.repeat(60)}<h2 id="use">Use</h2><p>Go.</p>`
const convert = (...args) => spawnSync(binary, ['convert', '--url', 'https://example.com/', ...args], { input: html, encoding: 'utf8' })

await test('an outline, a section, the beginning', () => {
	const outline = convert('--outline')
	assert.equal(outline.status, 0)
	assert.match(outline.stdout, /^# Guide \(\d+ tokens\)\n## Install \(#install, \d+ tokens\)\n## Use \(#use, \d+ tokens\)\n\d+ tokens in all\n$/)
	for (const name of ['#use', 'use', 'guide > use', 'css:#use, #use + p'])
		assert.equal(convert('--section', name).stdout, '## Use\n\nGo.\n', name)
	const cut = convert('--max-tokens', '300').stdout
	assert.match(cut, /^# Guide\n[^]*one after the other\.\n\n\[cut here: \d+ of \d+ tokens shown; a larger --max-tokens, or --outline and --section, show more\]\n$/)
	assert.doesNotMatch(cut, /## Use/)
	assert.match(convert('--max-tokens', '3000').stdout, /## Use\n\nGo\.\n$/)
	assert.equal(convert('--section', '#use', '--outline').stdout.split('\n')[0].startsWith('## Use (#use, '), true)
})

// What each word writes, by both commands: one converts what it is given, the other fetches it.
await test('each word of links and images, converted and scraped', async () => {
	const origin = await startOrigin((q, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(html))
	const scrape = async (...args) => {
		const child = start(binary, ['scrape', `${origin.url}/`, '--allow-targets', origin.host, ...args])
		return { status: await child.ended, stdout: child.out, stderr: child.err }
	}
	for (const [base, run] of [['https://example.com', convert], [origin.url, scrape]]) {
		const inline = `A [link](${base}/x)`, picture = `![sign](${base}/i.png)`
		for (const [args, markdown] of [
			[[], `${inline} ${picture}.\n`],
			[['--links', 'inline', '--images', 'inline'], `${inline} ${picture}.\n`],
			[['--links', 'references'], `A [link][1] ${picture}.\n\n[1]: ${base}/x\n`],
			[['--links', 'none'], `A link ${picture}.\n`],
			[['--images', 'alt'], `${inline} sign.\n`],
			[['--images', 'none'], `${inline} .\n`],
			[['--links=none', '--images=none'], 'A link .\n'],
		]) {
			const ran = await run('--section', 'css:h1 + p', ...args)
			assert.equal(ran.stdout, markdown, `${args} ${ran.stderr}`)
		}
	}
	const cut = (await scrape('--format', 'html', '--max-tokens', '200')).stdout
	assert.match(cut, /^<meta property[^]*\n<!-- cut here: \d+ of \d+ tokens shown; a larger --max-tokens shows more -->\n$/)
	assert.ok(html.startsWith(cut.slice(0, cut.indexOf('\n<!-- cut'))))
	const both = (await scrape('--format', 'both', '--max-tokens', '200')).stdout
	assert.match(both, /^# Guide[^]*\n\[cut here: \d+ of \d+ tokens shown; a larger --max-tokens shows more\]\n$/)
	assert.equal((await scrape('--format', 'html')).stdout.trim(), html)
	const refused = await scrape('--format', 'html', '--outline')
	assert.equal(refused.status, 1)
	assert.match(refused.stderr, /outline goes with format markdown alone/)
	await origin.stop()
})

await test('structured data in place of the text', () => {
	const all = convert('--structured')
	assert.deepEqual(JSON.parse(all.stdout).openGraph, { title: 'T' })
	assert.equal(all.stderr, '')
})

// The limit holds what is printed, and where it left something out that is said: by both commands.
await test('structured data within --max-tokens', async () => {
	const rows = Array.from({ length: 900 }, (_, i) => `<tr><td>row ${i}<td>value ${i}`).join('')
	const page = `<meta property="og:title" content="T"><p>Words.</p><table><tr><th>name<th>value${rows}</table>`
	const left = /data was left out \("cut": true\): a larger --max-tokens may show more/
	const origin = await startOrigin((q, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end(page))
	const converted = (...args) => spawnSync(binary, ['convert', ...args], { input: page, encoding: 'utf8' })
	const scraped = async (...args) => {
		const child = start(binary, ['scrape', `${origin.url}/`, '--allow-targets', origin.host, ...args])
		return { status: await child.ended, stdout: child.out, stderr: child.err }
	}
	for (const run of [converted, scraped]) {
		const cut = await run('--structured', '--max-tokens', '400')
		assert.equal(cut.status, 0)
		assert.ok(cut.stdout.length > 600 && cut.stdout.length < 1600, `${cut.stdout.length}`)
		const data = JSON.parse(cut.stdout)
		assert.equal(data.cut, true)
		assert.deepEqual(data.openGraph, { title: 'T' })
		assert.deepEqual(data.tables[0].rows[0], ['row 0', 'value 0'])
		assert.match(cut.stderr, left)
		const whole = await run('--structured', '--max-tokens', '100000')
		assert.equal(JSON.parse(whole.stdout).tables[0].rows.length, 900)
		assert.doesNotMatch(whole.stderr, left)
	}
	const both = JSON.parse((await scraped('--structured', '--json', '--max-tokens', '400')).stdout)
	assert.equal(both.metadata?.structured?.cut ?? both.structured?.cut, true)
	assert.ok(JSON.stringify(both.metadata?.structured ?? both.structured).length + both.markdown.length < 1600)
	assert.match(both.markdown, /cut here/)
	await origin.stop()
})

await test('bad options are named, with what is accepted', () => {
	for (const [args, status, said] of [
		[['--links', 'all'], 2, /--links must be inline, references or none/],
		[['--images', 'all'], 2, /--images must be inline, alt or none/],
		[['--max-tokens', '199'], 2, /--max-tokens must be a whole number from 200 to 1000000/],
		[['--max-tokens', 'x'], 2, /--max-tokens/],
		[['--section', 'css:p['], 2, /section: css: position/],
		[['--section', ' '], 2, /section: an anchor/],
		[['--section', '#usee'], 1, /section: the page has no "usee"; nearest: #use \(Use\)/],
		[['--outline', '--structured'], 2, /--outline or --structured/],
		[['--explain'], 2, /--explain needs --only-main/],
		[['--explain', '--only-main', '--outline'], 2, /one of --explain, --outline and --structured/],
	]) {
		const ran = convert(...args)
		assert.equal(ran.status, status, `${args}: ${ran.stderr}`)
		assert.match(ran.stderr, said)
	}
	const scrape = spawnSync(binary, ['scrape', 'https://example.com', '--images', 'all'], { encoding: 'utf8' })
	assert.equal(scrape.status, 2)
	assert.match(scrape.stderr, /--images must be inline, alt or none/)
})

await finish()
