// SPDX-License-Identifier: Apache-2.0
// Damaged pages under the sanitizers: documentation of installed packages, cut, repeated and strewn with tags by
// mutate_driver. By hand any number on any pages: `build/san/drivers/mutate_driver SEED FIRST COUNT PAGES...`.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { assert, binary, finish, skip, test } from '../lib/harness.mjs'

const driver = path.join(process.env.SCRAPED_DRIVERS ?? path.join(path.dirname(binary), 'drivers'), 'mutate_driver')
const [seed, count] = [20250601, 1500]

await test(`${count} damaged pages`, () => {
	const found = []
	for (const root of ['/usr/share/doc/python3-doc/html/library', '/usr/share/doc/debian-handbook/html/ja-JP', '/usr/share/doc/postgresql-doc-15/html'])
		if (fs.existsSync(root))
			found.push(...fs.readdirSync(root).filter(f => f.endsWith('.html')).sort().map(f => path.join(root, f)))
	if (!found.length)
		skip('no HTML in /usr/share/doc')
	const step = Math.ceil(found.length / 60), pages = found.filter((_, i) => i % step === 0)
	const ran = spawnSync(driver, [seed, 0, count, ...pages], { encoding: 'utf8', maxBuffer: 1 << 28 })
	assert.equal(ran.status, 0, `seed ${seed}, after case ${ran.stdout.trim().split('\n').at(-1)}: ${ran.stderr.slice(0, 4000)}`)
	assert.match(ran.stdout, new RegExp(`${count} cases, 0 wrong`))
}, { timeoutMs: 600000 })

await finish()
