/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings are judged at the start, with the setting's name in the message; a request never fails
 * for them. What an endpoint was found to refuse is remembered one way only (a weaker form, a member
 * left away), so two requests that learn at once cannot undo each other.
 */
#include "extract/endpoint.h"

#include "base/log.h"
#include "base/mem.h"

#define CHAT_PATH "/chat/completions"

static bool parse_base(struct llm *l, struct err *e)
{
	struct err why = { 0 };
	struct url base;
	struct str text = str_trim(str_of(l->conf->llm_url));
	while (str_ends(text, STR("/")))
		text.n--;
	if (!url_parse(text, true, l->arena, &base, &why))
		return err_set(e, why.code, "llm_url: %s", why.msg);
	if (base.query.n || base.fragment.n || str_find(text, '?') < text.n)
		return err_set(e, ERR_INVALID_URL,
			"llm_url: a base such as http://host/v1 has no"
			" query and no fragment");
	if (str_ends(base.path, STR(CHAT_PATH)))
		return err_set(e, ERR_INVALID_URL, "llm_url: give the base without " CHAT_PATH);
	const char *whole = arena_printf(l->arena, "%.*s" CHAT_PATH, STR_ARG(text));
	return url_parse(str_of(whole), true, l->arena, &l->url, e);
}

static bool is_this_machine(struct str host)
{
	return str_eq(host, STR("localhost")) || str_eq(host, STR("::1")) ||
	       str_starts(host, STR("127."));
}

/* A key with a line break in it would write headers of its own. */
static bool read_key(struct llm *l, struct err *e)
{
	struct str key = str_trim(str_of(l->conf->llm_key));
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] >= 0x7F)
			return err_set(e, ERR_INVALID_REQUEST,
				"llm_key: only printable ASCII without blanks");
	if (key.n)
		l->bearer = arena_printf(l->arena, "Bearer %.*s", STR_ARG(key));
	if (key.n && str_eq(l->url.scheme, STR("http")) && !is_this_machine(l->url.host))
		log_warn("llm.key_in_clear why=\"llm_url is http\"");
	return true;
}

static bool open_settings(struct llm *l, struct err *e)
{
	if (!parse_base(l, e) || !read_key(l, e))
		return false;
	if (!l->conf->llm_model[0])
		return err_set(e, ERR_INVALID_REQUEST, "llm_model: needed when llm_url is set");
	if (!str_utf8_ok(str_of(l->conf->llm_model)))
		return err_set(e, ERR_INVALID_REQUEST, "llm_model: not UTF-8");
	struct fetch_header *h = l->headers;
	*h++ = (struct fetch_header) { "Content-Type", "application/json" };
	*h++ = (struct fetch_header) { "Accept", "application/json" };
	if (l->bearer)
		*h++ = (struct fetch_header) { "Authorization", l->bearer };
	return true;
}

struct llm *llm_open(const struct conf *c, struct fetcher *f, struct err *e)
{
	*e = (struct err) { 0 };
	if (!c->llm_url[0])
		return NULL;
	struct llm *l = MEM_NEW(struct llm);
	l->conf = c;
	l->fetcher = f;
	l->arena = arena_new(0);
	if (!open_settings(l, e)) {
		llm_close(&l);
		return NULL;
	}
	l->lane = lane_open((int)c->llm_in_flight);
	return l;
}

void llm_stop(struct llm *l)
{
	if (l)
		lane_stop(l->lane);
}

void llm_close(struct llm **lp)
{
	struct llm *l = *lp;
	if (!l)
		return;
	lane_close(&l->lane);
	if (l->bearer)
		mem_wipe(l->bearer, strlen(l->bearer));
	arena_free(&l->arena);
	mem_free(l);
	*lp = NULL;
}

struct request_ways endpoint_ways(struct llm *l)
{
	return (struct request_ways) { atomic_load(&l->form), atomic_load(&l->no_temperature),
		atomic_load(&l->completion_tokens) };
}

void endpoint_learn(struct llm *l, struct request_ways ways)
{
	int form = atomic_load(&l->form);
	while (form < ways.form && !atomic_compare_exchange_weak(&l->form, &form, ways.form))
		;
	if (form < ways.form)
		log_info("llm.form level=%d", ways.form);
	if (ways.no_temperature)
		atomic_store(&l->no_temperature, true);
	if (ways.completion_tokens)
		atomic_store(&l->completion_tokens, true);
}
