/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escapes are decoded and Unicode is folded (UTS 46 by libidn2) before anything is decided, for
 * full-width digits, ideographic dots and soft hyphens all turn into 127.0.0.1 or localhost there.
 * Plain ASCII names skip libidn2: it refuses hyphens in the third and fourth place, which real
 * names have.
 */
#include "base/url_host.h"
#include "base/url_part.h"

#include <idn2.h>

static bool bad(struct err *e, const char *why)
{
	return err_set(e, ERR_INVALID_URL, "the URL's host %s", why);
}

/* Percent-decoded into out, ended by NUL. */
static bool decode(struct str raw, char out[URL_HOST_SIZE * 4], struct err *e)
{
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (n + 1 >= URL_HOST_SIZE * 4)
			return bad(e, "is longer than 253 characters");
		if (c == '%' && i + 2 < raw.n && str_hex(raw.p[i + 1]) >= 0 &&
			str_hex(raw.p[i + 2]) >= 0) {
			c = (char)(str_hex(raw.p[i + 1]) << 4 | str_hex(raw.p[i + 2]));
			i += 2;
		}
		if (!c)
			return bad(e, "has a character that no host has");
		out[n++] = c;
	}
	out[n] = 0;
	return str_utf8_ok((struct str) { out, n }) ? true : bad(e, "is not UTF-8");
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text > 0x7e)
			return false;
	return true;
}

/* Refused for a symbol, or for a letter that is younger than libidn2. */
static bool is_refused(int rc)
{
	return rc == IDN2_DISALLOWED || rc == IDN2_UNASSIGNED;
}

static bool fold_label(struct str label, struct buf *out)
{
	char *ascii = NULL, copy[URL_HOST_SIZE];
	if (label.n >= sizeof copy)
		return false;
	memcpy(copy, label.p, label.n);
	copy[label.n] = 0;
	int rc = idn2_to_ascii_8z(copy, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (rc == IDN2_OK)
		buf_text(out, ascii);
	else if (is_refused(rc) && is_ascii(copy))
		buf_text(out, copy); /* xn--: such names exist and work */
	idn2_free(ascii);
	return rc == IDN2_OK ||
	       (is_refused(rc) && (is_ascii(copy) || url_emoji_label(label, out)));
}

/* What is in `out` after false is of no use. */
static bool fold_labels(struct str name, struct buf *out)
{
	struct str label;
	while (str_cut(&name, '.', &label)) {
		if (!fold_label(label, out))
			return false;
		if (name.p)
			buf_char(out, '.');
	}
	return true;
}

/* Folds text to ASCII, in place. */
static bool fold(char text[URL_HOST_SIZE * 4], struct err *e)
{
	char *ascii = NULL;
	bool plain = is_ascii(text);
	for (char *c = text; *c; c++)
		*c = str_lower(*c);
	if (plain && strncmp(text, "xn--", 4) != 0 && !strstr(text, ".xn--"))
		return true;
	struct buf made;
	buf_init(&made, URL_HOST_MAX);
	int rc = idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (rc == IDN2_OK)
		buf_text(&made, ascii);
	bool ok = rc == IDN2_OK || (is_refused(rc) && fold_labels(str_of(text), &made));
	bool fits = !made.full;
	idn2_free(ascii);
	if (ok && fits) {
		memcpy(text, made.p ? made.p : "", made.len);
		text[made.len] = 0;
	}
	buf_release(&made);
	if (!fits)
		return bad(e, "is longer than 253 characters");
	return ok ? true : bad(e, "is not a valid internationalised name");
}

static bool check_name(struct str name, struct err *e)
{
	struct str label;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || (unsigned char)name.p[i] >= 0x7f ||
			strchr("#/:<>?@[\\]^|%", name.p[i]))
			return bad(e, "has a character that no host has");
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (!name.n)
		return bad(e, "is empty");
	if (name.n > 253)
		return bad(e, "is longer than 253 characters");
	while (str_cut(&name, '.', &label)) {
		if (!label.n)
			return bad(e, "has an empty label");
		if (label.n > 63)
			return bad(e, "has a label longer than 63 characters");
	}
	return true;
}

/* RFC 6761, 6762, 8375, and names that networks use inside. */
static bool is_inside(struct str name)
{
	static const char *const suffixes[] = { ".localhost", ".local", ".internal",
		".localdomain", ".home.arpa", ".lan", ".corp", ".consul" };
	if (name.p[name.n - 1] == '.')
		name.n--;
	if (str_find(name, '.') == name.n)
		return true;
	if (str_eq(name, STR("home.arpa")))
		return true;
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (str_ends(name, str_of(suffixes[i])))
			return true;
	return false;
}

bool url_host_put(struct str raw, bool inside_ok, struct buf *out, bool *ip, struct err *e)
{
	char text[URL_HOST_SIZE * 4];
	unsigned char v6[16];
	uint32_t v4;
	*ip = true;
	if (raw.n && raw.p[0] == '[') {
		struct str inner = { raw.p + 1, raw.n < 2 ? 0 : raw.n - 2 };
		if (raw.p[raw.n - 1] != ']' || !url_ipv6_parse(inner, v6))
			return bad(e, "is not a valid IPv6 address");
		url_ipv6_put(v6, out);
		return true;
	}
	if (!decode(raw, text, e) || !fold(text, e) || !check_name(str_of(text), e))
		return false;
	struct str name = str_of(text);
	if (url_ends_in_number(name)) {
		if (!url_ipv4_parse(name, &v4))
			return bad(e, "is not a valid IPv4 address");
		buf_addf(out, "%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
		return true;
	}
	*ip = false;
	if (!inside_ok && is_inside(name))
		return err_set(e, ERR_PRIVATE, "target is not a public address");
	buf_add_str(out, name);
	return true;
}
