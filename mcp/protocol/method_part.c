/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of tools, resources, prompts, completion and logging: their parameters. */
#include "mcp/protocol/meta.h"
#include "mcp/protocol/method.h"
#include "mcp/protocol/mirror.h"
#include "mcp/protocol/peer.h"
#include "mcp/protocol/seal.h"
#include "mcp/protocol/session_in.h"
#include "mcp/protocol/turn.h"

bool has_tools(const struct mcp_call *m)
{
	return m->server->tools;
}

bool has_resources(const struct mcp_call *m)
{
	return m->server->resources;
}

bool has_prompts(const struct mcp_call *m)
{
	return m->server->prompts;
}

bool has_completion(const struct mcp_call *m)
{
	return m->server->complete;
}

bool has_logging(const struct mcp_call *m)
{
	return m->server->logging && m->turn->peer;
}

/* Is there a stream to tell this client of changed resources? */
bool has_pushes(const struct mcp_call *m)
{
	const struct mcp_server *s = m->server;
	return has_resources(m) && s->resources->may_watch && m->turn->session &&
	       s->listening && (s->listening->changes & MCP_RESOURCE_UPDATED);
}

static void end_with(struct mcp_call *m, mcp_end_fn *end)
{
	if (end)
		end(m);
}

/* Text that must be there; p NULL: m has been answered. */
static struct str text_param(struct mcp_call *m, const char *name, const char *what)
{
	struct str s = json_str(json_object_get(m->msg.params, name));
	if (!s.p)
		mcp_bad_params(m, what);
	return s;
}

/* "arguments": an object, or not there. false: answered. */
static bool take_args(struct mcp_call *m)
{
	m->args = json_object_get(m->msg.params, "arguments");
	if (!m->args || json_is_object(m->args))
		return true;
	mcp_bad_params(m, "params.arguments must be an object");
	return false;
}

/* What comes back with the round after a question. false: answered. */
static bool take_round(struct mcp_call *m)
{
	const json_t *state = json_object_get(m->msg.params, "requestState");
	if (!mcp_modern(m->revision) || m->rerun)
		return true;
	m->answers = json_object_get(m->msg.params, "inputResponses");
	if (m->answers && !json_is_object(m->answers)) {
		mcp_bad_params(m, "params.inputResponses must be an object");
		return false;
	}
	if (state && !seal_open(m, json_str(state), &m->kept)) {
		mcp_bad_params(m, "params.requestState is not what this server gave for this "
				  "request, or it is too old: start anew without it");
		return false;
	}
	return true;
}

/* A cursor for a list that has one page. */
static bool one_page(struct mcp_call *m)
{
	if (!json_object_get(m->msg.params, "cursor"))
		return true;
	mcp_bad_params(m, "cursor is not one of ours: all is on the first page");
	return false;
}

static enum flow_next put_list(struct mcp_call *m, const char *name, struct str list)
{
	if (!one_page(m))
		return FLOW_NEXT;
	struct buf *b = mcp_result(m);
	json_key(b, name);
	buf_add_str(b, list.p ? list : STR("[]"));
	return FLOW_NEXT;
}

enum flow_next tools_list(struct mcp_call *m)
{
	return put_list(m, "tools", m->server->tools->list(m->revision));
}

enum flow_next tools_call(struct mcp_call *m)
{
	struct rpc_fault f;
	m->tool = text_param(m, "name", "params.name must be a string: the name of a tool");
	if (!m->tool.p || !take_args(m))
		return FLOW_NEXT;
	if (!mirror_agrees(m, &f))
		return mcp_fail(m, &f);
	return take_round(m) ? m->server->tools->call(m) : FLOW_NEXT;
}

void tools_call_end(struct mcp_call *m)
{
	end_with(m, m->server->tools->end);
}

enum flow_next resources_list(struct mcp_call *m)
{
	const json_t *cursor = json_object_get(m->msg.params, "cursor");
	m->cursor = json_str(cursor);
	if (cursor && !m->cursor.p)
		return mcp_bad_params(m, "params.cursor must be a string");
	return m->server->resources->list.begin(m);
}

void resources_list_end(struct mcp_call *m)
{
	end_with(m, m->server->resources->list.end);
}

enum flow_next resources_templates(struct mcp_call *m)
{
	return put_list(m, "resourceTemplates", m->server->resources->templates);
}

static bool take_uri(struct mcp_call *m)
{
	m->uri = text_param(m, "uri", "params.uri must be a string");
	return m->uri.p;
}

enum flow_next resources_read(struct mcp_call *m)
{
	if (!take_uri(m) || !take_round(m))
		return FLOW_NEXT;
	return m->server->resources->read.begin(m);
}

void resources_read_end(struct mcp_call *m)
{
	end_with(m, m->server->resources->read.end);
}

enum flow_next resources_subscribe(struct mcp_call *m)
{
	struct rpc_fault f;
	if (!take_uri(m))
		return FLOW_NEXT;
	if (!m->server->resources->may_watch(m))
		return mcp_no_resource(m);
	if (!session_watch(m->turn->session, m->uri)) {
		rpc_fault(&f, RPC_INTERNAL, 0, "a session watches at most %d resources",
			SESSION_URIS);
		return mcp_fail(m, &f);
	}
	mcp_result(m);
	return FLOW_NEXT;
}

enum flow_next resources_unsubscribe(struct mcp_call *m)
{
	if (!take_uri(m))
		return FLOW_NEXT;
	session_unwatch(m->turn->session, m->uri);
	mcp_result(m);
	return FLOW_NEXT;
}

enum flow_next prompts_list(struct mcp_call *m)
{
	return put_list(m, "prompts", m->server->prompts->list(m->revision));
}

enum flow_next prompts_get(struct mcp_call *m)
{
	m->prompt = text_param(m, "name", "params.name must be a string: the name of a prompt");
	if (!m->prompt.p || !take_args(m) || !take_round(m))
		return FLOW_NEXT;
	return m->server->prompts->get.begin(m);
}

void prompts_get_end(struct mcp_call *m)
{
	end_with(m, m->server->prompts->get.end);
}

enum flow_next complete(struct mcp_call *m)
{
	const json_t *ref = json_object_get(m->msg.params, "ref");
	const json_t *arg = json_object_get(m->msg.params, "argument");
	struct str type = json_str(json_object_get(ref, "type"));
	const char *of = str_eq(type, STR("ref/prompt"))     ? "name"
			 : str_eq(type, STR("ref/resource")) ? "uri"
							     : NULL;
	if (!of || !json_is_string(json_object_get(ref, of)))
		return mcp_bad_params(m, "params.ref must be {\"type\":\"ref/prompt\",\"name\":"
					 "...} or {\"type\":\"ref/resource\",\"uri\":...}");
	if (!json_is_string(json_object_get(arg, "name")) ||
		!json_is_string(json_object_get(arg, "value")))
		return mcp_bad_params(m, "params.argument must have a name and a value");
	return m->server->complete->begin(m);
}

void complete_end(struct mcp_call *m)
{
	end_with(m, m->server->complete->end);
}

enum flow_next logging_level(struct mcp_call *m)
{
	enum mcp_level level = meta_level(json_object_get(m->msg.params, "level"));
	if (level == MCP_SILENT)
		return mcp_bad_params(m, "params.level must be one of the eight log levels");
	peer_set_level(m->turn->peer, level);
	mcp_result(m);
	return FLOW_NEXT;
}
