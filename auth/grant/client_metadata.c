/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client metadata (RFC 7591 section 2), from a stranger: every member that counts is read into the
 * client and written anew into what is stored and echoed; members that nobody here knows stay
 * outside. Ids, secrets and software statements of the sender are among those.
 */
#include "auth/grant/client_keys.h"
#include "auth/grant/inner.h"
#include "base/check.h"
#include "base/url.h"

enum { TEXT_BYTES = 2048, LIST_MAX = 20, CONTACTS_MAX = 10 };

static const struct {
	const char *name;
	enum grant_type bit;
	bool registrable; /* by a client itself */
} grants[] = {
	{ "authorization_code", GRANT_CODE, true },
	{ "refresh_token", GRANT_REFRESH, true },
	{ "urn:ietf:params:oauth:grant-type:device_code", GRANT_DEVICE, true },
	{ "client_credentials", GRANT_CLIENT, false },
};
static const char *const auths[] = { [AUTH_NONE] = "none",
	[AUTH_BASIC] = "client_secret_basic",
	[AUTH_POST] = "client_secret_post",
	[AUTH_PRIVATE_KEY_JWT] = "private_key_jwt" };
static const char *const texts[] = { "client_uri", "logo_uri", "tos_uri", "policy_uri", "scope",
	"software_id", "software_version", "application_type", "jwks_uri" };

#define METHODS "token_endpoint_auth_methods_supported"

struct reading {
	const json_t *body;
	enum client_kind kind;
	const char *schemes;
	struct arena *arena;
	struct client *out;
	json_t *kept; /* becomes out->metadata */
	struct oauth_error *e;
};

static bool bad(struct reading *r, const char *member, const char *why)
{
	return oauth_fail(r->e, OAUTH_INVALID_CLIENT_METADATA, "%s: %s", member, why);
}

/* The member, or NULL when it is absent or null. */
static const json_t *member_of(const struct reading *r, const char *name)
{
	const json_t *v = json_object_get(r->body, name);
	return json_is_null(v) ? NULL : v;
}

static struct str text_of(const json_t *v)
{
	return (struct str) { json_string_value(v), json_string_length(v) };
}

/* A list of texts, or absent (*list NULL). */
static bool read_list(struct reading *r, const char *name, size_t most, const json_t **list)
{
	const json_t *one;
	size_t i;
	*list = member_of(r, name);
	if (!*list)
		return true;
	if (!json_is_array(*list) || json_array_size(*list) > most) {
		char why[64];
		snprintf(why, sizeof why, "it must be a list of at most %zu texts", most);
		return bad(r, name, why);
	}
	json_array_foreach(*list, i, one) if (!json_is_string(one)) return bad(
		r, name, "it must be a list of texts");
	return true;
}

/* --- grant_types, response_types --- */

static unsigned grant_bit(struct str name, enum client_kind kind)
{
	for (size_t i = 0; i < COUNT_OF(grants); i++)
		if (str_eq(name, str_of(grants[i].name)) &&
			(grants[i].registrable || kind == CLIENT_STATIC))
			return grants[i].bit;
	return 0;
}

/* A document describes its client to every server there is: what it can do elsewhere is passed
 * over. A registration is meant for this server: it is told what it cannot have. */
static bool read_grants(struct reading *r)
{
	const json_t *list, *one;
	size_t i;
	if (!read_list(r, "grant_types", LIST_MAX, &list))
		return false;
	if (!list)
		r->out->grant_types = GRANT_CODE | GRANT_REFRESH;
	json_array_foreach(list, i, one)
	{
		unsigned bit = grant_bit(text_of(one), r->kind);
		if (!bit && r->kind != CLIENT_CIMD)
			return bad(r, "grant_types",
				"accepted are authorization_code, refresh_token and "
				"urn:ietf:params:oauth:grant-type:device_code");
		r->out->grant_types |= bit;
	}
	if (!(r->out->grant_types & ~(unsigned)GRANT_REFRESH))
		return bad(r, "grant_types", "none of them gives a first token here");
	return true;
}

static bool read_responses(struct reading *r)
{
	const json_t *list, *one;
	bool code = false;
	size_t i;
	if (!read_list(r, "response_types", LIST_MAX, &list))
		return false;
	json_array_foreach(list, i, one)
	{
		bool is_code = str_eq(text_of(one), STR("code"));
		if (!is_code && r->kind != CLIENT_CIMD)
			return bad(r, "response_types", "accepted is code alone");
		code |= is_code;
	}
	if (list && !code && r->out->grant_types & GRANT_CODE)
		return bad(r, "response_types", "the authorization_code grant needs code");
	return true;
}

/* --- redirect_uris --- */

static bool read_redirects(struct reading *r)
{
	const json_t *list = member_of(r, "redirect_uris"), *one;
	bool wanted = r->out->grant_types & GRANT_CODE;
	size_t i, n = json_array_size(list);
	const char *why;
	if ((list && !json_is_array(list)) || n > REDIRECTS_MAX || (wanted && !n))
		return oauth_fail(r->e, OAUTH_INVALID_REDIRECT_URI,
			"redirect_uris: it must be a list of 1 to %d URIs", REDIRECTS_MAX);
	r->out->redirect_uris.v = ARENA_ARRAY(r->arena, const char *, n + 1);
	json_array_foreach(list, i, one)
	{
		why = "it is no text";
		if (!json_is_string(one) || !redirect_uri_ok(text_of(one), r->schemes, &why))
			return oauth_fail(r->e, OAUTH_INVALID_REDIRECT_URI,
				"redirect_uris[%zu]: %s", i, why);
		r->out->redirect_uris.v[r->out->redirect_uris.n++] =
			arena_text(r->arena, text_of(one));
	}
	return true;
}

/* --- token_endpoint_auth_method --- */

/* An application on somebody's device: it can keep no secret. */
static bool looks_native(const struct reading *r)
{
	const struct strs *uris = &r->out->redirect_uris;
	if (str_eq(text_of(member_of(r, "application_type")), STR("native")) || !uris->n)
		return true;
	for (size_t i = 0; i < uris->n; i++)
		if (redirect_is_claimable(str_of(uris->v[i])))
			return true;
	return false;
}

static bool lists_none(const json_t *methods)
{
	const json_t *one;
	size_t i;
	json_array_foreach(methods, i, one) if (str_eq(text_of(one), STR("none"))) return true;
	return false;
}

static bool read_keys(struct reading *r)
{
	const json_t *jwks = member_of(r, "jwks");
	const char *why = client_keys_fault(r->body, r->kind, r->arena);
	if (why)
		return bad(r, "token_endpoint_auth_method", why);
	r->out->auth = AUTH_PRIVATE_KEY_JWT;
	if (jwks)
		(void)json_object_set_new(r->kept, "jwks", json_deep_copy(jwks));
	return true;
}

/* One that lists none beside private_key_jwt (ChatGPT's does) may come with a signature or without. */
static bool read_document_auth(struct reading *r, struct str method)
{
	const json_t *all = member_of(r, METHODS);
	if (member_of(r, "client_secret") || member_of(r, "client_secret_expires_at"))
		return bad(r, "client_secret", "a public document cannot hold a secret");
	if (!str_eq(method, str_of(auths[AUTH_PRIVATE_KEY_JWT])))
		return true; /* none; shared secrets are not for documents */
	if (lists_none(all)) {
		if (client_keys_fault(r->body, r->kind, r->arena))
			return true;
		r->out->may_be_public = true;
		(void)json_object_set_new(r->kept, METHODS,
			json_pack("[ss]", auths[AUTH_NONE], auths[AUTH_PRIVATE_KEY_JWT]));
	}
	return read_keys(r);
}

static bool read_auth(struct reading *r)
{
	const json_t *v = member_of(r, "token_endpoint_auth_method");
	struct str method = text_of(v);
	r->out->auth = AUTH_NONE;
	if (v && !json_is_string(v))
		return bad(r, "token_endpoint_auth_method", "it must be a text");
	if (r->kind == CLIENT_CIMD)
		return read_document_auth(r, method);
	if (r->kind == CLIENT_STATIC && str_eq(method, str_of(auths[AUTH_PRIVATE_KEY_JWT])))
		return read_keys(r);
	if (!v) {
		r->out->auth = looks_native(r) ? AUTH_NONE : AUTH_BASIC;
		return true;
	}
	for (int i = AUTH_NONE; i <= AUTH_POST; i++)
		if (str_eq(method, str_of(auths[i]))) {
			r->out->auth = (enum client_auth)i;
			return true;
		}
	return bad(r, "token_endpoint_auth_method",
		"accepted are none, client_secret_basic and client_secret_post");
}

/* --- what is said about it --- */

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return true;
	return false;
}

static bool is_web(struct str uri, struct arena *a)
{
	struct url url;
	struct err e;
	return url_parse(uri, true, a, &url, &e);
}

/* Kept as text, never fetched, never put into a page as anything but text. */
static bool read_texts(struct reading *r)
{
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const json_t *v = member_of(r, texts[i]);
		struct str s = text_of(v);
		if (!v)
			continue;
		if (!json_is_string(v) || s.n > TEXT_BYTES || has_control(s))
			return bad(r, texts[i],
				"it must be a text of at most 2048 bytes without control "
				"characters");
		if (s.n)
			(void)json_object_set_new(r->kept, texts[i], json_stringn(s.p, s.n));
		if (i == 0 && s.n && is_web(s, r->arena))
			r->out->uri = arena_text(r->arena, s);
	}
	const json_t *contacts;
	if (!read_list(r, "contacts", CONTACTS_MAX, &contacts))
		return false;
	if (contacts)
		(void)json_object_set_new(r->kept, "contacts", json_deep_copy(contacts));
	return true;
}

static bool read_name(struct reading *r)
{
	const json_t *v = member_of(r, "client_name");
	struct client *c = r->out;
	if ((v && !json_is_string(v)) || (!v && r->kind == CLIENT_CIMD))
		return bad(r, "client_name", "it must be a text");
	c->name = v ? client_name_clean(text_of(v), r->arena) : "";
	if (str_utf8_count(str_of(c->name)) > CLIENT_NAME_CHARS)
		return bad(r, "client_name", "it is longer than 100 characters");
	if (!c->name[0])
		c->name = c->redirect_uris.n
				  ? redirect_host(str_of(c->redirect_uris.v[0]), r->arena)
				  : "(no name)";
	return true;
}

static void put(json_t *list, const char *text)
{
	(void)json_array_append_new(list, json_string(text));
}

static void keep(struct reading *r)
{
	struct client *c = r->out;
	json_t *uris = json_array(), *types = json_array(), *responses = json_array();
	for (size_t i = 0; i < c->redirect_uris.n; i++)
		put(uris, c->redirect_uris.v[i]);
	for (size_t i = 0; i < COUNT_OF(grants); i++)
		if (c->grant_types & grants[i].bit)
			put(types, grants[i].name);
	if (c->grant_types & GRANT_CODE)
		put(responses, "code");
	(void)json_object_set_new(r->kept, "client_name", json_string(c->name));
	(void)json_object_set_new(r->kept, "redirect_uris", uris);
	(void)json_object_set_new(r->kept, "grant_types", types);
	(void)json_object_set_new(r->kept, "response_types", responses);
	(void)json_object_set_new(
		r->kept, "token_endpoint_auth_method", json_string(auths[c->auth]));
	c->metadata = r->kept;
}

bool client_metadata(const json_t *body, enum client_kind kind, const char *schemes,
	struct arena *a, struct client *out, struct oauth_error *e)
{
	struct reading r = { body, kind, schemes, a, out, json_own(a, json_object()), e };
	*out = (struct client) { .kind = kind };
	*e = (struct oauth_error) { OAUTH_NONE };
	if (!json_is_object(body))
		return oauth_fail(
			e, OAUTH_INVALID_CLIENT_METADATA, "the metadata must be a JSON object");
	if (!read_grants(&r) || !read_responses(&r) || !read_redirects(&r) || !read_auth(&r) ||
		!read_texts(&r) || !read_name(&r))
		return false;
	keep(&r);
	return true;
}

/* --- reading it back --- */

static bool strs_of(const json_t *list, struct arena *a, struct strs *out)
{
	const json_t *one;
	size_t i;
	*out = (struct strs) { ARENA_ARRAY(a, const char *, json_array_size(list) + 1), 0 };
	json_array_foreach(list, i, one) if (json_is_string(one)) out->v[out->n++] =
		arena_text(a, text_of(one));
	return json_is_array(list) && out->n == json_array_size(list);
}

bool client_from_row(
	const struct clients_row *row, struct arena *a, struct client *out, struct err *e)
{
	struct strs types;
	struct err why;
	json_t *kept = json_read(a, str_of(row->metadata), &why);
	struct str auth = text_of(json_object_get(kept, "token_endpoint_auth_method"));
	struct str uri = text_of(json_object_get(kept, "client_uri"));
	*out = (struct client) { .id = row->id,
		.kind = row->kind[0] == 'd'   ? CLIENT_DCR
			: row->kind[0] == 'c' ? CLIENT_CIMD
					      : CLIENT_STATIC,
		.name = row->name,
		.secret_hash = row->secret_hash,
		.uri = uri.n && is_web(uri, a) ? arena_text(a, uri) : NULL,
		.metadata = kept,
		.account_id = row->account_id,
		.scopes = scopes_known(str_of(row->scopes)),
		.created_ms = row->created_ms,
		.used_ms = row->used_ms,
		.disabled = row->disabled,
		.may_be_public = lists_none(json_object_get(kept, METHODS)) };
	bool known = false;
	for (int i = 0; i <= AUTH_PRIVATE_KEY_JWT; i++)
		if (str_eq(auth, str_of(auths[i]))) {
			out->auth = (enum client_auth)i;
			known = true;
		}
	if (!known ||
		!strs_of(json_object_get(kept, "redirect_uris"), a, &out->redirect_uris) ||
		!strs_of(json_object_get(kept, "grant_types"), a, &types))
		return err_set(e, ERR_INTERNAL, "a stored client cannot be read");
	for (size_t i = 0; i < types.n; i++)
		out->grant_types |= grant_bit(str_of(types.v[i]), CLIENT_STATIC);
	return true;
}
