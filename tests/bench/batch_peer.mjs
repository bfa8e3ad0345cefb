// SPDX-License-Identifier: Apache-2.0
// The same list through undici and mdream, kept in memory: nothing of it survives a crash.
// `node batch_peer.mjs URLS-FILE IN-FLIGHT`; prints {"seconds","done","ok","cpu","rss"} as limit.c does.
import fs from 'node:fs'
import zlib from 'node:zlib'
import { Pool } from 'undici'
import { htmlToMarkdown } from 'mdream'

const urls = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n')
const width = Number(process.argv[3])
const pool = new Pool(new URL(urls[0]).origin, { connections: width })
const results = []
let next = 0

async function work() {
	while (next < urls.length) {
		const i = next++
		const { statusCode, headers, body } = await pool.request({ path: new URL(urls[i]).pathname, method: 'GET', headers: { 'accept-encoding': 'gzip' } })
		const packed = Buffer.from(await body.arrayBuffer())
		const html = (headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(packed) : packed).toString('utf8')
		results[i] = { url: urls[i], status: statusCode, title: /<title[^>]*>([^<]*)/i.exec(html)?.[1] ?? null, markdown: htmlToMarkdown(html) }
	}
}

const began = process.hrtime.bigint()
await Promise.all(Array.from({ length: width }, work))
const seconds = Number(process.hrtime.bigint() - began) / 1e9
const cpu = process.cpuUsage()
console.log(JSON.stringify({ seconds, done: results.length, ok: results.filter(r => r.status === 200).length, cpu: (cpu.user + cpu.system) / 1e6,
	rss: process.resourceUsage().maxRSS }))
await pool.close()
