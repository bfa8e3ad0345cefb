// SPDX-License-Identifier: Apache-2.0
// A trivial MCP server made with the official SDK: `node mcp_peer.mjs v1|v2 PORT`. v1 as its examples do (a server for each
// request, or with `v1-session` one session for all), v2 stateless. No authorization: that is to their advantage.
import http from 'node:http'
import { randomUUID } from 'node:crypto'

const [kind, port] = process.argv.slice(2)
const echo = async ({ text }) => ({ content: [{ type: 'text', text }] })

async function v1(perRequest) {
	const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js')
	const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')
	const { z } = await import('zod')
	const make = async sessionIdGenerator => {
		const server = new McpServer({ name: 'peer', version: '1' })
		server.registerTool('echo', { description: 'echo', inputSchema: { text: z.string() } }, echo)
		const transport = new StreamableHTTPServerTransport({ sessionIdGenerator, enableJsonResponse: false })
		await server.connect(transport)
		return { server, transport }
	}
	if (perRequest)
		return async (req, res) => {
			const { server, transport } = await make(undefined)
			res.on('close', () => { transport.close(); server.close() })
			await transport.handleRequest(req, res)
		}
	const one = await make(() => randomUUID())
	return (req, res) => one.transport.handleRequest(req, res)
}

async function v2() {
	const { McpServer, createMcpHandler, fromJsonSchema } = await import('@modelcontextprotocol/server')
	const { toNodeHandler } = await import('@modelcontextprotocol/node')
	return toNodeHandler(createMcpHandler(() => {
		const server = new McpServer({ name: 'peer', version: '2' })
		server.registerTool('echo', { description: 'echo', inputSchema: fromJsonSchema({ type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }) }, echo)
		return server
	}))
}

const handle = kind === 'v2' ? await v2() : await v1(kind === 'v1')
http.createServer((req, res) => handle(req, res)).listen(Number(port), '127.0.0.1')
