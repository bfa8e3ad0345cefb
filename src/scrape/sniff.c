/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard's table of first tags: each, in any case, followed by a blank or ">". XML counts
 * when an html element begins early: that is how XHTML looks without a type. Text of any other kind
 * is not taken for a page.
 */
#include "scrape/sniff.h"
#include "base/check.h"

enum { LOOK = 1024 };

static const char *const first[] = { "<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME",
	"<H1", "<DIV", "<FONT", "<TABLE", "<A", "<STYLE", "<TITLE", "<B", "<BODY", "<BR",
	"<P" };

static bool begins(struct str s, struct str tag)
{
	return s.n > tag.n && str_istarts(s, tag) &&
	       (s.p[tag.n] == '>' || memchr(" \t\n\f\r", s.p[tag.n], 5));
}

static bool has_html_element(struct str s)
{
	struct str look = { s.p, s.n < LOOK ? s.n : LOOK };
	for (; look.n; look.p++, look.n--)
		if (look.p[0] == '<' && begins(look, STR("<html")))
			return true;
	return false;
}

bool sniff_html(struct str s)
{
	if (str_starts(s, STR("\xEF\xBB\xBF")))
		s = (struct str) { s.p + 3, s.n - 3 };
	while (s.n && memchr(" \t\n\f\r", s.p[0], 5))
		s = (struct str) { s.p + 1, s.n - 1 };
	for (size_t i = 0; i < COUNT_OF(first); i++)
		if (begins(s, str_of(first[i])))
			return true;
	if (str_starts(s, STR("<!--")))
		return true;
	return str_starts(s, STR("<?xml")) && has_html_element(s);
}
