/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the checks is part of the contract with clients: a modern client that meets an
 * error it does not know takes the server for a legacy one, so a claim in the body always gets the
 * modern answers, and headers alone never turn `initialize` into a modern call.
 */
#include "mcp/protocol/era.h"
#include "base/check.h"
#include "mcp/protocol/meta.h"

/* What Mcp-Name repeats, for the methods that have it (also those we do not offer). */
static const struct {
	struct str method;
	const char *param;
} named[] = {
	{ { "tools/call", 10 }, "name" },
	{ { "prompts/get", 11 }, "name" },
	{ { "resources/read", 14 }, "uri" },
	{ { "tasks/get", 9 }, "taskId" },
	{ { "tasks/update", 12 }, "taskId" },
	{ { "tasks/cancel", 12 }, "taskId" },
};

void era_put_supported(struct buf *b)
{
	buf_char(b, '[');
	for (int r = 0; r < MCP_REVISIONS; r++) {
		if (!mcp_modern((enum mcp_revision)r))
			continue;
		json_comma(b);
		json_put_text(b, mcp_revision_name((enum mcp_revision)r));
	}
	buf_char(b, ']');
}

static bool known(struct str version, bool modern, enum mcp_revision *r)
{
	return mcp_revision_find(version, r) && mcp_modern(*r) == modern;
}

static bool header_names(const struct headers *h, bool modern, enum mcp_revision *r)
{
	return h && h->version.count == 1 && known(h->version.value, modern, r);
}

static bool mismatch(struct rpc_fault *f, const char *header, struct str value, struct str body)
{
	if (!header_plain(value))
		return rpc_fault(f, RPC_HEADER, 0,
			"%s has characters that a header may not have", header);
	return rpc_fault(f, RPC_HEADER, 0, "%s is '%.*s', the body says '%.*s'", header,
		(int)(value.n < 60 ? value.n : 60), value.p, (int)(body.n < 60 ? body.n : 60),
		body.n ? body.p : "");
}

static bool repeated(struct rpc_fault *f, const char *header)
{
	return rpc_fault(f, RPC_HEADER, 0, "%s was sent more than once", header);
}

/* A header that repeats a value of the body byte for byte; absent is fine here. */
static bool agrees(
	const struct header *h, const char *name, struct str body, struct rpc_fault *f)
{
	if (h->count > 1)
		return repeated(f, name);
	struct str value = str_trim(h->value);
	if (h->count == 1 && (!str_eq(value, body) || !header_plain(value)))
		return mismatch(f, name, value, body);
	return true;
}

static bool name_agrees(const struct rpc_message *m, const struct header *h, struct arena *a,
	struct rpc_fault *f)
{
	for (size_t i = 0; i < COUNT_OF(named); i++) {
		if (!str_eq(m->method, named[i].method))
			continue;
		struct str body = json_str(json_object_get(m->params, named[i].param)), value;
		if (h->count > 1)
			return repeated(f, "Mcp-Name");
		if (h->count == 0)
			return !body.p || m->kind != RPC_KIND_REQUEST ||
			       rpc_fault(f, RPC_HEADER, 0,
				       "Mcp-Name is missing (params.%s goes there)",
				       named[i].param);
		if (!header_decode(h->value, a, &value))
			return rpc_fault(f, RPC_HEADER, 0,
				"Mcp-Name is malformed (bad base64 or bad characters)");
		return (body.p && str_eq(value, body)) || mismatch(f, "Mcp-Name", value, body);
	}
	return true;
}

static bool unsupported(struct rpc_fault *f, struct str version, struct arena *a)
{
	struct buf data;
	size_t n;
	buf_init(&data, 0);
	buf_text(&data, "{\"supported\":");
	era_put_supported(&data);
	buf_text(&data, ",\"requested\":");
	json_put_str(&data, version);
	buf_char(&data, '}');
	rpc_fault(f, RPC_VERSION, 0, "Unsupported protocol version");
	n = data.len;
	f->data = (struct str) { arena_text(a, buf_str(&data)), n };
	buf_release(&data);
	return false;
}

/* The body claims to be modern. */
static bool modern(const struct rpc_message *m, const struct headers *h, struct arena *a,
	enum mcp_revision *revision, struct rpc_fault *f)
{
	struct str version;
	if (!meta_check(m->meta, &version, f))
		return false;
	if (h && (!agrees(&h->version, "MCP-Protocol-Version", version, f) ||
			 !agrees(&h->method, "Mcp-Method", m->method, f)))
		return false;
	if (!known(version, true, revision))
		return unsupported(f, version, a);
	if (!h)
		return true;
	if (m->kind == RPC_KIND_REQUEST && h->version.count == 0)
		return rpc_fault(f, RPC_HEADER, 0, "MCP-Protocol-Version is missing");
	if (m->kind == RPC_KIND_REQUEST && h->method.count == 0)
		return rpc_fault(f, RPC_HEADER, 0, "Mcp-Method is missing");
	return name_agrees(m, &h->name, a, f);
}

static bool legacy(const struct headers *h, enum mcp_revision fallback,
	enum mcp_revision *revision, struct rpc_fault *f)
{
	*revision = fallback;
	if (!h || h->version.count == 0)
		return true;
	if (known(str_trim(h->version.value), false, revision))
		return true;
	return rpc_fault(f, RPC_TRANSPORT, 400,
		"Unsupported protocol version: MCP-Protocol-Version must be 2025-11-25, "
		"2025-06-18 "
		"or 2025-03-26, or 2026-07-28 together with params._meta");
}

bool era_decide(const struct rpc_message *m, const struct headers *h,
	enum mcp_revision fallback, struct arena *a, enum mcp_revision *revision,
	struct rpc_fault *f)
{
	bool request = m->kind == RPC_KIND_REQUEST, claim = meta_claims(m->meta);
	if (h && h->version.count > 1)
		return repeated(f, "MCP-Protocol-Version");
	if (request && str_eq(m->method, STR("initialize"))) {
		struct str version;
		struct rpc_fault ignored;
		enum mcp_revision r;
		claim = claim && meta_check(m->meta, &version, &ignored) &&
			known(version, true, &r);
		if (!claim && header_names(h, true, revision))
			return rpc_fault(f, RPC_HEADER, 0,
				"MCP-Protocol-Version names a revision that has no initialize");
	}
	if (claim)
		return modern(m, h, a, revision, f);
	if (header_names(h, true, revision)) {
		if (!request)
			return agrees(&h->method, "Mcp-Method", m->method, f);
		return rpc_fault(f, RPC_PARAMS, 400,
			"params._meta must have " META_PREFIX "protocolVersion and " META_PREFIX
			"clientCapabilities");
	}
	return legacy(h, fallback, revision, f);
}

bool era_batch(const struct headers *h, enum mcp_revision fallback, enum mcp_revision *revision,
	struct rpc_fault *f)
{
	if (h && h->version.count > 1)
		return repeated(f, "MCP-Protocol-Version");
	if (!header_names(h, true, revision) && !legacy(h, fallback, revision, f))
		return false;
	return mcp_batches(*revision) ||
	       rpc_fault(f, RPC_REQUEST, 400, "%s has no batches: send one message",
		       mcp_revision_name(*revision));
}

bool era_null_id(const struct headers *h)
{
	enum mcp_revision r;
	return header_names(h, false, &r) && r <= MCP_2025_06_18;
}
