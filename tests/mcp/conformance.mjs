// SPDX-License-Identifier: Apache-2.0
// The MCP conformance suite: every scenario for authorization servers (a script plays the browser), and of those for servers
// the ones that ask for nothing but what scraped has. The others are named with the reason.
import fs from 'node:fs'
import path from 'node:path'
import { assert, finish, freePort, node22, send, skip, start, startNginx, startScraped, tempDir, test, testsDir, until } from '../lib/harness.mjs'
import { Client } from '../lib/oauth_client.mjs'
import { addUser, Person } from '../lib/person.mjs'

const suite = path.join(testsDir, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')
const scraped = await startScraped()
addUser(scraped.env, 'ada', 'correct horse battery')
const ada = new Person(scraped.url, { name: 'ada', password: 'correct horse battery' })
const conformance = (...args) => start(node22, [suite, ...args], { cwd: tempDir() })
const VERSIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']

async function scenarios(kind) {
	const child = conformance('list', `--${kind}`)
	assert.equal(await child.ended, 0, child.err)
	return [...child.out.matchAll(/^ {2}- (\S+) \[([^\]]+)\]$/gm)].map(([, name, versions]) => ({ name, versions: versions.split(',') }))
}

// --- authorization server ---

// The code flow takes what the metadata scenario has found, so each version is one run of all its scenarios.
const wanted = await scenarios('authorization')
for (const version of VERSIONS)
	for (const [how, metadata] of Object.entries({ public: { token_endpoint_auth_method: 'none' }, 'as a web application': { application_type: 'web' } }))
		await test(`authorization ${version} ${how}`, async () => {
			const port = await freePort(), out = tempDir()
			const client = await Client.register(scraped.url, { redirect_uris: [`http://127.0.0.1:${port}/callback`], ...metadata })
			const child = conformance('authorization', '--url', scraped.url, '--client-id', client.id, '--resource', `${scraped.url}/mcp`,
				'-p', String(port), '--spec-version', version, '-o', out)
			const address = await until(() => child.exitCode === null ? /^http\S+\/authorize\?\S+$/m.exec(child.out)?.[0] : 'none', 'the address for the browser')
			assert.notEqual(address, 'none', child.out + child.err)
			assert.equal(new URL(address).searchParams.has('scope'), false)
			assert.equal((await send((await ada.allow(address)).href)).status, 200)
			assert.equal(await child.ended, 0, child.out + child.err)
			const expected = wanted.filter(s => s.versions.includes(version)).map(s => s.name)
			assert.ok(expected.length >= 2)
			for (const name of expected) {
				const folder = fs.readdirSync(out).find(f => f.includes(name))
				const checks = JSON.parse(fs.readFileSync(path.join(out, folder, 'checks.json'), 'utf8'))
				assert.ok(checks.length > 0)
				assert.deepEqual(checks.filter(c => c.status !== 'SUCCESS'), [], name)
			}
			assert.doesNotMatch(child.out, /[1-9]\d* (failed|warnings)/)
		})

// --- server ---

const TOOLS = 'asks for test tools of the suite, which a scraper does not serve'
const RESOURCES = 'reads test resources of the suite; ours are jobs (jobs.mjs)', PROMPTS = 'there are no prompts'
const NO_SESSION = 'asks for sessions and streams of the server\'s own, which are optional and not offered'
const skipped = [
	[/^input-required-result-(?!unsupported-methods$)/, TOOLS],
	[/^(tools-call-|elicitation-|json-schema-2020-12$)/, TOOLS],
	[/^tasks-(lifecycle|wire-fields|request-state-removal|request-headers|mrtr-input|mrtr-composition|required-task-error)$/, 'makes tasks with test tools of the suite; ours are in tasks.mjs'],
	[/^tasks-status-notifications$/, 'the suite makes no check; ours are in tasks.mjs'],
	[/^http-custom-header-server-validation$/, 'asks for a tool with x-mcp-header annotations; there is none'],
	[/^(resources-read-|resources-templates-read$)/, RESOURCES],
	[/^resources-(un)?subscribe$/, NO_SESSION],
	[/^(prompts-|completion-)/, PROMPTS],
	[/^logging-set-level$/, 'logging is deprecated and not offered'],
	[/^(server-session-lifecycle|server-sse-polling)$/, NO_SESSION],
	[/^sep-2640-/, 'an extension that is not offered'],
]
/** Single checks that cannot be made without the suite's own tools or prompts, of scenarios whose others count. */
const untestable = /^Not testable: server does not list the diagnostic tool|^Unknown tool: (greet|slow_compute|failing_job)$|error -32601: Method not found: prompts\/list$/

// The suite can send no token: an nginx in front adds it.
const nginx = await startNginx({ conf: `location / { proxy_pass ${scraped.url}; proxy_http_version 1.1; proxy_buffering off;
	proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_set_header Authorization "Bearer ${scraped.key}"; }` })
const made = await send(`${scraped.url}/v1/jobs`, { headers: { Authorization: `Bearer ${scraped.key}` }, body: { urls: ['http://example.invalid/'] } })
assert.equal(made.status, 201, made.text) // a resource to list and read
const known = await scenarios('server')
const whyNot = (name, version) => skipped.find(([pattern]) => pattern.test(name))?.[1] ??
	(name === 'server-sse-multiple-streams' && version < '2026' ? NO_SESSION : undefined)
const left = new Map() // reason -> scenarios
async function tried(name, version, ...force) {
	const out = tempDir(), child = conformance('server', '--url', `${nginx.url}/mcp`, '--scenario', name, '--spec-version', version, '-o', out, ...force)
	await child.ended
	const [folder] = fs.readdirSync(out)
	const checks = JSON.parse(fs.readFileSync(path.join(out, folder, 'checks.json'), 'utf8'))
	const bad = checks.filter(c => !['SUCCESS', 'INFO', 'SKIPPED'].includes(c.status) && !untestable.test(c.errorMessage))
	assert.deepEqual(bad, [])
	assert.ok(checks.some(c => c.status === 'SUCCESS' && !c.id.includes('wire-schema')), child.out)
}
// An extension is on no revision's list: it has to be forced.
const wantedOf = version => known.filter(s => s.versions.includes(version) || (version === '2026-07-28' && s.versions.includes('extension')))
for (const version of VERSIONS)
	for (const { name, versions } of wantedOf(version)) {
		const why = whyNot(name, version)
		if (why)
			left.set(why, [...left.get(why) ?? [], `${name} ${version}`])
		else
			await test(`server ${name} ${version}`, () => tried(name, version, ...(versions.includes('extension') ? ['--force'] : [])))
	}
for (const [why, names] of left)
	await test(`${names.length} scenarios of the suite: ${names.join(', ')}`, () => skip(`${names.length} conformance scenarios: ${why}`))

await test('no scenario has gone from the suite', () => {
	for (const name of ['server-initialize', 'ping', 'tools-list', 'server-stateless', 'dns-rebinding-protection', 'http-header-validation',
		'resources-list', 'caching', 'sep-2164-resource-not-found', 'input-required-result-unsupported-methods', 'tasks-capability-negotiation', 'tasks-dispatch-and-envelope'])
		assert.ok(known.some(s => s.name === name), name)
})

await scraped.stop()
await finish()
