/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only what decides about the body is kept: type, coding, length, where it leads. Of 1xx answers
 * nothing is kept. The types that count as a page are MIME essences; those that mean "not known"
 * are https://mimesniff.spec.whatwg.org section 7.
 */
#include "net/fetch_head.h"
#include "base/clock.h"
#include "base/url.h"

#include <curl/curl.h>
#include <stdio.h>

void head_reset(struct fetch_head *h)
{
	struct buf location = h->location, lines = h->lines;
	bool keep = h->keep;
	*h = (struct fetch_head) { .length = -1, .retry_after_s = -1, .max_age_s = -1 };
	h->location = location;
	if (!h->location.max)
		buf_init(&h->location, URL_MAX);
	buf_clear(&h->location);
	h->keep = keep;
	h->lines = lines;
	if (keep && !h->lines.max)
		buf_init(&h->lines, HEAD_BYTES_MAX);
	if (keep)
		buf_clear(&h->lines);
}

void head_release(struct fetch_head *h)
{
	if (h->location.max)
		buf_release(&h->location);
	if (h->lines.max)
		buf_release(&h->lines);
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
			strchr("\"(),:;<=>?@[\\]{}", s.p[i]))
			return false;
	return s.n > 0;
}

/* Copies a token in lower case; "" when it is none or too long. */
static void keep_token(struct str s, bool slash, char *out, size_t size)
{
	bool ok = s.n < size && is_token(s) && (!slash || str_find(s, '/') < s.n);
	out[0] = 0;
	for (size_t i = 0; ok && i < s.n; i++) {
		out[i] = str_lower(s.p[i]);
		out[i + 1] = 0;
	}
}

static struct str unquoted(struct str s)
{
	s = str_trim(s);
	if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
		return (struct str) { s.p + 1, s.n - 2 };
	return s;
}

static void on_type(struct fetch_head *h, struct str value)
{
	struct str part, name;
	h->typed = true;
	h->charset[0] = 0;
	str_cut(&value, ';', &part);
	keep_token(str_trim(part), true, h->mime, sizeof h->mime);
	while (!h->charset[0] && str_cut(&value, ';', &part))
		if (str_cut(&part, '=', &name) && part.p &&
			str_ieq(str_trim(name), STR("charset")))
			keep_token(unquoted(part), false, h->charset, sizeof h->charset);
}

static void on_encoding(struct fetch_head *h, struct str value)
{
	char both[sizeof h->encoding];
	int n = snprintf(both, sizeof both, "%s%s%.*s", h->encoding, h->encoded ? ", " : "",
		(int)(value.n < sizeof both ? value.n : sizeof both), value.p);
	snprintf(h->encoding, sizeof h->encoding, "%s",
		n < (int)sizeof both && str_find(value, 0) == value.n ? both : "too long");
	h->encoded = true;
}

/* The first one counts. */
static void on_location(struct fetch_head *h, struct str value)
{
	h->in_location = !h->located;
	if (!h->located)
		buf_add_str(&h->location, value);
	h->located = true;
}

/* libcurl would read on to the end of the connection; then nothing tells a whole page from a part. */
static void on_length(struct fetch_head *h, struct str value)
{
	int64_t length;
	if (!str_to_int(value, &length) || length < 0 ||
		(h->length >= 0 && h->length != length))
		h->odd = true;
	h->length = length;
}

static void on_retry_after(struct fetch_head *h, struct str value)
{
	char text[64];
	if (str_to_int(value, &h->retry_after_s) || value.n >= sizeof text) {
		if (h->retry_after_s < 0)
			h->retry_after_s = -1;
		return;
	}
	memcpy(text, value.p, value.n);
	text[value.n] = 0;
	time_t when = curl_getdate(text, NULL);
	int64_t wait = (int64_t)when - now_ms() / 1000;
	h->retry_after_s = when == -1 ? -1 : wait < 0 ? 0 : wait;
}

/* RFC 9111 section 5.2.2: of several the shortest counts. */
static void on_cache_control(struct fetch_head *h, struct str value)
{
	struct str part, name;
	while (str_cut(&value, ',', &part)) {
		int64_t age = -1;
		part = str_trim(part);
		str_cut(&part, '=', &name);
		if (str_ieq(name, STR("no-store")) || str_ieq(name, STR("no-cache")))
			age = 0;
		else if (!str_ieq(name, STR("max-age")) || !str_to_int(unquoted(part), &age))
			continue;
		if (age >= 0 && (h->max_age_s < 0 || age < h->max_age_s))
			h->max_age_s = age;
	}
}

static void on_field(struct fetch_head *h, struct str name, struct str value)
{
	static const struct {
		const char *name;
		void (*take)(struct fetch_head *, struct str);
	} wanted[] = { { "content-type", on_type }, { "content-encoding", on_encoding },
		{ "content-length", on_length }, { "location", on_location },
		{ "retry-after", on_retry_after }, { "cache-control", on_cache_control } };
	h->in_location = false;
	if (h->keep)
		buf_addf(&h->lines, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(value));
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (str_ieq(name, str_of(wanted[i].name)))
			wanted[i].take(h, value);
}

/* "HTTP/1.1 200 OK" or "HTTP/2 200"; libcurl has checked its form. */
static bool on_status(struct fetch_head *h, struct str line, struct err *e)
{
	struct str version, code;
	int64_t status = 0;
	if (!str_cut(&line, ' ', &version) || !str_cut(&line, ' ', &code) ||
		!str_to_int(str_trim(code), &status) || status < 100 || status > 999)
		return err_set(e, ERR_FETCH, "the answer is not valid HTTP");
	if (status < 200 && ++h->infos > HEAD_INFOS_MAX)
		return err_set(e, ERR_FETCH, "more than %d interim answers", HEAD_INFOS_MAX);
	h->status = (int)status;
	return true;
}

bool head_line(struct fetch_head *h, struct str line, struct err *e)
{
	struct str name;
	h->bytes += line.n;
	if (line.n > HEAD_LINE_MAX)
		return err_set(
			e, ERR_FETCH, "a header line is longer than %d bytes", HEAD_LINE_MAX);
	if (h->bytes > HEAD_BYTES_MAX)
		return err_set(
			e, ERR_FETCH, "the header is larger than %d bytes", HEAD_BYTES_MAX);
	if (h->complete)
		return true; /* trailers, after the body: counted, not kept */
	if (str_istarts(line, STR("HTTP/")))
		return on_status(h, line, e);
	if (h->odd)
		return err_set(e, ERR_FETCH, "the Content-Length is not valid");
	bool folded = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
	if (folded && h->in_location)
		return err_set(e, ERR_FETCH, "the Location header is folded");
	struct str text = str_trim(line);
	if (!text.n)
		h->complete = h->status >= 200;
	else if (!folded && h->status >= 200 && str_cut(&text, ':', &name) && text.p)
		on_field(h, name, str_trim(text));
	return true;
}

bool head_is_redirect(const struct fetch_head *h)
{
	switch (h->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return h->location.len > 0 || h->location.full;
	default:
		return false;
	}
}

bool head_is_page(const struct fetch_head *h)
{
	static const char *const types[] = { "text/html", "application/xhtml+xml",
		"text/markdown", "text/x-markdown", "unknown/unknown", "application/unknown",
		"*/*" };
	if (!h->mime[0])
		return true;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(h->mime, types[i]) == 0)
			return true;
	return false;
}
