/* SPDX-License-Identifier: Apache-2.0 */
/* A page in parts: its Markdown first (fit.c), then its HTML (fit_html.c), as if they were one text. */
#include "page/fit.h"

void fit_page(struct arena *a, struct str markdown, struct str html, size_t from,
	size_t max_tokens, struct fit_page *out)
{
	struct fit_part part;
	size_t left = max_tokens;
	*out = (struct fit_page) { .next = from };
	if (from < markdown.n) {
		fit_part(a, markdown, from, max_tokens, &part);
		out->markdown = part.text;
		out->next = part.next;
		left -= part.tokens < left ? part.tokens : left;
	}
	if (out->next < markdown.n || !html.n || left < FIT_LEAST)
		return;
	fit_html(html, out->next - markdown.n, left, &part);
	out->html = part.text;
	out->next = markdown.n + part.next;
}

void fit_say(struct arena *a, struct fit_page *part, const char *left)
{
	if (part->html.p)
		part->html = str_of(
			arena_printf(a, "%.*s\n<!-- %s -->\n", STR_ARG(part->html), left));
	else
		part->markdown =
			str_of(arena_printf(a, "%.*s\n[%s]\n", STR_ARG(part->markdown), left));
}
