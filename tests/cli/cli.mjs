// SPDX-License-Identifier: Apache-2.0
// The command line: help, exit codes, what goes to which stream, and the commands that need no server beside them.
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, createKey, end, finish, freePort, pythonDocs, run, send, skip, start, startNginx, startOrigin, startScraped, tempDir, test, until } from '../lib/harness.mjs'

const cli = (args, options) => run(binary, args, options)
const commands = ['serve', 'scrape', 'convert', 'mcp', 'key create', 'key list', 'key revoke', 'user add', 'user passwd', 'user list',
	'user disable', 'user enable', 'user role', 'user invite', 'doctor', 'config']

await test('version and help', () => {
	assert.match(cli(['--version']).out, /^scraped \d+\.\d+\.\d+\n$/)
	const help = cli(['--help'])
	assert.equal(help.status, 0)
	for (const name of commands) {
		assert.ok(help.out.includes(`  ${name} `), name)
		for (const line of [[...name.split(' '), '--help'], ['help', ...name.split(' ')]]) {
			const r = cli(line)
			assert.equal(r.status, 0, name)
			assert.ok(r.out.startsWith(`usage: scraped ${name} [OPTION...]`), r.out)
			assert.equal(r.err, '')
		}
	}
})

// arguments, exit status, what stderr says
const wrong = [
	[[], 2, /usage: scraped COMMAND/],
	[['frob'], 2, /there is no command "frob"/],
	[['--frob'], 2, /usage/],
	[['scrape'], 2, /missing argument: URL/],
	[['scrape', 'https://a.example', 'https://b.example'], 2, /one argument too many: https:\/\/b\.example/],
	[['scrape', '--frob', 'https://a.example'], 2, /unknown option --frob/],
	[['scrape', '--format'], 2, /wrong use of option --format/],
	[['scrape', '--format', 'pdf', 'https://a.example'], 2, /--format must be markdown, html or both/],
	[['scrape', '--timeout-ms', '0', 'https://a.example'], 2, /--timeout-ms must be a whole number from 1 to 120000/],
	[['scrape', '--timeout-ms=120001', 'https://a.example'], 2, /--timeout-ms/],
	[['scrape', '--user-agent=robot', 'https://a.example'], 2, /--user-agent must be default, mobile or tablet/],
	[['scrape', 'not a url'], 1, /INVALID_URL/],
	[['scrape', 'ftp://a.example/'], 1, /UNSUPPORTED_SCHEME/],
	[['scrape', 'http://127.0.0.1/'], 1, /PRIVATE_NETWORK_TARGET/],
	[['scrape', 'http://[::ffff:10.0.0.1]/'], 1, /PRIVATE_NETWORK_TARGET/],
	[['convert', '/no/such/file'], 1, /\/no\/such\/file: No such file/],
	[['convert', '--bench'], 2, /--bench needs at least one FILE/],
	[['convert', '--profile'], 2, /--profile goes with --bench/],
	[['convert', '--explain'], 2, /--explain needs --only-main/],
	[['convert', '--only-main=yes'], 2, /wrong use of option --only-main/],
	[['config', '--rate-per-minute', 'many'], 2, /setting rate_per_minute \(flag\): "many" is not a whole number from 0 to 1000000, or off/],
	[['config', '--log-level', 'loud'], 2, /setting log_level: "loud" is not debug, info, warn, error or off/],
	[['key', 'revoke'], 2, /missing argument: ID/],
	[['key', 'create', '--scopes', 'scrape,fly'], 2, /--scopes: .*fly/],
	[['serve', '--listen', 'nonsense'], 3, /listen/],
	[['serve', '--listen', '0.0.0.0:0'], 3, /tls_cert|behind_proxy/],
	[['serve', '--allow-targets', '10.0.0.0/99'], 3, /allow_targets/],
]
await test('wrong lines are told on stderr, with a fitting status', () => {
	const env = { SCRAPED_DATA: path.join(tempDir(), 'data') }
	for (const [args, status, words] of wrong) {
		const r = cli(args, { env })
		assert.equal(r.status, status, `${args.join(' ')}: ${r.status} ${r.err}`)
		assert.match(r.err, words)
		assert.equal(r.out, '', args.join(' '))
	}
})

await test('a setting comes from flag, environment, file, default, in that order', () => {
	const file = path.join(tempDir(), 'conf')
	fs.writeFileSync(file, 'desk_queue = 7\nllm_key = very-secret\nidle-timeout-ms = 5s\n')
	const env = { SCRAPED_CONFIG: file, SCRAPED_DESK_QUEUE: '8' }
	const r = cli(['config', '--desk-queue=9'], { env })
	assert.match(r.out, /# from: flag; .*\ndesk_queue = 9\n/)
	assert.match(cli(['config'], { env }).out, /# from: environment; .*\ndesk_queue = 8\n/)
	assert.match(r.out, /# from: file; .*\nidle_timeout_ms = 5000\n/)
	assert.match(r.out, /# from: default\nlisten = 127\.0\.0\.1:8080\n/)
	assert.match(r.out, /llm_key = \(set\)\n/)
	assert.ok(!r.out.includes('very-secret'))
	assert.equal(cli(['config'], { env: { SCRAPED_NO_SUCH: '1' } }).status, 2)
})

await test('convert reads standard input or a file', () => {
	const html = '<title>t</title><h1>A</h1><p>b <a href="c">d</a></p>'
	const want = '# A\n\nb [d](https://x.example/c)\n'
	assert.equal(cli(['convert', '--url', 'https://x.example/y'], { input: html }).out, want)
	assert.equal(cli(['convert'], { input: html }).out, '# A\n\nb [d](c)\n')
	const file = path.join(tempDir(), 'page.html')
	fs.writeFileSync(file, html)
	assert.equal(cli(['convert', '--url=https://x.example/y', file]).out, want)
	assert.equal(cli(['convert'], { input: '' }).status, 0)
	const main = cli(['convert', '--only-main'], { input: `<nav><a href=/>Home</a></nav><article>${'<p>Words of the story that goes on and on.</p>'.repeat(20)}</article>` })
	assert.ok(main.out.includes('Words of the story') && !main.out.includes('Home'))
})

await test('convert --explain says why', () => {
	const html = `<nav><p>Home</p></nav><article>${'<p>Words of the story that goes on and on.</p>'.repeat(20)}</article>`
	const r = cli(['convert', '--only-main', '--explain'], { input: html })
	assert.match(r.out, /^kind: article \(/)
	assert.match(r.out, /^article: article\[2\], 180 of 181 words/m)
	assert.match(r.out, /^drop {2}1 words, 0 % links, score -4\.00, frame\n {6}nav\[1\] > p\[1\]: Home$/m)
	assert.match(r.out, /^keep {2}9 words.*\n {6}article\[2\] > p\[20\]: Words of the story/m)
	assert.equal(r.out.includes('\n\n'), false)
})
await test('convert --bench ends with figures', () => {
	const file = path.join(tempDir(), 'page.html')
	fs.writeFileSync(file, '<p>x</p>'.repeat(1000))
	const r = cli(['convert', '--bench', file, file])
	const figures = JSON.parse(r.out.trim().split('\n').pop())
	assert.equal(figures.bytes, 16000)
	assert.ok(figures.seconds > 0 && figures.rss > 0)
	const profile = cli(['convert', '--bench', '--profile', file, file]).out
	for (const line of [/^parse +[\d.]+ +\d+ +[\d.]+$/m, /^write +[\d.]+ +\d+ +[\d.]+$/m, /^4008 nodes, 0 attributes/m])
		assert.match(profile, line)
	assert.equal(JSON.parse(profile.trim().split('\n').pop()).bytes, 16000)
})

await test('scrape prints a real page', async () => {
	const root = pythonDocs()
	if (!root)
		skip('python3-doc is not installed')
	const nginx = await startNginx({ root })
	const env = { SCRAPED_ALLOW_TARGETS: nginx.host }
	const url = `${nginx.url}/library/json.html`
	const markdown = cli(['scrape', url], { env })
	assert.equal(markdown.status, 0, markdown.err)
	assert.match(markdown.out, /^#.*json/m)
	assert.match(markdown.out, /```/)
	const html = cli(['scrape', '--format', 'html', url], { env })
	assert.equal(html.out.trimEnd(), fs.readFileSync(path.join(root, 'library/json.html'), 'utf8').trimEnd())
	const both = JSON.parse(cli(['scrape', '--format=both', '--json', '--user-agent', 'mobile', url], { env }).out)
	assert.equal(both.status, 'success')
	assert.equal(both.markdown.trimEnd(), markdown.out.trimEnd())
	assert.ok(both.html.includes('<html'))
	assert.match(nginx.log().at(-1).agent, /Mobile/)
	const missing = cli(['scrape', `${nginx.url}/no-such-page`], { env })
	assert.equal(missing.status, 1)
	assert.match(missing.err, /FETCH_FAILED.*404/)
	const asJson = cli(['scrape', '--json', `${nginx.url}/no-such-page`], { env })
	assert.equal(JSON.parse(asJson.out).error.code, 'FETCH_FAILED')
})

await test('scrape with a prompt but no model still gives the page', async () => {
	const origin = await startOrigin((q, r) => r.setHeader('content-type', 'text/html').end('<p>hi'))
	const r = start(binary, ['scrape', origin.url, '--prompt', 'anything'], { env: { SCRAPED_ALLOW_TARGETS: origin.host } })
	assert.equal(await r.ended, 1)
	assert.equal(r.out, 'hi\n')
	assert.match(r.err, /LLM_NOT_CONFIGURED/)
})

await test('limits of a page are settings, and a cut is told', async () => {
	const html = `${'<div>'.repeat(40)}<p ${'a b c d e f g h i j '.repeat(2)}>${'<i>x</i>'.repeat(900)}`
	const origin = await startOrigin((q, r) => r.setHeader('content-type', 'text/html').end(html))
	for (const [flags, words] of [[[], null], [['--page-depth', '20'], 'depth'], [['--page-nodes', '1000'], 'nodes'],
		[['--page-attributes', '8'], 'attributes'], [['--page-markdown-bytes', '100'], 'size']]) {
		const r = start(binary, ['scrape', origin.url, ...flags], { env: { SCRAPED_ALLOW_TARGETS: origin.host } })
		assert.equal(await r.ended, 0, r.err)
		assert.equal(/PAGE_CUT: .*/.exec(r.err)?.[0].includes(words) ?? null, words && true, `${flags}: ${r.err}`)
	}
})

await test('keys are made, listed and revoked while the server runs', async () => {
	const server = await startScraped()
	const { env } = server
	const key = createKey(env, ['--scopes', 'scrape,metrics:read'])
	assert.match(key, /^sk_live_[0-9A-Za-z]{43}_[0-9A-Za-z]{4}$/)
	const metrics = k => send(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${k}` } })
	assert.equal((await metrics(key)).status, 200)
	assert.equal((await metrics(server.key)).status, 403)
	const list = cli(['key', 'list'], { env })
	assert.ok(!list.out.includes(key))
	const row = list.out.split('\n').find(line => line.includes('metrics:read') && line.includes(key.slice(0, 12)))
	const id = row.split(/\s+/)[0]
	assert.equal(cli(['key', 'revoke', id], { env }).status, 0)
	assert.equal((await metrics(key)).status, 401)
	assert.match(cli(['key', 'list'], { env }).out, new RegExp(`${id}.*revoked`))
	assert.equal(cli(['key', 'revoke', id], { env }).status, 0)
	const unknown = cli(['key', 'revoke', 'key_nobody'], { env })
	assert.equal(unknown.status, 1)
	await server.stop()
})

await test('a port in use is a clear error', async () => {
	const origin = await startOrigin((q, r) => r.end())
	const r = cli(['serve', '--listen', origin.host], { env: { SCRAPED_DATA: path.join(tempDir(), 'd') } })
	assert.equal(r.status, 3)
	assert.match(r.err, new RegExp(`scraped: .*${origin.host.replaceAll('.', '\\.')}.*in use`, 'i'))
})

await test('--welcome makes the first key once, and what it prints works', async () => {
	const dir = tempDir()
	const env = { SCRAPED_DATA: path.join(dir, 'data'), SCRAPED_LISTEN: `127.0.0.1:${await freePort()}` }
	const welcomed = child => until(() => /^Cursor [^]*\}\}\}\}\n/m.test(child.out), 'welcome, to its end')
	const first = start(binary, ['serve', '--welcome'], { env })
	await welcomed(first)
	const key = /sk_live_\S+/.exec(first.out)[0]
	const url = /scraped listens on (\S+)/.exec(first.out)[1]
	assert.match(first.out, new RegExp(`is all the set-up:\\n\\n  ${url.replaceAll('.', '\\.')}/mcp\\n`))
	const answer = await send(`${url}/v1/scrape`, { headers: { Authorization: `Bearer ${key}` }, body: { urls: ['http://127.0.0.1/'] } })
	assert.equal(answer.json.error.code, 'PRIVATE_NETWORK_TARGET')
	for (const json of first.out.match(/\{"mcpServers"[^]*?\n\s*"headers".*\}\}\}\}/g))
		assert.equal(JSON.parse(json).mcpServers.scrape.url, `${url}/mcp`)
	assert.equal(first.out.match(/\{"mcpServers"/g).length, 2)
	assert.equal(await end(first), 0)
	const second = start(binary, ['serve', '--welcome'], { env })
	await welcomed(second)
	assert.ok(!second.out.includes('sk_live_'))
	assert.ok(second.out.includes('YOUR_API_KEY'))
	assert.equal(await end(second), 0)
	const keys = start(binary, ['serve', '--welcome', '--oauth', 'off'], { env })
	await welcomed(keys)
	assert.ok(!keys.out.includes('set-up'), 'without OAuth a URL is not enough')
	assert.equal(await end(keys), 0)
	assert.equal(fs.statSync(env.SCRAPED_DATA).mode & 0o077, 0, 'the data folder is private')
})

await test('SIGTERM lets a running scrape finish; a second one ends at once', async () => {
	let release
	const origin = await startOrigin((q, r) => { release = () => r.setHeader('content-type', 'text/html').end('<p>late') })
	const server = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: origin.host } })
	const ask = () => send(`${server.url}/v1/scrape`, { headers: { Authorization: `Bearer ${server.key}` }, body: { urls: [origin.url] } })
	const answer = ask()
	await until(() => release, 'the fetch')
	server.child.kill('SIGTERM')
	await until(() => send(`${server.url}/v1/health`).then(() => false, () => true), 'the door closed')
	release()
	assert.equal((await answer).json.result.markdown, 'late\n')
	assert.equal(await server.child.ended, 0)

	const env = { ...server.env, SCRAPED_LISTEN: `127.0.0.1:${await freePort()}` }
	const url = `http://${env.SCRAPED_LISTEN}`
	const again = start(binary, ['serve'], { env })
	await until(() => send(`${url}/v1/health`), 'the second server')
	release = undefined
	const lost = send(`${url}/v1/scrape`, { headers: { Authorization: `Bearer ${server.key}` }, body: { urls: [`${origin.url}/other`] } }).then(() => 'answered', () => 'lost')
	await until(() => release, 'the fetch')
	again.kill('SIGTERM')
	await until(() => send(`${url}/v1/health`).then(() => false, () => true), 'the door closed')
	again.kill('SIGTERM')
	assert.notEqual(await again.ended, 0)
	assert.equal(await lost, 'lost')
})

await finish()
