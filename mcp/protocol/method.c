/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/method.h"
#include "base/check.h"
#include "mcp/protocol/capability.h"
#include "mcp/protocol/era.h"
#include "mcp/protocol/peer.h"
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
	return (m->turn->peer ? REACH_PEER : REACH_ANSWERS) |
	       (m->turn->session ? REACH_PUSH : REACH_ANSWERS);
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
	if (m->turn->peer)
		peer_meet(m->turn->peer, json_object_get(m->msg.params, "capabilities"), r);
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

static bool always(const struct mcp_call *m)
{
	(void)m;
	return true;
}

/* A row a line reads best. */
/* clang-format off */
static const struct mcp_method methods[] = {
	{ "initialize", IN_LEGACY, NO_HINT, false, always, initialize, NULL },
	{ "ping", IN_LEGACY, NO_HINT, false, always, ping, NULL },
	{ "server/discover", IN_MODERN, PUBLIC_HOUR, false, always, discover, NULL },
	{ "tools/call", IN_BOTH, NO_HINT, true, has_tools, tools_call, tools_call_end },
	{ "tools/list", IN_BOTH, PUBLIC_HOUR, false, has_tools, tools_list, NULL },
	{ "resources/list", IN_BOTH, PRIVATE_NOW, false, has_resources, resources_list, resources_list_end },
	{ "resources/templates/list", IN_BOTH, PUBLIC_HOUR, false, has_resources, resources_templates, NULL },
	{ "resources/read", IN_BOTH, PRIVATE_NOW, true, has_resources, resources_read, resources_read_end },
	{ "resources/subscribe", IN_LEGACY, NO_HINT, false, has_pushes, resources_subscribe, NULL },
	{ "resources/unsubscribe", IN_LEGACY, NO_HINT, false, has_pushes, resources_unsubscribe, NULL },
	{ "prompts/list", IN_BOTH, PUBLIC_HOUR, false, has_prompts, prompts_list, NULL },
	{ "prompts/get", IN_BOTH, NO_HINT, true, has_prompts, prompts_get, prompts_get_end },
	{ "completion/complete", IN_BOTH, NO_HINT, false, has_completion, complete, complete_end },
	{ "logging/setLevel", IN_LEGACY, NO_HINT, false, has_logging, logging_level, NULL },
	{ "tasks/get", IN_MODERN, NO_HINT, false, has_tasks, tasks_get, tasks_get_end },
	{ "tasks/update", IN_MODERN, NO_HINT, false, has_tasks, tasks_update, tasks_update_end },
	{ "tasks/cancel", IN_MODERN, NO_HINT, false, has_tasks, tasks_cancel, tasks_cancel_end },
	{ "subscriptions/listen", IN_MODERN, NO_HINT, false, has_listening, listen_begin, listen_end },
};
/* clang-format on */

const struct mcp_method *method_find(const struct mcp_call *m)
{
	unsigned era = mcp_modern(m->revision) ? IN_MODERN : IN_LEGACY;
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (str_eq(m->msg.method, str_of(methods[i].name)) && (methods[i].eras & era) &&
			methods[i].offered(m))
			return &methods[i];
	return NULL;
}
