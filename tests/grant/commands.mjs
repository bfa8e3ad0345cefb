// SPDX-License-Identifier: Apache-2.0
// Clients, signing keys and tokens from the command line.
import path from 'node:path'
import { assert, binary, finish, run, tempDir, test } from '../lib/harness.mjs'
import { driverPath } from '../net/driver.mjs'

const data = path.join(tempDir(), 'data')
const ISSUER = 'https://scrape.example', RESOURCE = `${ISSUER}/mcp`
const env = { SCRAPED_DATA: data, SCRAPED_PUBLIC_URL: ISSUER, SCRAPED_LOG_LEVEL: 'warn' }
const cli = (args, more = {}) => run(binary, args, { env: { ...env, ...more.env }, input: more.input })
const mint = (client, { issuer = ISSUER, resource = RESOURCE, life = 600, more = [] } = {}) => {
	const made = run(driverPath('mint_driver'), ['--data', data, client, issuer, resource, String(life), ...more])
	assert.equal(made.status, 0, made.err)
	return made.out.trim()
}
const inspect = (token, more = {}) => cli(['token', 'inspect'], { input: `${token}\n`, ...more })
const lines = out => Object.fromEntries(out.split('\n').map(line => line.match(/^(\w+) +(good|BAD|not checked)/)).filter(Boolean).map(m => [m[1], m[2]]))

function create(args) {
	const made = cli(['client', 'create', ...args])
	assert.equal(made.status, 0, made.err)
	return Object.fromEntries(made.out.trim().split('\n').map(line => line.split('=')))
}

const bot = create(['--name', 'Bot', '--scopes', 'scrape'])

await test('client create prints id and secret once', () => {
	assert.match(bot.client_id, /^client_[0-9a-z]{26}$/)
	assert.match(bot.client_secret, /^[0-9A-Za-z]{43}$/)
	const list = cli(['client', 'list'])
	assert.equal(list.status, 0)
	assert.match(list.out, new RegExp(`^${bot.client_id} +made .* live +Bot$`, 'm'))
	assert.ok(!list.out.includes(bot.client_secret))
	const open = create(['--name', 'App', '--public', '--redirect', 'http://localhost/cb,https://app.example/cb'])
	assert.equal(open.client_secret, undefined)
})

await test('client create refuses what no client may have', () => {
	for (const [args, why] of [[[], /--name/], [['--name', 'x', '--redirect', 'http://evil.example/'], /redirect_uris\[0\]/],
		[['--name', 'x', '--grant', 'password'], /grant_types/], [['--name', 'x', '--public'], /need a secret/],
		[['--name', 'x', '--scopes', 'everything'], /no such scope/], [['--name', 'x', '--grant', 'authorization_code'], /redirect_uris/]]) {
		const made = cli(['client', 'create', ...args])
		assert.equal(made.status, 2, made.out)
		assert.match(made.err, why)
		assert.equal(made.out, '')
	}
	const nobody = cli(['client', 'create', '--name', 'x', '--user', 'nobody'])
	assert.equal(nobody.status, 1)
})

await test('token inspect takes a good token and never prints it', () => {
	const token = mint(bot.client_id)
	const told = inspect(token)
	assert.equal(told.status, 0, told.out + told.err)
	assert.deepEqual(lines(told.out), { shape: 'good', alg: 'good', typ: 'good', iss: 'good', aud: 'good', exp: 'good', signature: 'good', grant: 'good' })
	assert.match(told.out, /This server takes the token\./)
	for (const part of token.split('.'))
		assert.ok(!told.out.includes(part))
	assert.equal(inspect(`Bearer ${token}`).status, 0)
	assert.equal(cli(['token', 'inspect', token]).status, 0)
	const aside = inspect(token, { env: { SCRAPED_PUBLIC_URL: '' } })
	assert.equal(aside.status, 0)
	assert.equal(lines(aside.out).iss, 'not checked')
})

await test('token inspect says what is wrong', () => {
	const token = mint(bot.client_id), [header, payload, signature] = token.split('.')
	const other = mint(bot.client_id).split('.')
	const wrong = (text, what) => {
		const told = inspect(text)
		assert.equal(told.status, 1, told.out)
		assert.equal(lines(told.out)[what], 'BAD', told.out)
		return told.out
	}
	wrong('x', 'shape')
	wrong('sk_live_abc', 'shape')
	wrong(`${header}.${payload}.`, 'shape')
	wrong('A=.x.y', 'shape')
	wrong(`${header}.${payload}.${other[2]}`, 'signature')
	wrong(mint(bot.client_id, { issuer: 'https://other.example' }), 'iss')
	wrong(mint(bot.client_id, { resource: 'https://other.example/mcp' }), 'aud')
	const old = wrong(mint(bot.client_id, { life: -5 }), 'exp')
	assert.equal(lines(old).signature, 'not checked')
	const turned = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(header, 'base64url')), alg: 'none', typ: 'JWT' })).toString('base64url')
	wrong(`${turned}.${payload}.${signature}`, 'alg')
	wrong(`${turned}.${payload}.${signature}`, 'typ')
	const foreign = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(header, 'base64url')), kid: 'x' })).toString('base64url')
	wrong(`${foreign}.${payload}.${signature}`, 'signature')
	const bound = inspect(mint(bot.client_id, { more: ['thumb'] }))
	assert.equal(lines(bound.out).signature, 'not checked')
})

await test('signing-key rotate exchanges keys, and older tokens stay good', () => {
	const before = mint(bot.client_id)
	const rotated = cli(['signing-key', 'rotate'])
	assert.equal(rotated.status, 0, rotated.err)
	const kid = rotated.out.trim()
	assert.match(kid, /^[\w-]{43}$/)
	const list = cli(['signing-key', 'list']).out
	assert.match(list, new RegExp(`^${kid} +current`, 'm'))
	assert.equal(list.match(/ (next|retired) /g).length, 2)
	assert.ok(!list.includes('"d"'))
	assert.equal(JSON.parse(Buffer.from(mint(bot.client_id).split('.')[0], 'base64url')).kid, kid)
	assert.equal(inspect(before).status, 0)
	const sealed = cli(['signing-key', 'rotate'], { env: { SCRAPED_DATA_KEY: 'secret' } })
	assert.equal(sealed.status, 0, sealed.err)
	const closed = cli(['signing-key', 'rotate'])
	assert.equal(closed.status, 1)
	assert.match(closed.err, /data_key/)
})

await test('client revoke ends its tokens', () => {
	const open = { env: { SCRAPED_DATA_KEY: 'secret' } }
	const made = run(driverPath('mint_driver'), ['--data', data, '--data-key', 'secret', bot.client_id, ISSUER, RESOURCE, '600'])
	const token = made.out.trim()
	assert.equal(inspect(token, open).status, 0)
	assert.equal(cli(['client', 'revoke', bot.client_id]).status, 0)
	const told = inspect(token, open)
	assert.equal(told.status, 1)
	assert.equal(lines(told.out).grant, 'BAD')
	assert.match(cli(['client', 'list']).out, new RegExp(`^${bot.client_id} .* revoked `, 'm'))
	assert.equal(cli(['client', 'revoke', 'client_nobody']).status, 1)
})

await finish()
