// SPDX-License-Identifier: Apache-2.0
// Extraction through the whole server: real pages from nginx, a prompt, and models of every mood.
// Whatever the model does, the page's Markdown comes all the same.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { assert, corpus, createKey, finish, send, skip, startNginx, startScraped, tempDir, test } from '../lib/harness.mjs'
import { startLlm } from '../lib/llm_standin.mjs'

const root = tempDir()
fs.writeFileSync(path.join(root, 'bread.html'), `<!doctype html><title>Bread</title>
<h1>Bread</h1><p>Flour &amp; water.</p><h2>Recipe</h2><p><a href="/more">Mix</a>, wait, bake.</p>`)
const nginx = await startNginx({ root })

/** A server whose model is `model`; scrape(page, prompt) gives the result. */
async function serverWith(model, env = {}) {
	const llm = await startLlm()
	const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: nginx.host, SCRAPED_LLM_URL: llm.url,
		SCRAPED_LLM_KEY: llm.key, SCRAPED_LLM_MODEL: model, ...env } })
	const scrape = async (page, prompt = 'List the headings') => {
		const r = await send(`${scraped.url}/v1/scrape`, { headers: { 'X-API-KEY': scraped.key },
			body: { urls: [`${nginx.url}/${page}`], prompt } })
		assert.equal(r.status, 200, r.text)
		assert.ok(!r.text.includes(llm.key))
		assert.equal(r.json.result.status, 'success')
		return { ...r.json.result, warnings: r.json.result.warnings ?? [] }
	}
	const stop = async () => {
		await scraped.stop()
		assert.ok(!scraped.child.err.includes(llm.key), 'the key is in the log')
		await llm.stop()
	}
	return { llm, scraped, scrape, stop }
}

// model, extract, the warning's code
for (const [model, extract, warning, env] of [
	['outline', { title: 'Bread', headings: ['Bread', 'Recipe'] }],
	['no-format', { title: 'Bread', headings: ['Bread', 'Recipe'] }],
	['links', [`${nginx.url}/more`]],
	['prose', 'I would rather talk.\nReally.'],
	['busy-once', { title: 'Bread', headings: ['Bread', 'Recipe'] }],
	['hanging', null, 'LLM_TIMEOUT', { SCRAPED_LLM_TIMEOUT_MS: '300' }],
	['lying', null, 'LLM_FAILED'],
	['empty', null, 'LLM_FAILED'],
	['truncated', null, 'LLM_FAILED'],
	['busy', null, 'LLM_FAILED'],
	['huge', null, 'LLM_FAILED'],
	['tool', null, 'LLM_FAILED'],
	['outline', null, 'LLM_NOT_CONFIGURED', { SCRAPED_LLM_URL: '' }],
])
	await test(`${model}${warning ? ` leads to ${warning}` : ' is extracted'}`, async () => {
		const { llm, scrape, stop } = await serverWith(model, env)
		const r = await scrape('bread.html')
		assert.deepEqual(r.extract, extract)
		assert.match(r.markdown, /^# Bread\n\nFlour & water\.\n/)
		assert.deepEqual(r.warnings.map(w => w.code), warning ? [warning] : [])
		assert.deepEqual(llm.faults, [])
		await stop()
	})

await test('usage is told in the metadata, the log and the metrics', async () => {
	const { scraped, scrape, stop } = await serverWith('prose-once')
	const { metadata } = await scrape('bread.html')
	assert.equal(metadata.usage.tokensIn, 200)
	assert.equal(metadata.usage.tokensOut, 20)
	assert.equal(scraped.child.err.match(/ llm\.call .*ms=\d+ in=100 out=10 status=200 model="prose-once"/g)?.length, 2, scraped.child.err)
	const metrics = (await send(`${scraped.url}/metrics`, { headers: { 'X-API-KEY': createKey(scraped.env, ['--scopes', 'metrics:read']) } })).text
	assert.match(metrics, /^scraped_llm_calls_total\{outcome="ok"\} 2$/m)
	assert.match(metrics, /^scraped_llm_tokens_total\{direction="in"\} 200$/m)
	await stop()
})

await test('real pages of documentation give an outline', async () => {
	const at = corpus()
	if (!at)
		skip('no corpus')
	const pages = fs.readdirSync(path.join(at, 'pages')).filter(name => /^(doc|wiki)-/.test(name)).sort().filter((_, i) => i % 8 === 0)
	const { llm, scrape, stop } = await serverWith('outline')
	for (const [i, name] of pages.entries()) {
		fs.writeFileSync(path.join(root, `${i}.html`), zlib.gunzipSync(fs.readFileSync(path.join(at, 'pages', name))))
		const r = await scrape(`${i}.html`)
		assert.ok(r.extract.headings.length > 0, name)
		assert.deepEqual(r.warnings.map(w => w.code).filter(code => /^(LLM|EXTRACT)_/.test(code)), [])
	}
	assert.deepEqual(llm.faults, [])
	await stop()
})

await finish()
