/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links whose text is their address: <https://example.org/>, <me@example.org> (CommonMark 6.5).
 */
#include "page/markdown_in.h"
#include "base/check.h"

static bool is_web(struct str url)
{
	return str_istarts(url, STR("http://")) || str_istarts(url, STR("https://"));
}

/* Some readers see the tags that begin a block of HTML (section 4.6, condition 1) without looking at
 * what follows: <press@example.org>. */
static bool begins_raw(struct str text)
{
	static const char *const tags[] = { "pre", "script", "style", "textarea" };
	for (size_t i = 0; i < COUNT_OF(tags); i++)
		if (str_istarts(text, str_of(tags[i])))
			return true;
	return false;
}

/* <url> says the same in fewer characters when the text is the address itself. */
bool md_autolink(struct md *m, nid id, struct str href)
{
	const struct dom *d = m->d;
	char first = href.n ? href.p[0] : '/';
	if (!scan_is_space(first) && (first | 0x20) != 'h' && (first | 0x20) != 'm')
		return false; /* an address within the site: most */
	nid only = dom_first(d, id);
	if (!only || dom_next(d, only) || dom_kind(d, only) != DOM_TEXT || m->cell)
		return false;
	struct str text = str_trim(dom_text(d, only)), url = str_trim(href), bare = url, title;
	if (text.n != url.n && text.n + STR("mailto:").n != url.n)
		return false;
	if (str_istarts(url, STR("mailto:")))
		bare = (struct str) { url.p + 7, url.n - 7 };
	else if (!is_web(url))
		return false;
	if (!str_eq(text, bare) || url.n > MD_URL_MAX || dom_attr(d, id, ATTR_TITLE, &title))
		return false;
	if (begins_raw(bare))
		return false;
	bool at = bare.p == url.p;
	for (size_t i = 0; i < bare.n; i++) {
		unsigned char c = (unsigned char)bare.p[i];
		if (c <= ' ' || c == '<' || c == '>' || c == '\\' || c == '&' || c >= 0x7F)
			return false;
		if (bare.p != url.p && c != '@' && c != '.' && c != '-' && c != '_' &&
			c != '+' && !uni_is_alnum(c))
			return false;
		at |= c == '@' && i > 0 && i + 1 < bare.n;
	}
	if (!at)
		return false;
	md_content(m, '<');
	md_char(m, '<');
	md_put(m, bare.p, bare.n);
	md_char(m, '>');
	m->text_bytes += bare.n;
	return true;
}
