// SPDX-License-Identifier: Apache-2.0
// A stand-in for an OpenAI-compatible endpoint. It judges each request as the real API does
// (https://platform.openai.com/docs/api-reference/chat/create: method, path, key, content type,
// members, ranges, messages, response_format) and refuses with the real error shape. What it then
// does is chosen by the model's name: a row of `models` below.
//
//	const llm = await startLlm()
//	... SCRAPED_LLM_URL=llm.url SCRAPED_LLM_KEY=llm.key SCRAPED_LLM_MODEL=outline
//	llm.asked('outline')	the requests of that model: { body, system, user, mark, page, headers }
//	llm.faults		what was refused as malformed; a test that caused none wants it empty
//	llm.mostAtOnce		requests in flight together, at most
import http from 'node:http'
import zlib from 'node:zlib'
import { onFinish } from './harness.mjs'

// --- the real API's checks ---

const refuse = (status, message, { param = null, code = null, type = 'invalid_request_error' } = {}) =>
	({ status, json: { error: { message, type, param, code } } })

const known = new Set(['model', 'messages', 'temperature', 'max_tokens', 'max_completion_tokens',
	'response_format', 'n', 'stream', 'stream_options', 'stop', 'top_p', 'presence_penalty',
	'frequency_penalty', 'logit_bias', 'logprobs', 'top_logprobs', 'seed', 'user', 'tools', 'tool_choice',
	'parallel_tool_calls', 'metadata', 'modalities', 'prediction', 'reasoning_effort', 'service_tier',
	'store', 'verbosity', 'web_search_options', 'audio', 'function_call', 'functions'])
const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool'])

function checkMessages(messages) {
	if (!Array.isArray(messages) || messages.length === 0)
		return refuse(400, "Invalid 'messages': expected a non-empty array.", { param: 'messages' })
	for (const [i, m] of messages.entries()) {
		const param = `messages[${i}]`
		if (m === null || typeof m !== 'object')
			return refuse(400, `Invalid type for '${param}': expected an object.`, { param, code: 'invalid_type' })
		for (const name of Object.keys(m))
			if (!['role', 'content', 'name', 'tool_calls', 'tool_call_id', 'refusal'].includes(name))
				return refuse(400, `Unknown parameter: '${param}.${name}'.`, { param, code: 'unknown_parameter' })
		if (!roles.has(m.role))
			return refuse(400, `Invalid value: '${m.role}'.`, { param: `${param}.role`, code: 'invalid_value' })
		if (typeof m.content !== 'string' && !Array.isArray(m.content))
			return refuse(400, `Invalid value for 'content': expected a string, got ${m.content}.`,
				{ param: `${param}.content` })
	}
	return null
}

function checkFormat(format, messages) {
	const param = 'response_format'
	if (format === undefined)
		return null
	if (format === null || typeof format !== 'object')
		return refuse(400, "Invalid type for 'response_format': expected an object.", { param, code: 'invalid_type' })
	if (format.type === 'text')
		return null
	if (format.type === 'json_object') {
		if (!messages.some(m => /json/i.test(JSON.stringify(m.content))))
			return refuse(400, "'messages' must contain the word 'json' in some form, to use"
				+ " 'response_format' of type 'json_object'.", { param: 'messages' })
		return null
	}
	if (format.type !== 'json_schema')
		return refuse(400, `Invalid value: '${format.type}'.`, { param: 'response_format.type', code: 'invalid_value' })
	const { name, schema, strict } = format.json_schema ?? {}
	if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name))
		return refuse(400, "Invalid 'response_format.json_schema.name': expected '^[a-zA-Z0-9_-]+$'.",
			{ param: 'response_format.json_schema.name', code: 'invalid_value' })
	if (strict !== undefined && strict !== null && typeof strict !== 'boolean')
		return refuse(400, 'Invalid type for strict.', { param: 'response_format.json_schema.strict', code: 'invalid_type' })
	const bad = why => refuse(400, `Invalid schema for response_format '${name}': ${why}`,
		{ param, code: 'invalid_json_schema' })
	if (schema === null || typeof schema !== 'object' || schema.type !== 'object')
		return bad('schema must be a JSON Schema of \'type: "object"\'.')
	const names = Object.keys(schema.properties ?? {})
	if (strict && (schema.additionalProperties !== false || names.some(n => !schema.required?.includes(n))))
		return bad("'additionalProperties' must be false and every property in 'required'.")
	if (schema.required?.some(n => !names.includes(n)))
		return bad("'required' names what 'properties' does not have.")
	return null
}

function checkNumbers(body) {
	for (const name of Object.keys(body))
		if (!known.has(name))
			return refuse(400, `Unrecognized request argument supplied: ${name}`)
	const t = body.temperature
	if (t !== undefined && (typeof t !== 'number' || t < 0 || t > 2))
		return refuse(400, "Invalid 'temperature': expected a number from 0 to 2.", { param: 'temperature', code: 'invalid_type' })
	for (const name of ['max_tokens', 'max_completion_tokens']) {
		const n = body[name]
		if (n !== undefined && (!Number.isInteger(n) || n < 1))
			return refuse(400, `Invalid '${name}': integer below minimum value.`, { param: name, code: 'integer_below_min_value' })
		if (n > 128000)
			return refuse(400, `${name} is too large: ${n}.`, { param: name, code: 'invalid_value' })
	}
	if (body.max_tokens !== undefined && body.max_completion_tokens !== undefined)
		return refuse(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
			{ code: 'invalid_parameter_combination' })
	return null
}

function check(q, text, key) {
	if (new URL(q.url, 'http://x').pathname !== '/v1/chat/completions' || q.url.includes('?'))
		return refuse(404, `Invalid URL (${q.method} ${q.url})`)
	if (q.method !== 'POST')
		return refuse(405, `Not allowed to ${q.method} on /v1/chat/completions`, { code: 'method_not_supported' })
	const given = q.headers.authorization
	if (given === undefined)
		return refuse(401, "You didn't provide an API key.")
	if (given !== `Bearer ${key}`) // the real one repeats what it was given
		return refuse(401, `Incorrect API key provided: ${given.slice(7)}.`, { code: 'invalid_api_key' })
	if (!/^application\/json(;|$)/.test(q.headers['content-type'] ?? ''))
		return refuse(400, `Unsupported content type: '${q.headers['content-type']}'.`)
	let body
	try {
		body = JSON.parse(text)
	} catch {
		return refuse(400, 'We could not parse the JSON body of your request.')
	}
	if (typeof body.model !== 'string' || !body.model)
		return refuse(400, 'you must provide a model parameter')
	return checkNumbers(body) ?? checkMessages(body.messages) ?? checkFormat(body.response_format, body.messages)
}

// --- the models ---

const say = (content, more = {}) => ({ json: {
	id: 'chatcmpl-standin', object: 'chat.completion', created: 1760000000, model: 'standin',
	choices: [{ index: 0, message: { role: 'assistant', content, refusal: null, ...more.message }, logprobs: null,
		finish_reason: more.finish ?? 'stop' }],
	usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }, system_fingerprint: 'fp_standin',
} })
const extract = value => say(JSON.stringify({ extract: value }))
const headings = ask => [...ask.page.matchAll(/^#{1,6} (.*)$/gm)].map(m => m[1])
const outline = ask => extract({ title: headings(ask)[0] ?? null, headings: headings(ask) })
const unsupported = param => refuse(400, `Unsupported parameter: '${param}' is not supported with this model.`,
	{ param, code: 'unsupported_parameter' })
const format = ask => ask.body.response_format?.type
const busy = (after, status = 429) => ({ ...refuse(status, 'Rate limit reached for requests',
	{ type: 'requests', code: 'rate_limit_exceeded' }), headers: after === undefined ? {} : { 'Retry-After': String(after) } })
const nested = depth => '['.repeat(depth) + ']'.repeat(depth)

/** name: ask => reply. ask.nth counts the requests of this model from 1. */
const models = {
	'outline': outline,
	'links': ask => extract([...new Set([...ask.page.matchAll(/\]\((https?:[^)\s]+)\)/g)].map(m => m[1]))]),
	'count': ask => extract(ask.page.length),
	'echo': ask => extract(ask.page),
	// what the endpoint takes
	'no-schema': ask => format(ask) === 'json_schema'
		? refuse(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
			{ param: 'response_format' }) : outline(ask),
	'no-format': ask => format(ask) ? refuse(400, "response_format is not supported", { param: 'response_format' }) : outline(ask),
	'no-format-unnamed': ask => format(ask) ? { status: 422, json: { detail: [{ loc: ['body'], msg: 'extra fields' }] } } : outline(ask),
	'no-format-501': ask => format(ask) ? { status: 501, text: '' } : outline(ask),
	'refuses-all': () => refuse(400, 'no'),
	'reasoning': ask => ask.body.max_tokens !== undefined ? unsupported('max_tokens')
		: ask.body.temperature !== undefined ? unsupported('temperature') : outline(ask),
	'no-such-model': () => refuse(404, 'The model does not exist', { code: 'model_not_found' }),
	'too-long': () => refuse(400, 'maximum context length', { param: 'messages', code: 'context_length_exceeded' }),
	// what it says
	'fenced': ask => say('```json\n' + JSON.stringify({ extract: headings(ask) }) + '\n```'),
	'marked': ask => say('\uFEFF' + JSON.stringify({ extract: headings(ask) })),
	'thinking': ask => say('<think>hm {"a":1}</think>\n\n' + JSON.stringify({ extract: headings(ask) })),
	'parts': ask => say([{ type: 'text', text: JSON.stringify({ extract: headings(ask) }) }]),
	'bare': ask => say(JSON.stringify(headings(ask))),
	'unicode': () => extract({ 'grüße': 'Ελλάδα 日本 🎉 \u2028', 'a\tb': '\u0001"\\' }),
	'prose-once': ask => ask.nth === 1 ? say('Of course! Here it is: ' + JSON.stringify(headings(ask))) : outline(ask),
	'prose': () => say('I would rather talk.\nReally.'),
	'deep': () => say(nested(1000)),
	'empty': () => say(''),
	'empty-once': ask => ask.nth === 1 ? say('  \n') : outline(ask),
	'null': () => say(null),
	'cut': () => say('{"extract": [1, 2', { finish: 'length' }),
	'cut-once': ask => ask.nth === 1 ? say('{"extract": [1, 2', { finish: 'length' }) : outline(ask),
	'cut-whole': () => say('{"extract": [1, 2]}', { finish: 'length' }),
	'tool': () => say(null, { finish: 'tool_calls', message: { tool_calls: [{ id: 'c', type: 'function',
		function: { name: 'fetch', arguments: '{"url":"http://127.0.0.1/"}' } }] } }),
	'refusal': () => say(null, { message: { refusal: 'I cannot help with that.' } }),
	'filter': () => say('', { finish: 'content_filter' }),
	'shapes': ask => ask.page.startsWith('[{') ? extract({ merged: JSON.parse(ask.page) })
		: ask.nth === 1 ? extract({ first: 1 }) : extract([ask.nth]),
	'texts': ask => ask.page.startsWith('["') ? say('all together') : say(`text ${ask.nth}`),
	// how it says it
	'gzip': ask => ({ ...outline(ask), gzip: true }),
	'chunked': ask => ({ ...outline(ask), chunked: true }),
	'no-usage': ask => ({ json: { ...outline(ask).json, usage: undefined } }),
	'odd-type': ask => ({ ...outline(ask), type: 'text/plain' }),
	'html': () => ({ text: '<!doctype html><title>Sign in</title>', type: 'text/html' }),
	'truncated': ask => ({ text: JSON.stringify(outline(ask).json).slice(0, -20) }),
	'no-choices': () => ({ json: { id: 'x', object: 'chat.completion', choices: [] } }),
	'error-in-200': () => ({ json: refuse(500, 'secret-inside').json }),
	'stream': () => ({ text: 'data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: [DONE]\n\n', type: 'text/event-stream' }),
	'huge': () => ({ text: JSON.stringify(say('x'.repeat(2 << 20)).json) }),
	'bomb': () => ({ text: JSON.stringify(say('x'.repeat(8 << 20)).json), gzip: true }),
	'lying': ask => ({ ...outline(ask), length: 100000 }),
	'not-gzip': ask => ({ ...outline(ask), headers: { 'Content-Encoding': 'gzip' } }),
	'nested-body': () => ({ text: nested(100000) }),
	'redirect': ask => ({ status: 307, headers: { Location: `http://${ask.headers.host}/elsewhere` }, text: '' }),
	'hanging': () => ({ hang: true }),
	'dripping': ask => ({ ...outline(ask), drip: true }),
	// how it fails
	'busy-once': ask => ask.nth === 1 ? busy(1) : outline(ask),
	'busy-unsaid': ask => ask.nth === 1 ? busy(undefined, 503) : outline(ask),
	'busy': () => busy(3600),
	'busy-minute': () => busy(60),
	'busy-often': () => busy(0),
	'no-quota': () => refuse(429, 'You exceeded your current quota', { type: 'insufficient_quota', code: 'insufficient_quota' }),
	'broken-once': ask => ask.nth === 1 ? refuse(500, 'oops', { type: 'server_error' }) : outline(ask),
	'broken': () => ({ status: 502, text: '<html>Bad gateway</html>', type: 'text/html' }),
	'reset-once': ask => ask.nth === 1 ? { reset: true } : outline(ask),
	'reset': () => ({ reset: true }),
}
export const modelNames = Object.keys(models)

// --- the server ---

function read(body, headers, nth) {
	const of = role => body.messages.filter(m => m.role === role).map(m => m.content)
	const [user] = of('user')
	const [, mark] = /\[page ([0-9A-Za-z]+)\]/.exec(of('system')[0] ?? '') ?? []
	const from = user?.indexOf(`[page ${mark}]\n`), to = user?.lastIndexOf(`\n[end of page ${mark}]`)
	const page = from >= 0 && to > from ? user.slice(from + `[page ${mark}]\n`.length, to) : ''
	return { body, headers, nth, mark, page, user, system: of('system')[0], again: of('user').slice(1) }
}

function write(r, reply) {
	if (reply.hang)
		return
	if (reply.reset)
		return void r.socket.resetAndDestroy()
	let bytes = Buffer.from(reply.text ?? JSON.stringify(reply.json))
	const headers = { 'Content-Type': reply.type ?? 'application/json', ...reply.headers }
	if (reply.gzip) {
		bytes = zlib.gzipSync(bytes)
		headers['Content-Encoding'] = 'gzip'
	}
	if (!reply.chunked)
		headers['Content-Length'] = reply.length ?? bytes.length
	r.writeHead(reply.status ?? 200, headers)
	if (reply.drip)
		return void drip(r, bytes)
	if (reply.length)
		return void r.write(bytes, () => r.socket.destroy())
	r.end(bytes)
}

function drip(r, bytes, at = 0) {
	if (r.destroyed || at >= bytes.length)
		return
	r.write(bytes.subarray(at, at + 1))
	setTimeout(drip, 100, r, bytes, at + 1).unref()
}

/**
 * Starts one on a free loopback port: { url, host, key, faults, asked(model), total, mostAtOnce, stop() }.
 * Nobody is answered before `gather` have asked at once, and each answer comes delayMs later.
 */
export async function startLlm({ key = 'sk-standin-5up3r-53cr3t', delayMs = 0, gather = 0 } = {}) {
	const waiting = []
	const asks = new Map()
	const llm = { key, faults: [], total: 0, atOnce: 0, mostAtOnce: 0, closed: 0, asked: model => asks.get(model) ?? [] }
	const server = http.createServer((q, r) => {
		const parts = []
		llm.total++
		llm.mostAtOnce = Math.max(llm.mostAtOnce, ++llm.atOnce)
		r.on('close', () => {
			llm.atOnce--
			llm.closed += !r.writableFinished
		})
		q.on('data', part => parts.push(part))
		q.on('end', () => {
			const text = Buffer.concat(parts).toString()
			const fault = check(q, text, key)
			if (fault) {
				llm.faults.push(fault.json.error.message)
				return write(r, fault)
			}
			const body = JSON.parse(text)
			const model = models[body.model]
			const list = asks.get(body.model) ?? []
			asks.set(body.model, list)
			const ask = read(body, q.headers, list.length + 1)
			list.push(ask)
			waiting.push(() => write(r, model ? model(ask) : models['no-such-model'](ask)))
			if (llm.mostAtOnce >= gather)
				for (const answer of waiting.splice(0))
					setTimeout(answer, delayMs)
		})
	})
	await new Promise(done => server.listen(0, '127.0.0.1', done))
	const { port } = server.address()
	llm.host = `127.0.0.1:${port}`
	llm.url = `http://${llm.host}/v1`
	llm.stop = () => new Promise(done => {
		server.closeAllConnections()
		server.close(done)
	})
	onFinish(llm.stop)
	return llm
}
