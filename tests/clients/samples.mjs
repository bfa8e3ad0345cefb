// SPDX-License-Identifier: Apache-2.0
// The files of clients/ against a live server: each configuration is read as its client reads it and lists the tool; the
// shell samples scrape a page; nginx and systemd accept theirs.
import fs from 'node:fs'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { assert, binary, finish, freePort, needsLocalhost, node22, onFinish, run, send, skip, start, startNginx, startScraped, tempDir, test, testsDir, until } from '../lib/harness.mjs'
import { makeOpener } from '../lib/opener.mjs'
import { addUser, Person } from '../lib/person.mjs'

const clients = path.join(path.dirname(testsDir), 'clients')
const www = tempDir()
fs.chmodSync(www, 0o755)
fs.writeFileSync(path.join(www, 'index.html'), '<title>Sample</title><h1>Sample</h1><p>A page.')
const nginx = await startNginx({ root: www })
const server = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: nginx.host } })

async function callTool(transport) {
	const client = new Client({ name: 'sample', version: '1' })
	await client.connect(transport)
	try {
		const { tools } = await client.listTools()
		assert.ok(tools.some(t => t.name === 'scrape_url'))
		const r = await client.callTool({ name: 'scrape_url', arguments: { url: nginx.url } })
		assert.equal(r.structuredContent.markdown, '# Sample\n\nA page.\n')
	} finally {
		await client.close()
	}
}

for (const [file, list] of [['claude_code.json', 'mcpServers'], ['cursor.json', 'mcpServers'], ['vscode.json', 'servers']])
	await test(file, () => {
		const entry = JSON.parse(fs.readFileSync(path.join(clients, file), 'utf8'))[list].scrape
		const headers = Object.fromEntries(Object.entries(entry.headers)
			.map(([name, value]) => [name, value.replace(/\$\{(env:)?SCRAPED_API_KEY\}|\$\{input:scraped-key\}/, server.key)]))
		assert.ok(headers.Authorization.endsWith(server.key))
		const url = entry.url.replace('http://127.0.0.1:8080', server.url)
		return callTool(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
	})

await test('claude_desktop.json', () => {
	const entry = JSON.parse(fs.readFileSync(path.join(clients, 'claude_desktop.json'), 'utf8')).mcpServers.scrape
	assert.equal(entry.command, 'scraped')
	return callTool(new StdioClientTransport({ command: binary, args: entry.args, env: { ...process.env, XDG_DATA_HOME: tempDir(), SCRAPED_ALLOW_TARGETS: nginx.host }, stderr: 'ignore' }))
})

addUser(server.env, 'ada', 'correct horse battery')
const ada = new Person(server.url, { name: 'ada', password: 'correct horse battery' })

/** A program that opens a browser when it must: its status and what it said. */
async function signsIn(program, args, { env, opener, times }) {
	const child = start(program, args, { env: { ...opener.env, ...env } })
	if (times)
		assert.equal((await opener.play(ada, { child })).status, 200)
	await child.ended
	return child
}

for (const [file, list] of [['claude_code.json', 'mcpServers'], ['cursor.json', 'mcpServers'], ['vscode.json', 'servers']])
	await test(`oauth/${file}`, async () => {
		// the URL is all there is: the agent below takes it as those applications do
		const { scrape, ...more } = JSON.parse(fs.readFileSync(path.join(clients, 'oauth', file), 'utf8'))[list]
		assert.deepEqual([more, Object.keys(scrape).filter(name => !['type', 'url'].includes(name))], [{}, []])
		const dir = tempDir()
		fs.symlinkSync(path.join(testsDir, 'node_modules'), path.join(dir, 'node_modules'))
		fs.copyFileSync(path.join(clients, 'oauth/agent.mjs'), path.join(dir, 'agent.mjs'))
		const run = { env: { SCRAPED_TOKENS: path.join(dir, 'tokens') }, opener: makeOpener() }
		const args = [path.join(dir, 'agent.mjs'), scrape.url.replace('http://127.0.0.1:8080', server.url), nginx.url]
		for (const times of [1, 0]) { // the second time nobody is asked
			const child = await signsIn(node22, args, { ...run, times })
			assert.equal(child.exitCode, 0, child.err)
			assert.equal(child.out, '# Sample\n\nA page.\n\n')
			assert.equal(run.opener.opened().length, 1)
		}
		assert.equal(fs.statSync(run.env.SCRAPED_TOKENS).mode & 0o777, 0o600)
	})

await test('oauth/claude_desktop.json', async () => {
	await needsLocalhost() // where mcp-remote waits for the browser
	const { command, args } = JSON.parse(fs.readFileSync(path.join(clients, 'oauth/claude_desktop.json'), 'utf8')).mcpServers.scrape
	assert.deepEqual([command, ...args.slice(0, 2)], ['npx', '-y', 'mcp-remote'])
	const opener = makeOpener(), home = tempDir()
	const url = args[2].replace('http://127.0.0.1:8080', server.url)
	const called = callTool(new StdioClientTransport({ command: node22, args: [path.join(testsDir, 'node_modules/mcp-remote/dist/proxy.js'), url],
		env: { ...process.env, ...opener.env, HOME: home, MCP_REMOTE_CONFIG_DIR: home }, stderr: 'ignore' }))
	called.catch(() => {})
	assert.equal((await opener.play(ada)).status, 200)
	await called
})

for (const [file, args, want] of [['scrape.sh', [], /"markdown":"# Sample/], ['extract.sh', ['the title'], /LLM_NOT_CONFIGURED/], ['mcp.sh', [], /"text":"# Sample/]])
	await test(`curl/${file}`, () => {
		const r = run(path.join(clients, 'curl', file), [nginx.url, ...args], { env: { SCRAPED_URL: server.url, SCRAPED_API_KEY: server.key } })
		assert.equal(r.status, 0, r.err)
		assert.match(r.out, want)
	})

await test('nginx/scraped.conf carries REST and MCP over TLS', async () => {
	const dir = tempDir()
	const port = await freePort()
	const made = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=scrape.example',
		'-addext', 'subjectAltName=DNS:scrape.example', '-keyout', `${dir}/key`, '-out', `${dir}/cert`])
	assert.equal(made.status, 0, made.err)
	const conf = fs.readFileSync(path.join(clients, 'nginx/scraped.conf'), 'utf8').replace('127.0.0.1:8080', `127.0.0.1:${server.port}`)
		.replace('listen 443', `listen 127.0.0.1:${port}`).replace(/ssl_certificate .*;/, `ssl_certificate ${dir}/cert;`)
		.replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${dir}/key;`)
	const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(n => `${n}_temp_path ${dir}/${n};`).join(' ')
	fs.writeFileSync(`${dir}/conf`, `daemon off; pid ${dir}/pid; error_log stderr; events {} http { access_log off; ${temp}\n${conf}\n}`)
	const proxied = await startScraped({ env: { SCRAPED_ALLOW_TARGETS: nginx.host, SCRAPED_PUBLIC_URL: 'https://scrape.example', SCRAPED_TRUSTED_PROXIES: '127.0.0.1' } })
	fs.writeFileSync(`${dir}/conf`, fs.readFileSync(`${dir}/conf`, 'utf8').replace(`127.0.0.1:${server.port};`, `127.0.0.1:${proxied.port};`))
	const child = start('nginx', ['-e', 'stderr', '-p', dir, '-c', `${dir}/conf`], { env: { PATH: `${process.env.PATH}:/usr/sbin` } })
	onFinish(() => child.kill())
	const curl = args => run('curl', ['-sS', '--cacert', `${dir}/cert`, '--resolve', `scrape.example:${port}:127.0.0.1`, '-H', 'Host: scrape.example', ...args])
	await until(() => curl([`https://scrape.example:${port}/v1/health`]).out.includes('"ok"'), `nginx (${child.err})`)
	const rest = curl([`https://scrape.example:${port}/v1/scrape`, '-H', `Authorization: Bearer ${proxied.key}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify({ urls: [nginx.url] })])
	assert.match(rest.out, /"markdown":"# Sample/)
	const mcp = curl([`https://scrape.example:${port}/mcp`, '-H', `Authorization: Bearer ${proxied.key}`, '-H', 'Content-Type: application/json', '-H', 'Accept: application/json, text/event-stream',
		'-d', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })])
	assert.match(mcp.out, /scrape_url/)
})

await test('systemd/scraped.service names settings and folders that exist', () => {
	const unit = fs.readFileSync(path.join(clients, 'systemd/scraped.service'), 'utf8')
	assert.match(unit, /^ExecStart=\S+\/scraped serve$/m)
	const verify = run('systemd-analyze', ['verify', '--man=no', path.join(clients, 'systemd/scraped.service')])
	if (verify.status === 127 || /ENOENT/.test(String(verify.status)))
		skip('systemd-analyze is not installed')
	const complaints = verify.err.split('\n').filter(line => line && !/is not executable|Failed to (connect|open)|not found/.test(line))
	assert.deepEqual(complaints.filter(line => /scraped\.service/.test(line)), [])
})

await finish()
