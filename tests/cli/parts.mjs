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
	assert.deepEqual(JSON.parse(convert('--structured').stdout).openGraph, { title: 'T' })
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
