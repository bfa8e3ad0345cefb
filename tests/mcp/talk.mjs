// SPDX-License-Identifier: Apache-2.0
// How the MCP tests speak over plain HTTP: messages of both eras with the headers that go along.
import { send } from '../lib/harness.mjs'

export const NOW = '2026-07-28'
export const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26']
export const META = 'io.modelcontextprotocol/'
const NAMES = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri', 'tasks/get': 'taskId',
	'tasks/update': 'taskId', 'tasks/cancel': 'taskId' }

/** The _meta that each modern request carries; more members may be added, undefined removes one. */
export const meta = (more = {}) => ({
	[META + 'protocolVersion']: NOW, [META + 'clientCapabilities']: {},
	[META + 'clientInfo']: { name: 'test', version: '1' }, ...more,
})

/** A modern request. options.meta adds to _meta. */
export const modern = (method, params = {}, { id = 1, meta: more } = {}) =>
	({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta(more) } })

export const legacy = (method, params = {}, id = 1) => ({ jsonrpc: '2.0', id, method, params })

/** The headers of a modern message. */
export const modernHeaders = message => {
	const name = message.params?.[NAMES[message.method]]
	return {
		'MCP-Protocol-Version': NOW, 'Mcp-Method': message.method,
		...(name === undefined ? {} : { 'Mcp-Name': name }),
	}
}

/** One server: post(message, headers) adds what every client sends; a header undefined is left out. */
export function talker(url, key) {
	const post = (body, headers = {}, { signal } = {}) => {
		const all = {
			Authorization: `Bearer ${key}`, Accept: 'application/json, text/event-stream',
			'Content-Type': 'application/json', ...headers,
		}
		for (const name of Object.keys(all))
			if (all[name] === undefined)
				delete all[name]
		return send(`${url}/mcp`, { method: 'POST', headers: all, body, signal })
	}
	return {
		post,
		/** A modern request with its headers. */
		now: (method, params, { headers, signal, ...options } = {}) => {
			const message = modern(method, params, options)
			return post(message, { ...modernHeaders(message), ...headers }, { signal })
		},
		/** A legacy request of the named revision. */
		old: (method, params, { version = LEGACY[0], headers, signal, id } = {}) =>
			post(legacy(method, params, id), { 'MCP-Protocol-Version': version, ...headers }, { signal }),
	}
}

/** The data of the events of a text/event-stream body, parsed. */
export function events(text) {
	return text.split('\n\n').map(event => event.split('\n').filter(line => line.startsWith('data:')))
		.filter(lines => lines.length > 0)
		.map(lines => lines.map(line => line.slice(5)).join('\n'))
		.filter(data => data) // an event may be there for its id alone
		.map(data => JSON.parse(data))
}
