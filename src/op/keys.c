/* SPDX-License-Identifier: Apache-2.0 */
/* API keys made, listed and revoked by a key (apis.md S3-56 to S3-60). */
#include "op/keys.h"
#include "base/clock.h"

#include <stddef.h>

static struct keys *all_keys; /* both set once, before any call */
static struct store *main_store;

void op_keys_start(struct keys *keys, struct store *store)
{
	all_keys = keys;
	main_store = store;
}

/* --- how a key is shown --- */

#define KEY(member) offsetof(struct key_row, member)

static bool put_scopes(struct buf *b, const void *self)
{
	const struct key_row *row = self;
	char names[256];
	scopes_print(row->scopes, ' ', names);
	struct str rest = str_of(names), name;
	buf_char(b, '[');
	while (rest.n && str_cut(&rest, ' ', &name)) {
		json_comma(b);
		json_put_str(b, name);
	}
	buf_char(b, ']');
	return true;
}

static bool put_time(struct buf *b, int64_t ms)
{
	char iso[ISO_SIZE];
	json_put_text(b, ms ? iso_print(ms, iso) : NULL);
	return true;
}

static bool put_last_used(struct buf *b, const void *self)
{
	return put_time(b, ((const struct key_row *)self)->last_used_ms);
}

static bool put_expires(struct buf *b, const void *self)
{
	return put_time(b, ((const struct key_row *)self)->expires_ms);
}

static bool put_revoked(struct buf *b, const void *self)
{
	buf_text(b, ((const struct key_row *)self)->revoked_ms ? "true" : "false");
	return true;
}

#define TIME_OR_NULL(about)                                                                    \
	"{\"anyOf\":[{\"type\":\"string\",\"format\":\"date-time\"},{\"type\":\"null\"}],"     \
	"\"description\":\"" about "\"}"
static const char scopes_schema[] =
	"{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"what it may "
	"do\"}";
static const char revoked_schema[] =
	"{\"type\":\"boolean\",\"description\":\"it does not work any more, for good\"}";

const struct field key_view[] = {
	{ "key_id", F_STR, F_REQ, KEY(id), .about = "names it; no secret" },
	{ "name", F_STR, F_REQ, KEY(name), .about = "what it is for" },
	{ "prefix", F_STR, F_REQ, KEY(prefix),
		.about = "its first characters, to tell keys apart" },
	{ "scopes", F_CALC, F_REQ, .calc = put_scopes, .schema = scopes_schema },
	{ "created_at", F_TIME, F_REQ, KEY(created_ms) },
	{ "last_used_at", F_CALC, F_REQ, .calc = put_last_used,
		.schema = TIME_OR_NULL("to the minute; null: never") },
	{ "expires_at", F_CALC, F_REQ, .calc = put_expires,
		.schema = TIME_OR_NULL("null: never") },
	{ "revoked", F_CALC, F_REQ, .calc = put_revoked, .schema = revoked_schema },
	{ 0 },
};

static enum flow_next not_here(struct flow *f)
{
	return flow_fail(f, ERR_NOT_IMPLEMENTED, "this program has no keys to manage");
}

/* What a command has found to refuse. */
static enum flow_next say_fault(struct flow *f, const struct err *fault)
{
	f->err = *fault;
	return fault->code == ERR_NONE ? FLOW_NEXT : FLOW_FAILED;
}

/* --- key_list --- */

static const struct field no_in[] = { { 0 } };
static const struct field list_out[] = {
	{ "keys", F_LIST, F_REQ, offsetof(struct key_list_out, keys), .sub = key_view,
		.stride = sizeof(struct key_row) },
	{ 0 },
};

static enum flow_next list_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	struct key_list_out *out = oc->out;
	struct key_row *rows;
	if (!all_keys)
		return not_here(f);
	if (!key_list(all_keys, f->call->who->account_id, f->call->arena, &rows,
		    &out->keys.count, &f->err))
		return FLOW_FAILED;
	out->keys.items = rows;
	return FLOW_NEXT;
}

static const struct flow_step list_steps[] = { { "list", list_run }, { 0 } };

const struct op op_key_list = {
	.name = "key_list",
	.title = "List API keys",
	.about = "All API keys of the account, oldest first, without their secrets.",
	.in = no_in,
	.out = list_out,
	.out_size = sizeof(struct key_list_out),
	.scopes = SCOPE(KEYS_MANAGE),
	.flags = OP_READONLY | OP_IDEMPOTENT,
	.steps = list_steps,
};

/* --- key_create --- */

#define ARG(member) offsetof(struct key_create_args, member)
static const struct field create_in[] = {
	{ "name", F_STR, F_EMPTY_OK, ARG(name), 0, 100, .about = "what the key is for" },
	{ "scopes", F_STRS, F_REQ, ARG(scopes), 1, SCOPE_COUNT,
		.about = "what it may do; none that the caller's own key lacks" },
	{ "expires_at", F_STR, F_EMPTY_OK, ARG(expires_at), 0, 40,
		.about = "when it ends (RFC 3339); left out: never" },
	{ 0 },
};

static const struct field create_out[] = {
	{ "key_id", F_STR, F_REQ, KEY(id) },
	{ "key", F_STR, F_REQ, offsetof(struct key_create_out, text),
		.about = "the key itself: shown only this once" },
	{ "name", F_STR, F_REQ, KEY(name) },
	{ "prefix", F_STR, F_REQ, KEY(prefix) },
	{ "scopes", F_CALC, F_REQ, .calc = put_scopes, .schema = scopes_schema },
	{ "created_at", F_TIME, F_REQ, KEY(created_ms) },
	{ "last_used_at", F_CALC, F_REQ, .calc = put_last_used,
		.schema = TIME_OR_NULL("null: never") },
	{ "expires_at", F_CALC, F_REQ, .calc = put_expires,
		.schema = TIME_OR_NULL("null: never") },
	{ "revoked", F_CALC, F_REQ, .calc = put_revoked, .schema = revoked_schema },
	{ 0 },
};
_Static_assert(offsetof(struct key_create_out, row) == 0, "the table counts on it");

/* One text is one scope: "scrape jobs:read" in a single text is a mistake. */
static bool read_scopes(const struct strs *names, unsigned *scopes, struct err *e)
{
	*scopes = 0;
	for (size_t i = 0; i < names->n; i++) {
		struct str name = str_of(names->v[i]);
		unsigned one = 0;
		char known[256];
		scopes_print(SCOPES_ALL, ' ', known);
		if (!name.n || str_find(name, ' ') < name.n || str_find(name, ',') < name.n)
			return err_set(e, ERR_INVALID_REQUEST,
				"scopes: each must be one name (known: %s)", known);
		if (!scopes_parse(name, &one, e))
			return false;
		*scopes |= one;
	}
	return true;
}

static bool read_expires(const char *text, int64_t *ms, struct err *e)
{
	*ms = 0;
	if (!text || iso_parse(str_of(text), ms))
		return true;
	return err_set(e, ERR_INVALID_REQUEST,
		"expires_at must be a time as in RFC 3339, such as 2027-01-31T00:00:00Z");
}

static enum flow_next create_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct key_create_args *args = oc->args;
	const struct call *call = f->call;
	struct key_create_out *out = oc->out;
	if (!main_store)
		return not_here(f);
	struct key_create *c = ARENA_NEW(call->arena, struct key_create);
	c->account_id = call->who->account_id;
	c->name = args->name ? args->name : "";
	c->by = call->who->account_id;
	c->peer = call->peer;
	if (!read_scopes(&args->scopes, &c->scopes, &f->err) ||
		!read_expires(args->expires_at, &c->expires_ms, &f->err) ||
		!principal_may(call->who, c->scopes, &f->err) || !key_create_draw(c, &f->err))
		return FLOW_FAILED;
	out->text = c->made.text;
	out->row.id = c->made.id;
	oc->args = c; /* for the next step */
	return store_write(main_store, f, key_create_write, c);
}

static enum flow_next create_tell(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct key_create *c = oc->args;
	struct key_create_out *out = oc->out;
	out->row = (struct key_row) {
		.id = c->made.id,
		.name = c->name,
		.prefix = arena_text(f->call->arena, (struct str) { c->made.text, 12 }),
		.account_id = c->account_id,
		.scopes = c->scopes,
		.created_ms = now_ms(),
		.expires_ms = c->expires_ms,
	};
	return say_fault(f, &c->fault);
}

static const struct flow_step create_steps[] = {
	{ "write", create_run },
	{ "tell", create_tell },
	{ 0 },
};

const struct op op_key_create = {
	.name = "key_create",
	.title = "Make an API key",
	.about = "Makes an API key of the account. The answer holds it in `key`, this once; "
		 "only its hash is stored.",
	.in = create_in,
	.out = create_out,
	.args_size = sizeof(struct key_create_args),
	.out_size = sizeof(struct key_create_out),
	.scopes = SCOPE(KEYS_MANAGE),
	.steps = create_steps,
};

/* --- key_revoke --- */

static const struct field revoke_in[] = {
	{ "key_id", F_STR, F_REQ, offsetof(struct key_revoke_args, id), 1, 64 },
	{ 0 },
};
static const struct field revoke_out[] = {
	{ "message", F_STR, F_REQ, offsetof(struct key_revoke_out, message) },
	{ 0 },
};

static enum flow_next revoke_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct key_revoke_args *args = oc->args;
	struct key_revoke_out *out = oc->out;
	if (!main_store)
		return not_here(f);
	struct key_revoke *c = ARENA_NEW(f->call->arena, struct key_revoke);
	c->id = args->id;
	c->account_id = c->by = f->call->who->account_id;
	c->peer = f->call->peer;
	c->keep_last_manager = true;
	out->message = "API key revoked successfully";
	oc->args = c;
	return store_write(main_store, f, key_revoke_write, c);
}

static enum flow_next revoke_tell(struct flow *f)
{
	const struct op_call *oc = flow_self(f);
	return say_fault(f, &((const struct key_revoke *)oc->args)->fault);
}

static const struct flow_step revoke_steps[] = {
	{ "write", revoke_run },
	{ "tell", revoke_tell },
	{ 0 },
};

const struct op op_key_revoke = {
	.name = "key_revoke",
	.title = "Revoke an API key",
	.about = "Ends an API key of the account for good, from the next request on. A second "
		 "time changes nothing. The account's last key that may manage keys stays.",
	.in = revoke_in,
	.out = revoke_out,
	.args_size = sizeof(struct key_revoke_args),
	.out_size = sizeof(struct key_revoke_out),
	.scopes = SCOPE(KEYS_MANAGE),
	.flags = OP_DESTRUCTIVE | OP_IDEMPOTENT,
	.steps = revoke_steps,
};
