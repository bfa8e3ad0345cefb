// SPDX-License-Identifier: Apache-2.0
// The best that npm can put together, to measure beside: node:http + undici + gunzip + mdream behind our REST request.
// `node peer.mjs PORT`
import http from 'node:http'
import zlib from 'node:zlib'
import { Pool } from 'undici'
import { htmlToMarkdown } from 'mdream'

const pools = new Map()
function pool(origin) {
	if (!pools.has(origin))
		pools.set(origin, new Pool(origin, { connections: 1024 }))
	return pools.get(origin)
}

async function scrape(url) {
	const u = new URL(url)
	const began = Date.now()
	const { statusCode, headers, body } = await pool(u.origin).request({ path: u.pathname, method: 'GET', headers: { 'accept-encoding': 'gzip' } })
	const packed = Buffer.from(await body.arrayBuffer())
	const html = (headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(packed) : packed).toString('utf8')
	const title = /<title[^>]*>([^<]*)/i.exec(html)?.[1] ?? null
	return { url, status: 'success', cached: false, markdown: htmlToMarkdown(html),
		metadata: { requestedUrl: url, finalUrl: url, title, httpStatus: statusCode, fetchDurationMs: Date.now() - began, fetchedAt: began } }
}

http.createServer((req, res) => {
	const chunks = []
	req.on('data', c => chunks.push(c))
	req.on('end', async () => {
		const { urls } = JSON.parse(Buffer.concat(chunks))
		const text = JSON.stringify({ requestId: 'x', mode: 'sync', result: await scrape(urls[0]) })
		res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
		res.end(text)
	})
}).listen(Number(process.argv[2]), '127.0.0.1')
