/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect of ScrapeHub (apis.md S3-56 to S3-60): its API keys. The list is a bare array. */
#include "rest/dialect.h"
#include "op/keys.h"
#include "rest/row.h"

#define A_KEY                                                                                  \
	"\"key_id\":\"key_1k9x3v\",\"name\":\"Production API Key\",\"prefix\":"                \
	"\"sk_live_8sKq\",\"scopes\":[\"jobs:read\",\"jobs:write\"],\"created_at\":"           \
	"\"2026-01-27T10:30:00Z\",\"last_used_at\":null,\"expires_at\":null,\"revoked\":false"

static const struct rest_row list_row = {
	.op = &op_key_list,
	.bare = true,
	.id = "listApiKeys",
	.summary = "List the account's API keys",
	.about = "Oldest first, revoked ones too, never a secret. Needs the scope keys:manage.",
	.example_out = "[{" A_KEY "}]",
	.refusals = "400 401 403 429 500 503",
};
static const struct rest_row create_row = {
	.op = &op_key_create,
	.status = 201,
	.id = "createApiKey",
	.summary = "Make an API key",
	.about = "The answer holds the key in `key`, this once. Needs the scope keys:manage; "
		 "a key cannot give a scope that it lacks.",
	.example_in = "{\"name\":\"Production API Key\",\"scopes\":[\"jobs:read\","
		      "\"jobs:write\"]}",
	.example_out = "{\"request_id\":\"req_1k9x3v\",\"key\":\"sk_live_...\"," A_KEY "}",
	.refusals = "400 401 403 408 413 415 429 500 503",
};
static const struct rest_row revoke_row = {
	.op = &op_key_revoke,
	.id = "revokeApiKey",
	.summary = "Revoke an API key",
	.about = "For good and at once; again is no error. A key may revoke itself, but the "
		 "account's last key that may manage keys stays (403).",
	.example_out = "{\"request_id\":\"req_1k9x3v\",\"message\":\"API key revoked "
		       "successfully\"}",
	.refusals = "400 401 403 404 429 500 503",
};

const struct http_route dialect_goal_keys[] = {
	REST_ROUTE("GET", "/api/v1/api-keys", list_row),
	REST_ROUTE("POST", "/api/v1/api-keys", create_row),
	REST_ROUTE("DELETE", "/api/v1/api-keys/:key_id", revoke_row),
	{ 0 },
};
