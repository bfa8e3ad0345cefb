/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/method.h"
#include "mcp/protocol/capability.h"
#include "mcp/protocol/era.h"
#include "mcp/protocol/turn.h"

void method_put_server(const struct mcp_server *s, struct buf *b)
{
	buf_char(b, '{');
	json_key(b, "name");
	json_put_text(b, s->name);
	if (s->title) {
		json_key(b, "title");
		json_put_text(b, s->title);
	}
	json_key(b, "version");
	json_put_text(b, s->version);
	buf_char(b, '}');
}

static unsigned reach(const struct mcp_call *m)
{
	if (mcp_modern(m->revision))
		return REACH_MODERN | REACH_PUSH;
	return REACH_ANSWERS;
}

static void put_self(struct mcp_call *m, struct buf *b)
{
	json_key(b, "capabilities");
	capability_put(m->server, reach(m), b);
	if (m->server->instructions) {
		json_key(b, "instructions");
		json_put_text(b, m->server->instructions);
	}
}

/* A revision we have is agreed to; anything else gets the latest that has a handshake. */
static enum flow_next initialize(struct mcp_call *m)
{
	const json_t *asked = json_object_get(m->msg.params, "protocolVersion");
	enum mcp_revision r;
	if (!json_is_string(asked))
		return mcp_bad_params(m, "params.protocolVersion must be a string");
	if (!mcp_revision_find(json_str(asked), &r) || mcp_modern(r))
		r = MCP_LEGACY_LATEST;
	m->turn->agreed = r;
	struct buf *b = mcp_result(m);
	json_key(b, "protocolVersion");
	json_put_text(b, mcp_revision_name(r));
	put_self(m, b);
	json_key(b, "serverInfo");
	method_put_server(m->server, b);
	return FLOW_NEXT;
}

static enum flow_next ping(struct mcp_call *m)
{
	mcp_result(m);
	return FLOW_NEXT;
}

static enum flow_next discover(struct mcp_call *m)
{
	struct buf *b = mcp_result(m);
	json_key(b, "supportedVersions");
	era_put_supported(b);
	put_self(m, b);
	return FLOW_NEXT;
}

static enum flow_next tools_list(struct mcp_call *m)
{
	if (json_object_get(m->msg.params, "cursor"))
		return mcp_bad_params(
			m, "cursor is not one of ours: all tools are on the first page");
	struct buf *b = mcp_result(m);
	json_key(b, "tools");
	buf_add_str(b, m->server->tools->list(m->revision));
	return FLOW_NEXT;
}

static enum flow_next tools_call(struct mcp_call *m)
{
	m->tool = json_str(json_object_get(m->msg.params, "name"));
	m->args = json_object_get(m->msg.params, "arguments");
	if (!m->tool.p)
		return mcp_bad_params(m, "params.name must be a string: the name of a tool");
	if (m->args && !json_is_object(m->args))
		return mcp_bad_params(m, "params.arguments must be an object");
	return m->server->tools->call(m);
}

static void tools_call_end(struct mcp_call *m)
{
	if (m->server->tools->end)
		m->server->tools->end(m);
}

static const struct mcp_method own[] = {
	{ "initialize", MCP_IN_LEGACY, MCP_NO_HINT, initialize, NULL },
	{ "ping", MCP_IN_LEGACY, MCP_NO_HINT, ping, NULL },
	{ "server/discover", MCP_IN_MODERN, MCP_PUBLIC_HOUR, discover, NULL },
	{ 0 },
};
static const struct mcp_method of_tools[] = {
	{ "tools/call", MCP_IN_BOTH, MCP_NO_HINT, tools_call, tools_call_end },
	{ "tools/list", MCP_IN_BOTH, MCP_PUBLIC_HOUR, tools_list, NULL },
	{ 0 },
};

static const struct mcp_method *find(
	const struct mcp_method *list, struct str name, unsigned era)
{
	for (; list && list->name; list++)
		if (str_eq(name, str_of(list->name)) && (list->eras & era))
			return list;
	return NULL;
}

const struct mcp_method *method_find(const struct mcp_server *s, struct str name, bool modern)
{
	unsigned era = modern ? MCP_IN_MODERN : MCP_IN_LEGACY;
	const struct mcp_method *m = s->tools ? find(of_tools, name, era) : NULL;
	if (!m)
		m = find(own, name, era);
	return m;
}
