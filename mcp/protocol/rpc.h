/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-RPC 2.0 as MCP narrows it: the shape of messages, faults, and the bytes of answers. */
#ifndef PROTOCOL_RPC_H
#define PROTOCOL_RPC_H

#include "base/json.h"

enum rpc_code {
#define CODE_ROW(id, number, status, when) RPC_##id,
#include "mcp/protocol/code_table.h"
#undef CODE_ROW
	RPC_CODES
};
int rpc_number(enum rpc_code code); /* -32602 */
int rpc_status(enum rpc_code code); /* HTTP status in the modern era */

/* What is wrong with a message. The text may be shown to the caller. */
struct rpc_fault {
	enum rpc_code code;
	int status; /* HTTP; 0: as the era's rule says */
	char msg[256]; /* valid UTF-8 */
	struct str data; /* JSON of `data`; p NULL: none */
};
/* Fills *f and returns false. Text that was cut keeps whole characters. */
bool rpc_fault(struct rpc_fault *f, enum rpc_code code, int status, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

enum rpc_kind { RPC_KIND_REQUEST, RPC_KIND_NOTIFICATION, RPC_KIND_RESPONSE };
struct rpc_message {
	enum rpc_kind kind;
	const json_t *id; /* string or integer; NULL: none, or not readable */
	struct str method;
	const json_t *params; /* an object; NULL: absent */
	const json_t *meta; /* params._meta where that is an object */
	bool params_bad; /* params is there and is not an object */
};
/* false: not a JSON-RPC message; m->id is filled if it could be read. */
bool rpc_shape(const json_t *j, struct rpc_message *m, struct rpc_fault *f);

/* {"jsonrpc":"2.0","id":...,"result":{   The caller adds members and }} */
void rpc_open_result(struct buf *b, const json_t *id);
/* An error answer. id NULL: no id member, or null where the caller's revision wants one. */
void rpc_put_error(struct buf *b, const json_t *id, bool null_id, const struct rpc_fault *f);

#endif
