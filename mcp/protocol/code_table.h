/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC error codes of MCP (2026-07-28 basic/index, error codes) and the HTTP status that goes
 * with each in the modern era where nothing else is said; legacy calls answer 200.
 * CODE_ROW(id, number, status, when)
 */
CODE_ROW(PARSE,      -32700, 400, "the body is not JSON")
CODE_ROW(REQUEST,    -32600, 400, "not a JSON-RPC message")
CODE_ROW(METHOD,     -32601, 404, "the method is unknown, or not offered in this revision")
CODE_ROW(PARAMS,     -32602, 200, "parameters are missing or not acceptable")
CODE_ROW(INTERNAL,   -32603, 200, "our fault")
CODE_ROW(HEADER,     -32020, 400, "a header is missing, malformed, or does not agree with the body")
CODE_ROW(CAPABILITY, -32021, 400, "the client did not declare a capability this needs")
CODE_ROW(VERSION,    -32022, 400, "the protocol revision is not supported")
CODE_ROW(RESOURCE,   -32002, 200, "legacy only: no such resource")
CODE_ROW(SESSION,    -32001, 404, "legacy only: no such session, or it has ended")
CODE_ROW(TRANSPORT,  -32000, 400, "legacy only: a fault of the transport")
