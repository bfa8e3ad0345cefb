/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/capability.h"

static bool tells(const struct mcp_server *s, unsigned reach, unsigned change)
{
	return (reach & REACH_PUSH) && s->listening && (s->listening->changes & change);
}

static void flag(struct buf *b, const char *name, bool on)
{
	if (!on)
		return;
	json_key(b, name);
	buf_text(b, "true");
}

static void open(struct buf *b, const char *name)
{
	json_key(b, name);
	buf_char(b, '{');
}

static void bare(struct buf *b, const char *name)
{
	json_key(b, name);
	buf_text(b, "{}");
}

static void listed(const struct mcp_server *s, unsigned reach, unsigned change,
	const char *name, struct buf *b)
{
	open(b, name);
	flag(b, "listChanged", tells(s, reach, change));
	buf_char(b, '}');
}

static void resources(const struct mcp_server *s, unsigned reach, struct buf *b)
{
	open(b, "resources");
	flag(b, "subscribe",
		tells(s, reach, MCP_RESOURCE_UPDATED) &&
			((reach & REACH_MODERN) || s->resources->may_watch));
	flag(b, "listChanged", tells(s, reach, MCP_RESOURCES_CHANGED));
	buf_char(b, '}');
}

void capability_put(const struct mcp_server *s, unsigned reach, struct buf *b)
{
	buf_char(b, '{');
	if (s->tools)
		listed(s, reach, MCP_TOOLS_CHANGED, "tools", b);
	if (s->resources)
		resources(s, reach, b);
	if (s->prompts)
		listed(s, reach, MCP_PROMPTS_CHANGED, "prompts", b);
	if (s->complete)
		bare(b, "completions");
	if (s->logging && (reach & (REACH_PEER | REACH_MODERN)))
		bare(b, "logging");
	if (s->tasks && (reach & REACH_MODERN)) {
		open(b, "extensions");
		bare(b, TASKS_EXTENSION);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

bool mcp_can(const struct mcp_call *m, const char *capability)
{
	struct str rest = str_of(capability), name;
	const json_t *caps = m->caps;
	if (str_eq(rest, STR("elicitation.form"))) {
		caps = json_object_get(caps, "elicitation");
		return json_object_get(caps, "form") ||
		       (json_is_object(caps) && json_object_size(caps) == 0);
	}
	while (caps && str_cut(&rest, '.', &name))
		caps = json_object_getn(caps, name.p, name.n);
	return json_is_object(caps);
}
