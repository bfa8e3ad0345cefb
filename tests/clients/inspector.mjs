// SPDX-License-Identifier: Apache-2.0
// The MCP Inspector's command line logs in by itself: it opens a browser, listens for the answer, keeps its tokens at home.
import path from 'node:path'
import { assert, binary, finish, freePort, node22, pythonDocs, run, start, startNginx, startScraped, tempDir, test, testsDir, until } from '../lib/harness.mjs'
import { Client as Plain } from '../lib/oauth_client.mjs'
import { startDocuments } from '../lib/client_documents.mjs'
import { makeOpener } from '../lib/opener.mjs'
import { addUser, Person } from '../lib/person.mjs'

const nginx = await startNginx({ root: pythonDocs() })
const documents = await startDocuments()
const scraped = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: `${nginx.host},${documents.host}`, SCRAPED_CA_FILE: documents.ca } })
const page = `${nginx.url}/tutorial/errors.html`
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(scraped.url, { name: 'ada', password: 'correct horse battery' })
const opener = makeOpener()
const inspector = path.join(testsDir, 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js')
const list = ['--method', 'tools/list'], call = ['--method', 'tools/call', '--tool-name', 'scrape_url', '--tool-arg', `url=${page}`]

/** Runs it in this home; person: who answers the browser it opens. The result of the method. */
async function inspect(home, args, { person } = {}) {
	const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`
	const child = start(node22, [inspector, '--cli', '--server-url', `${scraped.url}/mcp`, '--transport', 'http', '--format', 'json', '--callback-url', callback, ...args],
		{ cwd: home, env: { ...opener.env, HOME: home, MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' } })
	if (person) {
		const answer = await opener.play(person, { child })
		assert.ok(answer.back.href.startsWith(`${callback}?`), answer.back.href)
		assert.equal(answer.status, 200, answer.text)
	}
	const known = opener.opened().length
	const asks = until(() => opener.opened().length > known, 'a second browser', 100000).then(() => child.kill(), () => {})
	await Promise.race([child.ended, asks])
	assert.equal(await child.ended, 0, child.err + child.out)
	const json = JSON.parse(child.out)
	return json.result ?? json
}

function holdsPage(result) {
	assert.match(result.content[0].text, /8\. Errors and Exceptions/)
	assert.equal(result.structuredContent.markdown, result.content[0].text)
}

for (const era of ['legacy', 'auto', 'modern']) {
	const home = tempDir(), as = ['--protocol-era', era]
	await test(`${era}: a person logs in through the browser`, async () => {
		const { tools } = await inspect(home, [...as, ...list], { person: ada })
		assert.ok(tools.some(tool => tool.name === 'scrape_url'))
	})

	await test(`${era}: the next run needs nobody`, async () => {
		const before = opener.opened().length
		holdsPage(await inspect(home, [...as, ...call]))
		assert.equal(opener.opened().length, before)
	})
}

await test('a new login forgets the old one', async () => {
	const home = tempDir()
	await inspect(home, list, { person: ada })
	await inspect(home, ['--relogin', ...list], { person: ada })
	holdsPage(await inspect(home, call))
})

await test('it is described by a document', async () => {
	const id = documents.serve('/inspector.json', { client_name: 'Inspector', redirect_uris: ['http://127.0.0.1/oauth/callback'], token_endpoint_auth_method: 'none' })
	holdsPage(await inspect(tempDir(), ['--client-metadata-url', id, ...call], { person: ada }))
	assert.match((await ada.visit('/settings')).text, /Inspector/)
})

await test('an administrator made it a client', async () => {
	const made = run(binary, ['client', 'create', '--name', 'Inspector here', '--redirect', 'http://127.0.0.1/oauth/callback'], { env: scraped.env })
	assert.equal(made.status, 0, made.err)
	const [, id, secret] = /^client_id=(\S+)\nclient_secret=(\S+)\n$/.exec(made.out)
	holdsPage(await inspect(tempDir(), ['--client-id', id, '--client-secret', secret, ...call], { person: ada }))
})

await test('a token from elsewhere goes into a header', async () => {
	const { access_token } = await (await Plain.register(scraped.url)).login(ada)
	holdsPage(await inspect(tempDir(), ['--header', `Authorization: Bearer ${access_token}`, ...call]))
})

await test('without a person it says that it must log in', async () => {
	const home = tempDir()
	const r = run(node22, [inspector, '--cli', '--server-url', `${scraped.url}/mcp`, '--transport', 'http', '--format', 'json', '--stored-auth-only', ...list], { cwd: home, env: { HOME: home } })
	assert.notEqual(r.status, 0)
	assert.match(r.err, /auth_required/)
})

await scraped.stop()
await finish()
