/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pages.h"
#include "page/fit.h"
#include "page/tokens.h"
#include "scrape/cursor.h"

enum { NOTICE_TOKENS = 50 };

int pages_choice(const char *option, const char *value, const char *const *words, int *out)
{
	struct buf list;
	for (int i = 0; value && words[i]; i++)
		if (strcmp(value, words[i]) == 0) {
			*out = i;
			return 0;
		}
	if (!value)
		return 0;
	buf_init(&list, 0);
	for (int i = 0; words[i]; i++)
		buf_addf(&list, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
	int code = cli_fail(EXIT_USAGE, "--%s must be %.*s", option, STR_ARG(buf_str(&list)));
	buf_release(&list);
	return code;
}

int pages_written(const char *const *values, struct scrape_opts *o)
{
	o->only_main = values[PAGE_ONLY_MAIN] != NULL;
	o->structured = values[PAGE_STRUCTURED] != NULL;
	int code = pages_choice("links", values[PAGE_LINKS], page_link_words, &o->links);
	return code ? code
		    : pages_choice("images", values[PAGE_IMAGES], page_image_words, &o->images);
}

int pages_read(const char *const *values, struct scrape_opts *o, int64_t *max_tokens)
{
	const char *limit = values[PAGE_MAX_TOKENS];
	int code = pages_written(values, o);
	*max_tokens = 0;
	if (code)
		return code;
	if (limit && (!str_to_int(str_of(limit), max_tokens) ||
			     *max_tokens < MAX_TOKENS_LEAST || *max_tokens > MAX_TOKENS_MOST))
		return cli_fail(EXIT_USAGE, "--max-tokens must be a whole number from %d to %d",
			MAX_TOKENS_LEAST, MAX_TOKENS_MOST);
	o->outline = values[PAGE_OUTLINE] != NULL;
	o->section = values[PAGE_SECTION];
	return o->outline && o->structured
		       ? cli_fail(EXIT_USAGE, "--outline or --structured, not both")
		       : 0;
}

void pages_cut(struct arena *a, struct scrape_result *r, int64_t max_tokens)
{
	struct fit_page part;
	size_t all = max_tokens ? tokens_count(r->markdown) + tokens_count(r->html) : 0;
	size_t room = (size_t)max_tokens,
	       besides = max_tokens ? tokens_count(r->structured) : 0;
	if (all + besides <= room)
		return;
	room = room > besides + NOTICE_TOKENS ? room - besides - NOTICE_TOKENS : 0;
	fit_page(a, r->markdown, r->html, 0, room, &part);
	const char *said =
		arena_printf(a, "cut here: %zu of %zu tokens shown; a larger --max-tokens%s",
			tokens_count(part.markdown) + tokens_count(part.html), all,
			r->html.n ? " shows more" : ", or --outline and --section, show more");
	fit_say(a, &part, said);
	r->markdown = part.markdown;
	r->html = part.html;
}

void pages_say_cut(struct str structured, int64_t max_tokens)
{
	if (max_tokens && str_ends(structured, STR("\"cut\":true}")))
		cli_fail(0, "data was left out (\"cut\": true): a larger --max-tokens may show "
			    "more");
}
