/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids are kept as the JSON values they came as and written back from them, so they keep their type
 * and every digit (jansson reads integers as 64 bits). Floats and null are no ids in MCP.
 */
#include "mcp/protocol/rpc.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	int number, status;
} codes[] = {
#define CODE_ROW(id, number, status, when) { number, status },
#include "mcp/protocol/code_table.h"
#undef CODE_ROW
};

int rpc_number(enum rpc_code code)
{
	return codes[code].number;
}

int rpc_status(enum rpc_code code)
{
	return codes[code].status;
}

bool rpc_fault(struct rpc_fault *f, enum rpc_code code, int status, const char *format, ...)
{
	va_list args;
	*f = (struct rpc_fault) { .code = code, .status = status };
	va_start(args, format);
	vsnprintf(f->msg, sizeof f->msg, format, args);
	va_end(args);
	size_t n = strlen(f->msg);
	while (n > 0 && !str_utf8_ok((struct str) { f->msg, n }))
		n--;
	f->msg[n] = 0;
	return false;
}

static bool request_fault(struct rpc_fault *f, const char *what)
{
	return rpc_fault(f, RPC_REQUEST, 400, "%s", what);
}

bool rpc_shape(const json_t *j, struct rpc_message *m, struct rpc_fault *f)
{
	*m = (struct rpc_message) { 0 };
	if (!json_is_object(j))
		return request_fault(f, "a message is a JSON object");
	const json_t *id = json_object_get(j, "id"), *method = json_object_get(j, "method");
	bool id_ok = json_is_string(id) || json_is_integer(id);
	bool response = json_object_get(j, "result") || json_object_get(j, "error");
	if (id_ok && !response)
		m->id = id;
	if (!str_eq(json_str(json_object_get(j, "jsonrpc")), STR("2.0")))
		return request_fault(f, "jsonrpc must be \"2.0\"");
	if (response) {
		m->kind = RPC_KIND_RESPONSE;
		return !method ||
		       request_fault(f, "a message has a method or a result, not both");
	}
	if (!json_is_string(method))
		return request_fault(f, "method must be a string");
	if (id && !id_ok)
		return request_fault(f, "id must be a string or an integer");
	m->kind = id ? RPC_KIND_REQUEST : RPC_KIND_NOTIFICATION;
	m->method = json_str(method);
	const json_t *params = json_object_get(j, "params");
	m->params_bad = params && !json_is_object(params);
	m->params = m->params_bad ? NULL : params;
	const json_t *meta = json_object_get(m->params, "_meta");
	m->meta = json_is_object(meta) ? meta : NULL;
	return true;
}

void rpc_open_result(struct buf *b, const json_t *id)
{
	buf_text(b, "{\"jsonrpc\":\"2.0\",\"id\":");
	json_put_value(b, id);
	buf_text(b, ",\"result\":{");
}

void rpc_put_error(struct buf *b, const json_t *id, bool null_id, const struct rpc_fault *f)
{
	buf_text(b, "{\"jsonrpc\":\"2.0\"");
	if (id || null_id) {
		buf_text(b, ",\"id\":");
		json_put_value(b, id);
	}
	buf_addf(b, ",\"error\":{\"code\":%d,\"message\":", rpc_number(f->code));
	json_put_text(b, f->msg);
	if (f->data.p) {
		buf_text(b, ",\"data\":");
		buf_add_str(b, f->data);
	}
	buf_text(b, "}}");
}
