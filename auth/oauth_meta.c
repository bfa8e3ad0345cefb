/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients read before anything else: who protects /mcp (RFC 9728), where its authorization
 * server is and what that can (RFC 8414), and the keys. With an outside issuer only the first of
 * these exists here: a stale copy of the others would mislead clients that skip the first.
 */
#include "auth/oauth.h"
#include "base/check.h"

static void cacheable(struct http_req *r)
{
	http_set_header(r, "Cache-Control", "public, max-age=300");
}

static json_t *words(const char *const *list)
{
	json_t *all = json_array();
	for (; *list; list++)
		json_array_append_new(all, json_string(*list));
	return all;
}

static json_t *scope_words(unsigned scopes)
{
	json_t *all = json_array();
	for (unsigned i = 0; i < SCOPE_COUNT; i++) {
		char name[256];
		if (!(scopes & 1u << i))
			continue;
		scopes_print(1u << i, ' ', name);
		json_array_append_new(all, json_string(name));
	}
	return all;
}

static enum flow_next step_resource(struct flow *f)
{
	struct http_req *r = flow_self(f);
	const char *outside = auth_parts()->conf->issuer;
	struct site site;
	if (!site_of(r, &site))
		return flow_fail(f, ERR_NOT_FOUND, "%s",
			site_refusal() ? site_refusal()
				       : "OAuth is not offered under this name");
	cacheable(r);
	oauth_put(r, 200,
		json_pack("{ss s[s] so s[s] ss}", "resource", site.resource,
			"authorization_servers", *outside ? outside : site.base,
			"scopes_supported", scope_words(oauth_default_scopes()),
			"bearer_methods_supported", "header", "resource_name", "scraped"));
	return FLOW_NEXT;
}

static void set_endpoint(json_t *j, struct oauth_call *c, const char *name, const char *path)
{
	const char *url = arena_printf(c->r->arena, "%s%s", c->site.base, path);
	json_object_set_new(j, name, json_string(url));
}

static const struct {
	const char *name, *path;
} endpoints[] = {
	{ "authorization_endpoint", "/authorize" },
	{ "token_endpoint", "/token" },
	{ "revocation_endpoint", "/revoke" },
	{ "device_authorization_endpoint", "/device_authorization" },
	{ "jwks_uri", "/jwks" },
};
static const char *const grant_types[] = { "authorization_code", "refresh_token",
	"client_credentials", "urn:ietf:params:oauth:grant-type:device_code", NULL };
static const char *const client_methods[] = { "none", "client_secret_basic",
	"client_secret_post", "private_key_jwt", NULL };
static const char *const client_algs[] = { "ES256", "RS256", "PS256", NULL };
static const struct {
	const char *name;
	const char *const *values;
} lists[] = {
	{ "response_types_supported", (const char *const[]) { "code", NULL } },
	{ "response_modes_supported", (const char *const[]) { "query", NULL } },
	{ "grant_types_supported", grant_types },
	{ "code_challenge_methods_supported", (const char *const[]) { "S256", NULL } },
	{ "token_endpoint_auth_methods_supported", client_methods },
	{ "token_endpoint_auth_signing_alg_values_supported", client_algs },
	{ "revocation_endpoint_auth_methods_supported", client_methods },
	{ "revocation_endpoint_auth_signing_alg_values_supported", client_algs },
	{ "dpop_signing_alg_values_supported", (const char *const[]) { "ES256", NULL } },
};

static json_t *server_document(struct oauth_call *c)
{
	const struct conf *conf = auth_parts()->conf;
	json_t *j = json_object();
	json_object_set_new(j, "issuer", json_string(c->site.base));
	for (size_t i = 0; i < COUNT_OF(endpoints); i++)
		set_endpoint(j, c, endpoints[i].name, endpoints[i].path);
	if (strcmp(conf->registration, "off") != 0)
		set_endpoint(j, c, "registration_endpoint", "/register");
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		json_object_set_new(j, lists[i].name, words(lists[i].values));
	json_t *scopes = scope_words(oauth_default_scopes());
	json_array_append_new(scopes, json_string("offline_access"));
	json_object_set_new(j, "scopes_supported", scopes);
	json_object_set_new(j, "authorization_response_iss_parameter_supported", json_true());
	json_object_set_new(j, "client_id_metadata_document_supported",
		json_boolean(conf->client_documents));
	return j;
}

static enum flow_next step_server(struct flow *f)
{
	struct oauth_call *c = oauth_begin(f);
	if (!c)
		return FLOW_FAILED;
	cacheable(c->r);
	oauth_put(c->r, 200, server_document(c));
	return FLOW_NEXT;
}

/* The same for clients that know OpenID's place alone; what that form demands besides. */
static enum flow_next step_openid(struct flow *f)
{
	struct oauth_call *c = oauth_begin(f);
	if (!c)
		return FLOW_FAILED;
	json_t *j = server_document(c);
	json_object_set_new(j, "subject_types_supported", json_pack("[s]", "public"));
	json_object_set_new(
		j, "id_token_signing_alg_values_supported", json_pack("[s]", "ES256"));
	cacheable(c->r);
	oauth_put(c->r, 200, j);
	return FLOW_NEXT;
}

static enum flow_next step_jwks(struct flow *f)
{
	struct oauth_call *c = oauth_begin(f);
	if (!c)
		return FLOW_FAILED;
	const char *text = ring_jwks(auth_parts()->ring, c->r->arena);
	if (!text)
		return flow_fail(f, ERR_OVERLOADED, "the keys cannot be read at the moment");
	oauth_chores();
	cacheable(c->r);
	buf_text(&c->r->res.body, text);
	return FLOW_NEXT;
}

static enum flow_next step_none(struct flow *f)
{
	return flow_fail(f, ERR_NOT_FOUND, "there is no such document here");
}

#define DOCUMENT(list, step)                                                                   \
	const struct flow_step list[] = { { "document", step },                                \
		{ "answer", oauth_step_answer, .always = true }, { 0 } }
DOCUMENT(oauth_resource_doc, step_resource);
DOCUMENT(oauth_server_doc, step_server);
DOCUMENT(oauth_openid_doc, step_openid);
DOCUMENT(oauth_jwks_doc, step_jwks);
DOCUMENT(oauth_no_doc, step_none);
