/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/mirror.h"
#include "mcp/protocol/turn.h"

#include <stdio.h>

/* "query.region" */
static const json_t *at(const json_t *args, const char *path)
{
	struct str rest = str_of(path), name;
	while (args && str_cut(&rest, '.', &name))
		args = json_object_getn(args, name.p, name.n);
	return json_is_null(args) ? NULL : args;
}

static bool same(const json_t *arg, struct str value)
{
	int64_t number;
	if (json_is_integer(arg))
		return str_to_int(value, &number) && number == json_integer_value(arg);
	if (json_is_boolean(arg))
		return str_eq(value, json_is_true(arg) ? STR("true") : STR("false"));
	return json_is_string(arg) && str_eq(value, json_str(arg));
}

static bool one_agrees(
	const struct mcp_call *m, const struct mcp_mirror *row, struct rpc_fault *f)
{
	const struct headers *h = m->turn->headers;
	const json_t *arg = at(m->args, row->argument);
	char name[80];
	struct str value;
	if (!arg)
		return true;
	snprintf(name, sizeof name, "Mcp-Param-%s", row->header);
	struct header header = h->find(h->from, name);
	if (header.count != 1)
		return rpc_fault(f, RPC_HEADER, 0, "%s is %s (params.arguments.%s goes there)",
			name, header.count ? "there more than once" : "missing", row->argument);
	if (!header_decode(header.value, m->flow->call->arena, &value))
		return rpc_fault(f, RPC_HEADER, 0,
			"%s is malformed (bad base64 or bad characters)", name);
	return same(arg, value) ||
	       rpc_fault(f, RPC_HEADER, 0, "%s is not what params.arguments.%s says", name,
		       row->argument);
}

bool mirror_agrees(const struct mcp_call *m, struct rpc_fault *f)
{
	const struct mcp_mirror *row = m->server->tools->mirrors;
	const struct headers *h = m->turn->headers;
	if (!mcp_modern(m->revision) || !h || !h->find)
		return true;
	for (; row && row->tool; row++)
		if (str_eq(m->tool, str_of(row->tool)) && !one_agrees(m, row, f))
			return false;
	return true;
}
