// SPDX-License-Identifier: Apache-2.0
// The browser that applications open: a script named by BROWSER writes down the address, and a Person goes there.
//
//	const opener = makeOpener()
//	const child = start(program, args, { env: opener.env })
//	const back = await opener.play(ada)   // reads the address, presses Allow, brings the answer to the application
import fs from 'node:fs'
import path from 'node:path'
import { assert, send, tempDir, until } from './harness.mjs'

export function makeOpener() {
	const dir = tempDir(), list = path.join(dir, 'opened'), browser = path.join(dir, 'browser')
	fs.writeFileSync(list, '')
	fs.writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$1" >>'${list}'\n`, { mode: 0o755 })
	// no display and no desktop: then xdg-open (npm open carries one) asks BROWSER
	const env = { BROWSER: browser, DISPLAY: '', WAYLAND_DISPLAY: '', XDG_CURRENT_DESKTOP: '', DESKTOP_SESSION: '' }
	const opened = () => fs.readFileSync(list, 'utf8').split('\n').filter(Boolean)
	let taken = 0
	/** The next address that an application opened; gone: a promise of the application's end. */
	const next = gone => until(() => {
		if (opened().length > taken)
			return opened()[taken++]
		assert.ok(!gone?.exitCode, `the application ended: ${gone?.err}`)
	}, 'an address to open', 30000)
	/** What a person does with it: the answer of the application's own page, and the address it got. */
	async function play(person, { answer = 'allow', child } = {}) {
		const back = await person.consent(await next(child), answer)
		return Object.assign(await send(back.href), { back })
	}
	return { env, opened, next, play }
}
