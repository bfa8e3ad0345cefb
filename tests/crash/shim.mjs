// SPDX-License-Identifier: Apache-2.0
// The power cuts of the crash tests are real ones: a database that syncs each commit loses nothing, one that does not loses much.
// (Run on Node's own SQLite, so that what is judged here is the disk and not the program.)
import fs from 'node:fs'
import path from 'node:path'
import { assert, finish, node22, start, tempDir, test, until } from '../lib/harness.mjs'
import { Disk, generator, shim } from './disk.mjs'

const seed = Number(process.env.CRASH_SEED ?? 1)
const CUTS = 12
const preload = shim('powercut')

// Reads what the cut before has left, tells it, and goes on adding rows until it is killed.
const program = `
const { DatabaseSync } = require('node:sqlite')
const [file, synchronous] = process.argv.slice(1)
const db = new DatabaseSync(file)
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = ' + synchronous)
db.exec('PRAGMA wal_autocheckpoint = ' + (synchronous === 'FULL' ? 50 : 1000))
db.exec('CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, text TEXT)')
const say = text => require('fs').writeSync(1, text + '\\n')
const state = db.prepare('PRAGMA integrity_check').get().integrity_check
say('found ' + JSON.stringify([state, ...db.prepare('SELECT n, length(text) AS l FROM rows ORDER BY n').all().map(r => r.l === 300 ? r.n : -1)]))
let n = db.prepare('SELECT coalesce(max(n), 0) AS n FROM rows').get().n
const add = db.prepare('INSERT INTO rows VALUES (?, ?)')
for (;;) {
	add.run(++n, 'x'.repeat(300))
	say('kept ' + n)
	if (n % 7 === 0)
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
}`

/** Cuts the power so often: { lost, kept, damaged } commits that had been told. */
async function storm(synchronous) {
	const random = generator(seed), dir = path.join(tempDir(), 'data')
	fs.mkdirSync(dir)
	const disk = new Disk(dir, random, { preload }), sum = { told: 0, lost: 0, damaged: 0 }
	let told = []
	for (let cut = 0; cut <= CUTS; cut++) {
		const child = start(node22, ['--no-warnings', '-e', program, path.join(dir, 'a.db'), synchronous], { env: disk.env })
		const wanted = 5 + Math.floor(random() * 120)
		await until(() => child.exitCode !== null || child.out.split('\n').length > wanted, 'rows')
		child.kill('SIGKILL')
		await child.ended
		const lines = child.out.split('\n').slice(0, -1)
		const found = lines[0]?.startsWith('found ') ? JSON.parse(lines[0].slice(6)) : ['not opened']
		if (found[0] !== 'ok')
			sum.damaged++
		const there = new Set(found.slice(1))
		sum.lost += told.filter(n => !there.has(n)).length
		told = [...there, ...lines.filter(line => line.startsWith('kept ')).map(line => Number(line.slice(5)))]
		sum.told += lines.length - 1
		disk.cut()
		if (found[0] !== 'ok') {	// begin again
			fs.rmSync(dir, { recursive: true })
			fs.mkdirSync(dir)
			disk.names.clear()
			told = []
		}
	}
	console.log(`# synchronous=${synchronous}: ${CUTS} cuts, ${sum.told} commits told, ${sum.lost} lost, ${sum.damaged} times damaged; writes lost ${disk.cuts.lost}, torn ${disk.cuts.torn}, kept ${disk.cuts.kept}`)
	return sum
}

await test('synced_commits_survive', async () => {
	const { told, lost, damaged } = await storm('FULL')
	assert.ok(told > 100)
	assert.deepEqual([lost, damaged], [0, 0])
})
for (const weak of ['NORMAL', 'OFF'])
	await test(`commits_without_a_sync_are_lost_${weak}`, async () => {
		const { lost, damaged } = await storm(weak)
		assert.ok(lost + damaged > 0, 'the shim lost nothing')
	})
await finish()
