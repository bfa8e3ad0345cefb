// SPDX-License-Identifier: Apache-2.0
// The whole MCP conformance suite for servers on the fixture server: every scenario of every revision, and the Tasks extension.
import fs from 'node:fs'
import path from 'node:path'
import { assert, finish, node22, skip, start, tempDir, test, testsDir } from '../lib/harness.mjs'
import { startFixture } from './fixture_server.mjs'

const suite = path.join(testsDir, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')
const server = await startFixture()
const conformance = (...args) => start(node22, [suite, ...args], { cwd: tempDir() })
const required = revision => fs.readFileSync(path.join(path.dirname(suite), `../requirements/${revision}.yaml`), 'utf8')
	.match(/^server:\n((?: {2}- .*\n)+)/m)[1].match(/[\w-]+$/gm)

const list = conformance('list', '--server')
assert.equal(await list.ended, 0, list.err)
const known = [...list.out.matchAll(/^ {2}- (\S+) \[([^\]]+)\]$/gm)].map(([, name, versions]) => ({ name, versions: versions.split(',') }))
const of = version => known.filter(s => s.versions.includes(version)).map(s => s.name)
const tasks = known.filter(s => s.name.startsWith('tasks-')).map(s => s.name)

// What the suite must contain, so that a scenario that has gone is noticed: the required ones of each revision and the others.
const EXTRA = { '2025-06-18': [], '2025-11-25': ['server-session-lifecycle', 'json-schema-2020-12', 'server-sse-polling'],
	'2026-07-28': ['json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation'] }
await test('the suite is the one that is meant', () => {
	assert.equal(of('2025-06-18').length, 27)
	assert.equal(required('2025-11-25').length, 30)
	assert.equal(required('2026-07-28').length, 37)
	for (const version of ['2025-11-25', '2026-07-28'])
		assert.deepEqual(of(version).sort(), [...required(version), ...EXTRA[version]].sort())
	assert.equal(tasks.length, 10)
})

/** What one scenario said, out of the folder that a run has left; skips when the suite itself makes no check. */
function judge(name, out, log) {
	const folder = fs.readdirSync(out).find(f => f.startsWith(`server-${name}-2`))
	assert.ok(folder, log)
	const checks = JSON.parse(fs.readFileSync(path.join(out, folder, 'checks.json'), 'utf8'))
	assert.deepEqual(checks.filter(c => !['SUCCESS', 'INFO', 'SKIPPED'].includes(c.status)), [])
	if (checks.length && checks.every(c => c.status === 'SKIPPED'))
		return skip(`the suite makes no check: ${checks[0].errorMessage ?? checks[0].id}`)
	assert.ok(checks.some(c => c.status === 'SUCCESS'), log)
	assert.deepEqual(checks.filter(c => c.status === 'SKIPPED').map(c => c.id), [])
}

async function run(...args) {
	const out = tempDir(), child = conformance('server', '--url', `${server.url}/mcp`, '-o', out, ...args)
	await child.ended
	return { out, log: child.out + child.err }
}

for (const version of ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']) {
	const { out, log } = await run('--suite', 'all', '--spec-version', version)
	for (const name of of(version))
		await test(`${name} ${version}`, () => judge(name, out, log))
}
// An extension is on no revision's list: it has to be forced.
const runs = tasks.map(name => ({ name, done: run('--scenario', name, '--spec-version', '2026-07-28', '--force') }))
for (const { name, done } of runs)
	await test(name, async () => {
		const { out, log } = await done
		return judge(name, out, log)
	})

await test('the server ends cleanly', () => server.stop())
await finish()
