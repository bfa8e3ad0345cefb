// SPDX-License-Identifier: Apache-2.0
// Every command of the README is run, in order, in one shell per block: example.com is a page of a local nginx, port 8080 the
// server under test. `script/server` is started for real; `script/test` is what runs this.
import fs from 'node:fs'
import path from 'node:path'
import { assert, binary, end, finish, freePort, run, send, start, startNginx, startScraped, tempDir, test, testsDir, until } from '../lib/harness.mjs'

const root = path.dirname(testsDir)
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/^```sh\n([^]*?)^```/gm)].map(m => m[1])
const www = tempDir()
fs.chmodSync(www, 0o755)
fs.writeFileSync(path.join(www, 'index.html'), '<title>Example Domain</title><h1>Example Domain</h1><p>This domain is for use in examples. <a href="/more">More</a></p>')
fs.writeFileSync(path.join(www, 'long.html'), `<h1>Long</h1>${Array.from({ length: 60 }, (_, i) => `<p>This is the line that has number ${i}, and some more words.</p>`).join('')}`)
const nginx = await startNginx({ root: www })
const server = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: nginx.host } })

// What a block must print, by a word of it.
const expected = [
	['scraped scrape https://example.com\n', /# Example Domain/],
	['JOB=$(curl', /event: end[^]*"status":"completed","totalUrls":2[^]*"data":\{"title":"Example Domain"\}/],
	['CURSOR=$(', /"cached":true,"markdown":"This is the line that has number [1-9]\d*,/],
	['/v1/scrape', /"markdown":"# Example Domain/],
	['/v1/health', /"status":"ok"[^]*"openapi":[^]*scraped_connections/],
	['--explain', /# Guide[^]*\nkeep [^]*Two[^]*\nparse /],
	['--outline', /# Example Domain \(\d+ tokens\)[^]*\[More\]\[1\][^]*<h1>Example Domain<\/h1>[^]*\n## Use\n\nLike this\.\n$/],
	['scraped convert', /# Hello\n\nA \[link\]\(https:\/\/example\.com\/x\)\./],
	['scraped mcp', /"name":"scrape_url"/],
	['--prompt', /no model is running here/],
	['jobs create', /completed: 2 of 2 URLs done, 0 failed[^]*completed/],
	['key list', /laptop/],
	['user list', /admin .* ada\n/],
	['scraped doctor', /ok {4}sign-in: [^]*\n0 to mend/],
	['scraped config', /listen = 127\.0\.0\.1:/],
	['--allow-targets', /nothing listens there/],
]

const bin = tempDir()
fs.symlinkSync(binary, path.join(bin, 'scraped'))
const env = { ...server.env, PATH: `${bin}:${process.env.PATH}`, SCRAPED_BIN: '' }
delete env.SCRAPED_LISTEN
let exported = ''
for (const block of blocks) {
	const first = block.split('\n')[0]
	if (first === 'script/server' || first === 'script/test' || first.startsWith('export PATH='))
		continue
	await test(`command: ${first.slice(0, 60)}`, async () => {
		const script = block.replaceAll('https://example.com', nginx.url).replaceAll('http://127.0.0.1:8080', server.url)
		const r = run('bash', ['-eu', '-o', 'pipefail', '-c', `${exported}\n${script}`], { env, cwd: tempDir() })
		assert.equal(r.status, 0, r.err)
		const want = expected.find(([word]) => block.includes(word))
		if (want)
			assert.match(r.out.replaceAll(nginx.url, 'https://example.com'), want[1])
		if (first.startsWith('export SCRAPED_API_KEY'))
			exported += script
	})
}

await test('script/server serves a page', async () => {
	const dir = tempDir()
	const listen = `127.0.0.1:${await freePort()}`
	const child = start(path.join(root, 'script/server'), ['--data', path.join(dir, 'data'), '--listen', listen, '--allow-targets', nginx.host])
	await until(() => child.out.includes('Cursor') || child.exitCode !== null, 'the server', 600000)
	const key = /sk_live_\S+/.exec(child.out)?.[0]
	assert.ok(key, child.out + child.err)
	const curl = /curl [^]*?\]\}'/.exec(child.out)[0].replace('https://example.com', nginx.url)
	const r = run('bash', ['-c', curl])
	assert.match(r.out, /"markdown":"# Example Domain/)
	assert.equal(await end(child), 0)
}, { timeoutMs: 900000 })

await test('the settings table is the program\'s own', () => {
	const table = /<!-- settings:.*-->\n([^]*?)<!-- \/settings -->/.exec(readme)[1]
	assert.equal(table, run(binary, ['config', '--markdown']).out)
})

await test('every file that the README names is there', () => {
	for (const [, name] of readme.matchAll(/`((?:src|rest|mcp|auth|clients|docs|script)\/[\w./-]+)`/g))
		assert.ok(fs.existsSync(path.join(root, name)), name)
})

await finish()
