// SPDX-License-Identifier: Apache-2.0
// DNS, redirects and rebinding against the fetcher, in two network namespaces without an uplink: one holds the
// fetcher, the other is the whole internet (netns_web.mjs). The judge is a packet socket: nothing may leave for
// an address that is not public, whatever the answers say.
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { spawn, spawnSync } from 'node:child_process'
import { assert, corpus, finish, onFinish, skip, tempDir, test, testsDir } from '../lib/harness.mjs'
import { driverPath, startDriver } from './driver.mjs'

const tag = `sc${process.pid}`
const inside = `${tag}in`, web = `${tag}web`
const port = '8088'
let why

function sh(command, may = false) {
	const r = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
	if (r.status !== 0 && !may)
		throw new Error(`${command}: ${r.stderr}`)
	return r.status === 0
}

function remove(ns) {
	sh(`ip netns del ${ns}`, true)
	fs.rmSync(`/etc/netns/${ns}`, { recursive: true, force: true })
}
/** What runs that were killed left behind. */
function sweep() {
	const names = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout.match(/^sc\d+(in|web)\b/gm) ?? []
	for (const ns of names)
		if (!fs.existsSync(`/proc/${ns.match(/\d+/)[0]}`))
			remove(ns)
}

function build() {
	sweep()
	process.on('exit', () => [inside, web].forEach(remove))
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(signal, () => process.exit(1))
	sh(`ip netns add ${inside} && ip netns add ${web}`)
	sh(`ip link add v0 netns ${inside} type veth peer name v0 netns ${web}`)
	for (const ns of [inside, web])
		sh(`ip -n ${ns} link set lo up && ip netns exec ${ns} sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.v0.accept_dad=0 net.ipv6.conf.all.disable_ipv6=0`)
	sh(`ip -n ${inside} addr add 45.76.99.2/24 dev v0 && ip -n ${inside} addr add 2a01:4f8:99::2/64 dev v0 nodad && ip -n ${inside} link set v0 up`)
	sh(`ip -n ${web} addr add 45.76.99.1/24 dev v0 && ip -n ${web} addr add 2a01:4f8:99::1/64 dev v0 nodad && ip -n ${web} link set v0 up`)
	sh(`ip -n ${inside} route add default via 45.76.99.1 && ip -n ${inside} -6 route add default via 2a01:4f8:99::1`)
	// Every address is here; some refuse.
	sh(`ip -n ${web} route add local 0.0.0.0/0 dev lo && ip -n ${web} -6 route add local ::/0 dev lo`)
	sh(`ip -n ${web} route add 45.76.99.2 dev v0 && ip -n ${web} -6 route add 2a01:4f8:99::2 dev v0 table local && ip -n ${web} -6 route add fe80::/10 dev v0 table local`)
	sh(`ip -n ${web} route add unreachable 45.76.11.99`)
	fs.mkdirSync(`/etc/netns/${inside}`, { recursive: true })
	fs.writeFileSync(`/etc/netns/${inside}/resolv.conf`, 'nameserver 45.76.11.53\nsearch inside.example.net\n')
	fs.writeFileSync(`/etc/netns/${inside}/hosts`, '' /* localhost must not need it */)
}

// --- the other processes ---

function talkTo(program, args) {
	const child = spawn('ip', ['netns', 'exec', args[0], program, ...args.slice(1)], { stdio: ['pipe', 'pipe', 'inherit'] })
	child.on('exit', code => {
		if (code)
			throw new Error(`${program} ended with ${code}`)
	})
	const lines = []
	const waiting = []
	readline.createInterface({ input: child.stdout }).on('line', line => {
		const next = waiting.shift()
		if (next)
			next(line)
		else
			lines.push(line)
	})
	onFinish(() => new Promise(done => { child.on('close', done); child.stdin.end() }))
	return {
		say: text => child.stdin.write(text + '\n'),
		hear: () => lines.length ? Promise.resolve(lines.shift()) : new Promise(done => waiting.push(done)),
	}
}

let judge, origin
const found = []
/** { sent, bad } so far. */
async function packets() {
	judge.say('?')
	for (;;) {
		const line = await judge.hear()
		const m = line.match(/^sent (\d+) bad (\d+)$/)
		if (m)
			return { sent: Number(m[1]), bad: Number(m[2]) }
		found.push(line)
	}
}
async function seen() {
	origin.say(JSON.stringify({ ask: true }))
	return JSON.parse(await origin.hear())
}
const startInside = options => startDriver({ ...options, prefix: ['ip', 'netns', 'exec', inside] })

// --- the vectors ---

function expand(url) {
	return url.replaceAll('{PORT}', port).replace(/\{(.)\*(\d+)\}/g, (_, c, n) => c.repeat(Number(n)))
}
const evilHome = tempDir()
fs.writeFileSync(path.join(evilHome, '.netrc'), 'machine 45.76.11.10 login a password b\n')
fs.writeFileSync(path.join(evilHome, '.curlrc'), 'proxy = http://10.16.0.2:3128\n')

/** The transfer that a channel begins with its URL (src/scrape, src/job/hook_trip.c, src/net/robots_ask.c). */
const begins = {
	scrape: url => ({ url }), mcp: url => ({ url }), scrape_async: url => ({ url }),
	webhook: url => ({ url, method: 'POST', hops: 0, head_only: true, page: false }),
	robots: url => ({ url: new URL('/robots.txt', url).href, hops: 5, page: false }),
}

let shared
/** The codes of a vector's tries. Its own process where the environment or a fresh look-up matters. */
async function tries(v) {
	const codes = []
	if (!v.url.isWellFormed())
		return ['INVALID_URL'] // no strict JSON parser lets a lone surrogate through
	const own = v.env || v.cat === 'dns-rebind' || v.cat === 'redirect-rebind'
	const env = Object.fromEntries(Object.entries(v.env ?? {}).map(([k, x]) => [k, x.replace('{EVILHOME}', evilHome)]))
	let driver = own ? null : shared
	for (let i = 0; i < (v.repeat ?? 1); i++) {
		// One process looks a name up once in half a minute: each try is a new one, and the last two share one.
		if (own && (!driver || i < v.repeat - 1))
			driver = startInside({ env })
		const r = await driver.ask({ ...begins[v.channel](expand(v.url)), timeout_ms: v.timeout_ms ?? 15000 })
		codes.push(r.code === 'OK' && (r.status < 200 || r.status > 299) ? 'FETCH_FAILED' : r.code)
		if (own && (i < v.repeat - 2 || i === (v.repeat ?? 1) - 1))
			await driver.stop()
	}
	return codes
}

const folder = corpus()
const file = folder && path.join(folder, 'ssrf-vectors.jsonl')
if (process.getuid() !== 0)
	why = 'needs root for network namespaces'
else if (!sh('ip netns list', true))
	why = 'no ip netns here'
else if (!file || !fs.existsSync(file))
	why = 'no ssrf-vectors.jsonl in the corpus'
if (why) {
	await test('vectors', () => skip(why))
	await finish()
}

const all = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line))
const vectors = all.filter(v => begins[v.channel])
build()
judge = talkTo(driverPath('packetlog_driver'), [inside])
assert.equal(await judge.hear(), 'ready')
origin = talkTo(process.execPath, [web, path.join(testsDir, 'net/netns_web.mjs')])
assert.deepEqual(JSON.parse(await origin.hear()), { ready: true })
for (const v of vectors)
	origin.say(JSON.stringify({ dns: v.dns, http: v.http }))
shared = startInside()

async function group(cat, list) {
	await test(cat, async () => {
		const before = await packets()
		const wrong = []
		const queue = [...list]
		const work = async () => {
			for (let v; (v = queue.shift());) {
				for (const code of await tries(v)) {
					const ok = v.expect === 'allow' ? code === 'OK' : v.codes.includes(code)
					if (!ok)
						wrong.push(`${v.id} ${v.url.slice(0, 80)}: ${code}, expected ${v.expect} ${v.codes} (${v.note})`)
				}
			}
		}
		await Promise.all(Array.from({ length: 6 }, work))
		const after = await packets()
		assert.deepEqual(wrong, [])
		assert.equal(after.bad - before.bad, 0, found.join('\n'))
	})
}
for (const cat of new Set(vectors.map(v => v.cat)))
	await group(cat, vectors.filter(v => v.cat === cat))

await test('other_channels', () => skip(`${all.length - vectors.length} vectors for channels that are not built`))

await test('redirects_end', async () => {
	const { hits } = await seen()
	for (const v of vectors.filter(x => x.max_hits)) {
		const host = new URL(v.url).hostname
		assert.ok(hits[host] > 0 && hits[host] <= v.max_hits, `${host}: ${hits[host]} requests`)
	}
})

await test('one_look_up_for_many', async () => {
	origin.say(JSON.stringify({ dns: { 'once.example.net': { A: [['45.76.11.10'], ['10.0.0.1']], ttl: 0 } } }))
	const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => shared.ask({ url: `http://once.example.net/${i}` })))
	assert.ok(answers.every(r => r.code === 'OK'))
	const { queries } = await seen()
	assert.equal(queries['once.example.net A'], 1)
})

await test('names_over_ipv6', async () => {
	origin.say(JSON.stringify({ dns: { 'six.example.net': { AAAA: [['2a01:4f8:11:10::80']] },
		'both.example.net': { A: [['45.76.11.10']], AAAA: [['2a01:4f8:11:10::80']] },
		'half.example.net': { A: [['45.76.11.99']], AAAA: [['2a01:4f8:11:10::80']] },
		'inner.example.net': { A: [['45.76.11.10']], AAAA: [['fd00::1']] } } }))
	for (const [url, code] of [['http://six.example.net/', 'OK'], ['http://both.example.net./', 'OK'], ['http://half.example.net:8080/', 'OK'],
		['http://inner.example.net/', 'PRIVATE_NETWORK_TARGET']]) {
		const r = await shared.ask({ url })
		assert.equal(r.code, code, `${url}: ${r.message}`)
	}
	assert.ok((await seen()).targets.includes('2a01:4f8:11:10::80'))
})

await test('search_list', async () => {
	// A page's name is never looked for inside; the operator's endpoint may be.
	origin.say(JSON.stringify({ dns: { 'git.team.inside.example.net': { A: [['45.76.11.10']] }, 'llm.inside.example.net': { A: [['45.76.11.10']] } } }))
	assert.equal((await shared.ask({ url: 'http://git.team/' })).code, 'FETCH_FAILED')
	assert.equal((await shared.ask({ url: 'http://llm/', operator: true })).code, 'OK')
	assert.equal((await shared.ask({ url: 'http://git.team/', operator: true })).code, 'OK')
	const { queries } = await seen()
	assert.deepEqual([queries['git.team.inside.example.net A'], queries['llm.inside.example.net A']], [1, 1])
})

await test('silent_names_do_not_hold_others', async () => {
	const driver = startInside()
	let ended = 0
	const dead = Array.from({ length: 200 }, (_, i) => driver.ask({ url: `http://dead-${i}.example.net/`, timeout_ms: 6000 }).then(r => { ended++; return r }))
	const live = await Promise.all(Array.from({ length: 50 }, () => driver.ask({ url: 'http://45.76.11.10/', timeout_ms: 60000 })))
	assert.ok(live.every(r => r.code === 'OK'), 'literals go on')
	assert.equal(ended, 0, 'while all of the others wait')
	const stats = await driver.command('stats')
	assert.ok(stats.threads <= 128 + 10, `${stats.threads} threads`)
	for (const r of await Promise.all(dead)) {
		assert.equal(r.code, 'TIMEOUT')
		assert.match(r.message, /still looking up the host name/)
	}
	assert.equal((await driver.ask({ url: 'http://45.76.11.10/' })).code, 'OK')
	await driver.stop()
	const few = startInside()
	let over = 0
	const some = Array.from({ length: 40 }, (_, i) => few.ask({ url: `http://dead-${i}.example.net/`, timeout_ms: 6000 }).then(() => { over++ }))
	assert.equal((await few.ask({ url: 'http://once.example.net/', timeout_ms: 60000 })).code, 'PRIVATE_NETWORK_TARGET')
	assert.equal((await few.ask({ url: 'http://dok-141.rig.example.net/', timeout_ms: 60000 })).code, 'OK')
	assert.equal(over, 0, 'names that are known do not wait for those that are not')
	await Promise.all(some)
	await few.stop()
})

await test('allowed_targets_and_nothing_else', async () => {
	origin.say(JSON.stringify({ dns: { 'in.example.net': { A: [['10.50.0.1', '10.50.0.2']] } } }))
	const driver = startInside({ flags: ['--allow-targets', '10.50.0.1:8080'] })
	for (const [url, code] of [['http://10.50.0.1:8080/', 'OK'], ['http://10.50.0.1/', 'PRIVATE_NETWORK_TARGET'], ['http://10.50.0.2:8080/', 'PRIVATE_NETWORK_TARGET'],
		['http://in.example.net:8080/', 'OK'], ['http://in.example.net/', 'PRIVATE_NETWORK_TARGET'], ['http://localhost:8080/', 'PRIVATE_NETWORK_TARGET'],
		['http://169.254.169.254/', 'PRIVATE_NETWORK_TARGET']])
		assert.equal((await driver.ask({ url })).code, code, url)
	await driver.stop()
	await packets()
	assert.ok(found.length > 0 && found.every(line => line === 'bad 10.50.0.1'), found.join('\n'))
	found.length = 0
})

await test('the_judge_sees', async () => {
	// A transfer to a private place that the operator may make: if this is not seen, nothing above was judged.
	const before = await packets()
	const driver = startInside()
	assert.equal((await driver.ask({ url: 'http://10.9.9.9/', operator: true })).code, 'OK')
	await driver.ask({ url: 'http://127.0.0.1:9/', operator: true })
	await driver.stop()
	const after = await packets()
	assert.ok(after.bad > before.bad)
	assert.ok(found.includes('bad 10.9.9.9') && found.includes('bad 127.0.0.1 over lo'), found.join('\n'))
	assert.ok(after.sent > 500, `${after.sent} packets`)
})
await finish()
