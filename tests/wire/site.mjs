// SPDX-License-Identifier: Apache-2.0
// The web that wire files scrape: one origin on loopback whose paths say how it behaves, and a
// stand-in for an OpenAI-compatible endpoint that checks what it is sent.
import http from 'node:http'

const html = body => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A small page</title></head><body>${body}</body></html>`
const page = html('<main><h1>A small page</h1><p>With a <a href="/other">link</a> &amp; text.</p></main>')

const visits = new Map()
const visit = path => {
	visits.set(path, (visits.get(path) ?? 0) + 1)
	return visits.get(path)
}

const give = (res, status, type, body, headers = {}) => {
	res.writeHead(status, { ...(type ? { 'Content-Type': type } : {}), ...headers })
	res.end(body)
}
const htmlType = 'text/html; charset=utf-8'

/** First part of the path -> how it answers. `rest` is what stands behind it. */
const paths = {
	page: (q, res) => give(res, 200, htmlType, page),
	article: (q, res) => give(res, 200, htmlType, html(`<nav><a href="/">Home</a> <a href="/all">All pages</a></nav><article><h1>The story</h1>${'<p>It has a good number of words in each of its paragraphs.</p>'.repeat(12)}</article><footer>Imprint</footer>`)),
	guide: (q, res) => give(res, 200, htmlType, html(`<h1>Guide</h1><p>See <a href="/page">a page</a> <img src="/i.png" alt="a sign">.</p>${['Install', 'Use', 'Help'].map(name =>
		`<h2 id="${name.toLowerCase()}">${name}</h2>${`<p>${name} has a good number of words in each of its paragraphs.</p>`.repeat(9)}`).join('')}`)
		.replace('<title>', '<meta property="og:title" content="The guide"><title>')),
	data: (q, res) => give(res, 200, htmlType, html(`<script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"A story",}]}</script>
		<div itemscope itemtype="https://schema.org/Person" itemid="#ann"><a itemprop="url" href="/ann">Ann</a></div>
		<p vocab="https://schema.org/" typeof="Book"><b property="name">A book</b></p>
		<table><caption>Sizes</caption><tr><th>Name<th>Size<tr><td>a<td>1</table>`)),
	product: (q, res, rest) => give(res, 200, htmlType, html(`<h1>\n  Product   ${rest}\n</h1><p class="price"> $2${rest}.99 </p><p class="price">was $39.99</p><a class="more" href="/product/${Number(rest) + 1}">more</a>`)),
	untitled: (q, res) => give(res, 200, htmlType, '<!doctype html><p>no title here</p>'),
	count: (q, res) => give(res, 200, htmlType, html(`<p>visit ${visit(q.url)}</p>`)),
	agent: (q, res) => give(res, 200, htmlType, html(`<p>agent ${q.headers['user-agent']}</p>`)),
	status: (q, res, rest) => give(res, Number(rest), htmlType, html(`<h1>status ${rest}</h1>`)),
	type: (q, res, rest) => give(res, 200, decodeURIComponent(rest), 'some bytes'),
	typed: (q, res, rest) => give(res, 200, decodeURIComponent(rest), page),
	notype: (q, res) => give(res, 200, null, page),
	nobytes: (q, res) => give(res, 200, null, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 3])),
	markdown: (q, res) => give(res, 200, 'text/markdown; charset=utf-8', '# Ready made\n\nWith *emphasis*.\n'),
	latin1: (q, res) => give(res, 200, 'text/html; charset=iso-8859-1', Buffer.from(html('<p>caf\xe9</p>').replace('utf-8', 'iso-8859-1'), 'latin1')),
	redirect: (q, res, rest) => give(res, 302, htmlType, 'moved', { Location: decodeURIComponent(rest) }),
	hops: (q, res, rest) => give(res, 302, htmlType, 'moved', { Location: Number(rest) > 1 ? `/hops/${rest - 1}` : '/page' }),
	silent: () => {},
	drip: (q, res) => {
		res.writeHead(200, { 'Content-Type': htmlType })
		const timer = setInterval(() => res.write('<p>a drop</p>'), 50)
		res.on('close', () => clearInterval(timer))
	},
	cut: (q, res) => {
		res.writeHead(200, { 'Content-Type': htmlType, 'Content-Length': 5000 })
		res.write(page)
		setTimeout(() => res.destroy(), 20)
	},
	reset: (q, res) => res.destroy(),
}

/** What the real endpoint would refuse, as text; null for a good request. */
function llmFault(headers, body) {
	if (headers.authorization !== 'Bearer wire-key')
		return 'Incorrect API key provided'
	if (body.model !== 'wire-model')
		return 'The model does not exist'
	if (!Array.isArray(body.messages) || !body.messages.length ||
		body.messages.some(m => !['system', 'user', 'assistant'].includes(m.role) || typeof m.content !== 'string'))
		return 'messages: a list of {role, content}'
	return null
}

/** The prompt of a wire file says what the model is to answer: ANSWER(text). */
function llm(q, res, text) {
	const body = JSON.parse(text)
	const fault = llmFault(q.headers, body)
	if (fault)
		return give(res, 400, 'application/json', JSON.stringify({ error: { message: fault } }))
	const asked = body.messages.map(m => m.content).join('\n')
	const content = /ANSWER\((.*?)\)ANSWER/s.exec(asked)?.[1] ?? '{"nothing":"asked"}'
	return give(res, 200, 'application/json', JSON.stringify({
		id: 'chatcmpl-1', object: 'chat.completion', created: 1710800000, model: 'wire-model',
		choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
		usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
	}))
}

/** { host, url, stop() } */
export async function startSite() {
	const server = http.createServer((q, res) => {
		const [, first, rest] = /^\/([a-z0-9]*)\/?(.*?)$/.exec(q.url.replace(/\?.*$/, '')) ?? []
		if (q.url === '/llm/v1/chat/completions') {
			let text = ''
			q.on('data', part => { text += part })
			q.on('end', () => llm(q, res, text))
		} else if (paths[first]) {
			paths[first](q, res, rest)
		} else {
			give(res, 404, htmlType, html('<h1>nothing here</h1>'))
		}
	})
	await new Promise(done => server.listen(0, '127.0.0.1', done))
	const host = `127.0.0.1:${server.address().port}`
	const stop = () => new Promise(done => {
		server.closeAllConnections()
		server.close(done)
	})
	return { host, url: `http://${host}`, stop }
}
