// SPDX-License-Identifier: Apache-2.0
// The threads of the service bear the names of docs/threads.md.
import fs from 'node:fs'
import { assert, finish, send, startOrigin, startScraped, test, until } from '../lib/harness.mjs'

await test('threads_have_names', async () => {
	const pages = await startOrigin((q, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>t</title><p>text'))
	const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: pages.host, SCRAPED_LLM_URL: `${pages.url}/v1`, SCRAPED_LLM_MODEL: 'm', SCRAPED_DESKS: '2' } })
	const got = await send(`${scraped.url}/v1/scrape`, { headers: { Authorization: `Bearer ${scraped.key}` }, body: { urls: [`http://localhost:${new URL(pages.url).port}/`] } })
	assert.equal(got.status, 200, got.text)
	const root = `/proc/${scraped.child.pid}/task`
	const names = () => fs.readdirSync(root).map(id => fs.readFileSync(`${root}/${id}/comm`, 'utf8').trim())
	const ours = ['desk', 'desk', 'lane', 'look-up', 'password', 'password', 'runner', 'scraped', 'transfer', 'webhooks', 'writer', 'writer']
	await until(() => names().includes('webhooks'), 'the last one')
	assert.deepEqual(names().filter(name => ours.includes(name)).sort(), ours)
	assert.deepEqual([...new Set(names())].filter(name => !ours.includes(name) && name !== 'watchers'), [], 'nobody else')
	const told = fs.readFileSync(new URL('../../docs/threads.md', import.meta.url), 'utf8')
	for (const name of new Set(ours))
		assert.ok(name === 'scraped' || told.includes(`\n| ${name} |`), `docs/threads.md tells of ${name}`)
	await scraped.stop()
})
await finish()
