/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/page.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/url.h"
#include "template/template.h"

extern const struct template_file page_files[]; /* auth/pages/, see cmake/embed.cmake */

/* --- what the browser is told --- */

/* The source expression that lets a form lead on to this URI (CSP level 3, section 2.3.1). Browsers
 * know no IPv6 literals there: then it is all of its scheme. NULL: none. */
static const char *csp_source(const char *uri, struct arena *a)
{
	struct str text = str_of(uri), scheme;
	struct url u;
	struct err e;
	if (!str_cut(&text, ':', &scheme) || !scheme.n)
		return NULL;
	for (size_t i = 0; i < scheme.n; i++) {
		char c = str_lower(scheme.p[i]);
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '.' &&
			c != '-')
			return NULL;
	}
	if (!url_parse(str_of(uri), true, a, &u, &e) ||
		(u.ip && memchr(u.host.p, ':', u.host.n)))
		return arena_printf(a, "%.*s:", STR_ARG(scheme));
	return arena_printf(a, "%.*s://%.*s:%d", STR_ARG(u.scheme), STR_ARG(u.host), u.port);
}

static void set_headers(struct http_req *r, struct page_rules rules)
{
	struct site site;
	const char *leads_to =
		rules.redirect_uri ? csp_source(rules.redirect_uri, r->arena) : NULL;
	if (str_has(buf_str(&r->res.head), STR("Content-Security-Policy:")))
		return; /* an error took the place of a page */
	http_set_header(r, "Content-Security-Policy",
		arena_printf(r->arena,
			"default-src 'none'; style-src 'self'; img-src 'self'; %sbase-uri "
			"'none'; frame-ancestors 'none'; form-action 'self'%s%s",
			rules.script ? "script-src 'self'; " : "", leads_to ? " " : "",
			leads_to ? leads_to : ""));
	http_set_header(r, "X-Frame-Options", "DENY");
	http_set_header(r, "Referrer-Policy", "no-referrer");
	http_set_header(r, "Cache-Control", "no-store");
	if (site_of(r, &site) && site.secure)
		http_set_header(r, "Strict-Transport-Security", "max-age=31536000");
}

void page_show_with(struct http_req *r, const char *name, json_t *data, struct page_rules rules)
{
	struct err e;
	if (!data)
		data = json_object();
	if (rules.script)
		json_object_set_new(data, "script", json_true());
	buf_clear(&r->res.body);
	set_headers(r, rules);
	r->res.type = "text/html; charset=utf-8";
	if (!template_render(page_files, name, data, &r->res.body, &e)) {
		log_error("page.template name=%s why=\"%s\"", name, e.msg);
		r->res.status = err_http(ERR_INTERNAL);
		r->res.type = "text/plain; charset=utf-8";
		buf_text(&r->res.body, "This page could not be made.\n");
	}
	json_decref(data);
}

void page_show(struct http_req *r, const char *name, json_t *data)
{
	page_show_with(r, name, data, (struct page_rules) { 0 });
}

/* --- errors --- */

static const struct {
	int status;
	const char *title;
} titles[] = {
	{ 400, "That did not work" },
	{ 401, "Please sign in" },
	{ 403, "Not allowed" },
	{ 404, "Not found" },
	{ 405, "Not found" },
	{ 429, "Too many attempts" },
	{ 503, "Busy at the moment" },
	{ 0, "Something went wrong" },
};

void page_print_error(struct http_req *r, const struct err *e)
{
	json_t *data = json_object();
	size_t i = 0;
	while (titles[i].status && titles[i].status != r->res.status)
		i++;
	page_set(data, "title", titles[i].title);
	page_set_words(data, "message", e->msg);
	page_show(r, "error", data);
}

/* --- values --- */

void page_set_str(json_t *o, const char *name, struct str text)
{
	if (text.p && str_utf8_ok(text))
		json_object_set_new(o, name, json_stringn(text.p, text.n));
	else if (text.p) /* what a stranger's header said */
		json_object_set_new(o, name, json_string("(not readable)"));
}

void page_set(json_t *o, const char *name, const char *text)
{
	page_set_str(o, name, str_of(text));
}

void page_set_words(json_t *o, const char *name, const char *text)
{
	char words[1024];
	if (!text)
		return;
	snprintf(words, sizeof words, "%s", text);
	if (*words >= 'a' && *words <= 'z')
		*words = (char)(*words - 32);
	page_set(o, name, words);
}

void page_set_time(json_t *o, const char *name, int64_t ms)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[ISO_SIZE], text[40];
	time_t s = (time_t)(ms / 1000);
	struct tm t;
	if (!ms || !gmtime_r(&s, &t))
		return;
	snprintf(text, sizeof text, "%d %.3s %d, %02d:%02d", t.tm_mday, months + 3 * t.tm_mon,
		t.tm_year + 1900, t.tm_hour, t.tm_min);
	json_object_set_new(
		o, name, json_pack("{s:s, s:s}", "iso", iso_print(ms, iso), "text", text));
}

void page_set_list(json_t *o, const char *name, json_t *list)
{
	char any[64];
	snprintf(any, sizeof any, "any_%s", name);
	json_object_set_new(o, any, json_boolean(json_array_size(list) > 0));
	json_object_set_new(o, name, list);
}

json_t *page_scopes(unsigned scopes)
{
	static const struct {
		unsigned bit;
		const char *name, *about;
	} rows[] = {
#define SCOPE_ROW(id, name, about) { SCOPE(id), name, about },
#include "account/scope_table.h"
#undef SCOPE_ROW
	};
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (scopes & rows[i].bit)
			json_array_append_new(list,
				json_pack("{s:s, s:s, s:b}", "name", rows[i].name, "about",
					rows[i].about, "usual", rows[i].bit == SCOPE(SCRAPE)));
	return list;
}

const char *page_field(const struct page *p, const char *name)
{
	struct str v = form_get(&p->form, name);
	return v.p ? arena_text(p->r->arena, v) : "";
}

const char *page_param(const struct page *p)
{
	return arena_text(p->r->arena, p->r->params[0]);
}
