/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unknown keys are left alone: later revisions and other people's prefixes may add what they like.
 * What is known and has the wrong type is refused, because guessing would hide a client's mistake.
 */
#include "mcp/protocol/meta.h"
#include "base/check.h"

static const char *const levels[] = {
	"debug",
	"info",
	"notice",
	"warning",
	"error",
	"critical",
	"alert",
	"emergency",
};

enum mcp_level meta_level(const json_t *j)
{
	for (size_t i = 0; i < COUNT_OF(levels); i++)
		if (str_eq(json_str(j), str_of(levels[i])))
			return (enum mcp_level)i;
	return MCP_SILENT;
}

const char *meta_level_name(enum mcp_level level)
{
	return levels[level];
}

static bool is_text(const json_t *j)
{
	return json_is_string(j);
}

static bool is_capabilities(const json_t *j)
{
	static const char *const known[] = {
		"experimental",
		"roots",
		"sampling",
		"elicitation",
		"extensions",
	};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		const json_t *one = json_object_get(j, known[i]);
		if (one && !json_is_object(one))
			return false;
	}
	return json_is_object(j);
}

static bool is_implementation(const json_t *j)
{
	return json_is_string(json_object_get(j, "name")) &&
	       json_is_string(json_object_get(j, "version"));
}

static bool is_level(const json_t *j)
{
	return meta_level(j) != MCP_SILENT;
}

static bool is_token(const json_t *j)
{
	return json_is_string(j) || json_is_integer(j);
}

static const struct {
	const char *key;
	bool required;
	bool (*ok)(const json_t *j);
	const char *want;
} rows[] = {
	{ META_PREFIX "protocolVersion", true, is_text, "a string" },
	{ META_PREFIX "clientCapabilities", true, is_capabilities,
		"an object of capability objects" },
	{ META_PREFIX "clientInfo", false, is_implementation,
		"an object with name and version" },
	{ META_PREFIX "logLevel", false, is_level, "one of the eight log levels" },
	{ "progressToken", false, is_token, "a string or an integer" },
	{ "traceparent", false, is_text, "a string" },
	{ "tracestate", false, is_text, "a string" },
	{ "baggage", false, is_text, "a string" },
};

bool meta_claims(const json_t *meta)
{
	return json_object_get(meta, META_PREFIX "protocolVersion") != NULL;
}

bool meta_check(const json_t *meta, struct str *version, struct rpc_fault *f)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const json_t *j = json_object_get(meta, rows[i].key);
		if (!j && rows[i].required)
			return rpc_fault(f, RPC_PARAMS, 400, "params._meta must have %s (%s)",
				rows[i].key, rows[i].want);
		if (j && !rows[i].ok(j))
			return rpc_fault(f, RPC_PARAMS, 400, "params._meta %s must be %s",
				rows[i].key, rows[i].want);
	}
	*version = json_str(json_object_get(meta, META_PREFIX "protocolVersion"));
	return true;
}

const json_t *meta_progress_token(const json_t *meta)
{
	const json_t *token = json_object_get(meta, "progressToken");
	return token && is_token(token) ? token : NULL;
}
