/* SPDX-License-Identifier: Apache-2.0 */
/* What an access token says, and whether this server would take it: check by check, in plain words. The
 * token itself is never printed. */
#include "auth/grant/token.h"
#include "auth/jose/verify.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

struct look {
	struct cli *cli;
	struct store *store;
	struct jws jws;
	bool bad, skipped; /* some check failed; some could not be made */
};

__attribute__((format(printf, 4, 5))) static void say(
	struct look *l, bool ok, const char *what, const char *format, ...)
{
	va_list args;
	printf("%-10s %s: ", what, ok ? "good" : "BAD");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	l->bad = l->bad || !ok;
}

static void skip(struct look *l, const char *what, const char *why)
{
	printf("%-10s not checked: %s\n", what, why);
	l->skipped = true;
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));
	return value ? value : "";
}

static void show(const char *what, const json_t *object)
{
	char *json = json_dumps(object, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	printf("%s %s\n", what, json ? json : "");
	mem_free(json);
}

static void check_header(struct look *l)
{
	const json_t *h = l->jws.header;
	const char *alg = text(h, "alg"), *typ = text(h, "typ");
	struct str type = str_of(typ);
	if (str_istarts(type, STR("application/")))
		type = (struct str) { type.p + 12, type.n - 12 };
	say(l, strcmp(alg, "ES256") == 0, "alg", "%s (this server signs ES256)",
		*alg ? alg : "none is named");
	say(l, str_ieq(type, STR("at+jwt")), "typ", "%s (access tokens are at+jwt)",
		*typ ? typ : "none is named");
	if (json_object_get(h, "crit") || json_object_get(h, "b64"))
		say(l, false, "crit", "the header asks for what is not supported");
}

static bool audience_holds(const json_t *aud, const char *resource)
{
	const json_t *one;
	size_t i;
	json_array_foreach(
		aud, i, one) if (json_is_string(one) &&
				 strcmp(json_string_value(one), resource) == 0) return true;
	return json_is_string(aud) && strcmp(json_string_value(aud), resource) == 0;
}

static void check_place(struct look *l)
{
	const json_t *p = l->jws.payload;
	struct str base = cli_base_url(l->cli->conf.public_url);
	if (!base.n) {
		skip(l, "iss", "the setting public_url is empty");
		skip(l, "aud", "the setting public_url is empty");
		return;
	}
	const char *issuer = arena_text(l->cli->arena, base);
	const char *resource = arena_printf(l->cli->arena, "%s/mcp", issuer);
	say(l, strcmp(text(p, "iss"), issuer) == 0, "iss", "here it is %s", issuer);
	say(l, audience_holds(json_object_get(p, "aud"), resource), "aud", "here it is %s",
		resource);
}

/* true: the time is good. */
static bool check_time(struct look *l)
{
	const json_t *exp = json_object_get(l->jws.payload, "exp");
	int64_t left = json_integer_value(exp) - now_ms() / 1000;
	char iso[ISO_SIZE];
	if (!json_is_integer(exp) || json_integer_value(exp) > INT64_MAX / 1000) {
		say(l, false, "exp", "it has no time of expiry");
		return false;
	}
	say(l, left > 0, "exp", "%s, %lld seconds %s",
		iso_print(json_integer_value(exp) * 1000, iso),
		(long long)(left > 0 ? left : -left), left > 0 ? "left" : "ago");
	return left > 0;
}

/* With the issuer and audience that the token names: those were looked at before. */
static void check_signature(struct look *l, struct ring *ring)
{
	struct arena *a = l->cli->arena;
	const json_t *aud = json_object_get(l->jws.payload, "aud");
	const char *first =
		json_string_value(json_is_array(aud) ? json_array_get(aud, 0) : aud);
	const char *audiences[] = { first, NULL },
		   *types[] = { "", text(l->jws.header, "typ"), NULL };
	struct verify_rules rules = { .issuer = text(l->jws.payload, "iss"),
		.audiences = audiences,
		.types = types,
		.algs = ALG_ES256 };
	struct claims claims;
	const char *why = "";
	struct key_set *keys = ring_keys(ring);
	struct str kid = str_of(text(l->jws.header, "kid"));
	if (kid.n && !key_set_has(keys, kid))
		say(l, false, "signature", "no key of this server has its kid");
	else if (json_object_get(l->jws.payload, "cnf"))
		skip(l, "signature", "it is bound to a key and comes with a proof (DPoP)");
	else
		say(l,
			verify_token(keys, &rules, l->jws.text, NULL, a, &claims, &why) ==
				VERDICT_GOOD,
			"signature", "%s", why);
	key_set_drop(&keys);
}

static void check_grant(struct look *l)
{
	const char *gid = text(l->jws.payload, "gid"), *account;
	struct grants *grants = grants_open(l->store);
	unsigned scopes;
	struct err e;
	char names[256];
	if (!*gid) {
		say(l, false, "grant", "it names none");
	} else if (!grants_live(grants, gid, l->cli->arena, &account, &scopes, &e)) {
		say(l, false, "grant", "%s", e.msg);
	} else {
		scopes_print(scopes, ' ', names);
		say(l, strcmp(account, text(l->jws.payload, "sub")) == 0, "grant",
			"%s of %s, scopes %s", gid, account, names);
	}
	grants_close(&grants);
}

static bool check(struct look *l, struct err *e)
{
	struct ring *ring = ring_open(&l->cli->conf, l->store, e);
	if (!ring)
		return false;
	show("header", l->jws.header);
	show("claims", l->jws.payload);
	puts("shape      good: three parts of base64url, JSON inside");
	check_header(l);
	check_place(l);
	if (check_time(l))
		check_signature(l, ring);
	else
		skip(l, "signature", "only that of a token in its time is looked at");
	check_grant(l);
	ring_close(&ring);
	printf("\n%s\n", l->bad ? "This server refuses the token."
			 : l->skipped
				 ? "Nothing is wrong with the token in what could be checked."
				 : "This server takes the token.");
	return true;
}

static struct str read_token(struct cli *cli)
{
	char *line = arena_alloc(cli->arena, 2 * JWS_MAX);
	if (cli->n_args)
		return str_of(cli->args[0]);
	size_t n = fread(line, 1, 2 * JWS_MAX - 1, stdin);
	return str_trim((struct str) { line, n });
}

static int inspect(struct cli *cli, const char *const *values)
{
	struct look l = { .cli = cli };
	struct err e;
	const char *why;
	(void)values;
	struct str token = read_token(cli);
	if (str_istarts(token, STR("Bearer ")))
		token = str_trim((struct str) { token.p + 7, token.n - 7 });
	if (!jws_split(token, cli->arena, &l.jws, &why)) {
		printf("shape      BAD: this is no signed token: %s\n", why);
		return EXIT_FAILED;
	}
	if (cli->conf.issuer[0])
		return cli_fail(EXIT_FAILED,
			"the setting issuer names an outside issuer: ask it about its tokens");
	jose_start();
	l.store = store_open(cli->conf.data, &e);
	bool ok = l.store && check(&l, &e);
	store_close(&l.store);
	arena_settle(cli->arena);
	jose_stop();
	if (!ok)
		return cli_fail(EXIT_FAILED, "%s", e.msg);
	return l.bad ? EXIT_FAILED : 0;
}

const struct command cmd_token_inspect = {
	.name = "token inspect",
	.arguments = "[TOKEN]",
	.about = "Tell what an access token says and whether this server takes it",
	.more = "Without TOKEN it is read from standard input, where no list of processes "
		"shows "
		"it.\n",
	.max_args = 1,
	.run = inspect,
};
