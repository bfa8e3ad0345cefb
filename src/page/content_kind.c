/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of a page's kind: what it says of itself (JSON-LD, Open Graph, its address) and what it looks
 * like (prose, prices, posts, cards).
 */
#include "page/content_kind.h"
#include "base/check.h"
#include "page/content_member.h"

/* The answers of E_LD (bits), E_OG, E_HOST and E_PATH; 0: it says nothing. */
enum { SAYS_ARTICLE = 1, SAYS_PRODUCT = 2, SAYS_FORUM = 4, SAYS_LIST = 8 };
enum { OG_ARTICLE = 1, OG_PRODUCT, OG_WEBSITE, OG_OTHER };
enum {
	WHERE_FORUM = 1,
	WHERE_PRODUCT,
	WHERE_SHOP,
	WHERE_DOCS,
	WHERE_LIST,
	WHERE_SERVICE,
	WHERE_ARTICLE,
	WHERE_DATE,
	WHERE_TOP
};

static const struct {
	const char *type;
	uint8_t bit;
} types[] = {
	{ "Article", SAYS_ARTICLE },
	{ "NewsArticle", SAYS_ARTICLE },
	{ "BlogPosting", SAYS_ARTICLE },
	{ "Report", SAYS_ARTICLE },
	{ "TechArticle", SAYS_ARTICLE },
	{ "ReportageNewsArticle", SAYS_ARTICLE },
	{ "Product", SAYS_PRODUCT },
	{ "ProductGroup", SAYS_PRODUCT },
	{ "QAPage", SAYS_FORUM },
	{ "Question", SAYS_FORUM },
	{ "Answer", SAYS_FORUM },
	{ "DiscussionForumPosting", SAYS_FORUM },
	{ "CollectionPage", SAYS_LIST },
	{ "ItemList", SAYS_LIST },
	{ "SearchResultsPage", SAYS_LIST },
};

/* Words of hosts and paths. */
static const struct {
	uint8_t group;
	const char *words;
} where[] = {
	{ WHERE_FORUM, " forum forums thread threads topic t questions question discussion "
		       "discussions "
		       "community board boards viewtopic showthread r comments q post " },
	{ WHERE_PRODUCT, " product products p dp item prod app sku itm " },
	{ WHERE_SHOP,
		" collection collections category categories shop store c cat browse catpage "
		"subcategory department " },
	{ WHERE_DOCS,
		" docs doc documentation reference manual guide guides api wiki tutorial "
		"tutorials "
		"learn help howto developer dev lib library en-us install stable latest " },
	{ WHERE_LIST,
		" tag tags topics search list lists archive archives rankings ranking best top "
		"news "
		"newest all directory paths subject jobs events " },
	{ WHERE_SERVICE,
		" service services solutions solution pricing features feature platform plans "
		"consulting compare professional about designers software " },
	{ WHERE_ARTICLE,
		" blog blogs article articles story stories opinion politics sport sports "
		"business "
		"entertainment world review reviews magazine posts recipes " },
};

static uint8_t group_of(struct str word)
{
	char text[20];
	if (word.n == 0 || word.n > sizeof text - 2)
		return 0;
	for (size_t i = 0; i < word.n; i++)
		text[i + 1] = str_lower(word.p[i]);
	text[0] = text[word.n + 1] = ' ';
	for (size_t i = 0; i < COUNT_OF(where); i++)
		if (str_has(str_of(where[i].words), (struct str) { text, word.n + 2 }))
			return where[i].group;
	return 0;
}

static bool is_year(struct str part)
{
	return part.n == 4 && (part.p[0] == '1' || part.p[0] == '2') && part.p[1] <= '9' &&
	       part.p[2] >= '0' && part.p[2] <= '9' && part.p[3] >= '0' && part.p[3] <= '9';
}

static void read_address(struct str url, uint8_t *e)
{
	struct str host, part;
	const char *at = url.n ? memmem(url.p, url.n, "://", 3) : NULL;
	if (!at)
		return;
	url = (struct str) { at + 3, url.n - (size_t)(at + 3 - url.p) };
	url.n = str_find(url, '?');
	str_cut(&url, '/', &host);
	while (host.n && str_cut(&host, '.', &part) && !e[E_HOST])
		e[E_HOST] = group_of(part);
	e[E_PATH] = url.n == 0 ? WHERE_TOP : 0;
	while (url.n && str_cut(&url, '/', &part)) {
		uint8_t group = is_year(part) ? WHERE_DATE : group_of(part);
		if (group && !e[E_PATH])
			e[E_PATH] = group;
	}
}

static void read_types(const struct dom *d, uint8_t *e)
{
	struct content_members all = { .d = d, .key = STR("\"@type\"") };
	struct str type;
	while (content_member_next(&all, &type))
		for (size_t k = 0; k < COUNT_OF(types); k++)
			if (str_eq(type, str_of(types[k].type)))
				e[E_LD] |= types[k].bit;
}

static void read_og(const struct dom *d, uint8_t *e)
{
	size_t count;
	struct str name, value;
	const nid *ids = dom_list(d, LIST_META, &count);
	for (size_t i = 0; i < count; i++)
		if (dom_attr(d, ids[i], ATTR_PROPERTY, &name) && str_eq(name, STR("og:type")) &&
			dom_attr(d, ids[i], ATTR_CONTENT, &value))
			e[E_OG] = str_istarts(value, STR("article"))   ? OG_ARTICLE
				  : str_has(value, STR("product"))     ? OG_PRODUCT
				  : str_istarts(value, STR("website")) ? OG_WEBSITE
								       : OG_OTHER;
}

/* How often it can be halved: 0 for 0, 1 for 1, 2 for 2 and 3, 3 from 4 on; 15 at most. */
static uint8_t bits_of(uint32_t n)
{
	uint8_t i = 0;
	for (; n && i < 15; n /= 2)
		i++;
	return i;
}

/* 0 to 10 and more, 14 at most; 15: of nothing. */
static uint8_t tenths_of(uint64_t part, uint64_t whole)
{
	uint64_t tenths = whole ? part * 10 / whole : 15;
	return (uint8_t)(tenths > 14 && whole ? 14 : tenths);
}

static void count_blocks(const struct content_map *map, uint8_t *e)
{
	uint32_t prices = 0, dates = 0, shop = 0, replies = 0, code = 0, headings = 0;
	uint64_t posts = 0, users = 0, items = 0;
	for (size_t i = 0; i < map->n; i++) {
		const struct content_block *b = &map->block[i];
		const struct content_node *n = &map->at[b->node];
		enum tag_id tag = dom_html_tag(map->d, b->node);
		if (n->flags & CF_FRAME)
			continue;
		prices += b->price && b->words < 12;
		dates += b->date;
		shop += b->cue == CUE_SHOP;
		replies += b->cue == CUE_COMMENTS;
		code += tag == TAG_PRE;
		headings += (tag_flags(tag) & TF_HEADING) != 0;
		posts += n->any_names >> NAME_POST & 1 ? b->words : 0;
		users += n->any_names >> NAME_USER & 1;
		items += n->any_names >> NAME_ITEM & 1 ? b->words : 0;
	}
	uint32_t words = map->sum[map->n].words;
	e[E_PRICES] = bits_of(prices);
	e[E_DATES] = bits_of(dates);
	e[E_SHOP] = bits_of(shop);
	e[E_REPLIES] = bits_of(replies);
	e[E_CODE] = bits_of(code);
	e[E_HEADINGS] = bits_of(headings);
	e[E_POSTS] = tenths_of(posts, words);
	e[E_USERS] = bits_of((uint32_t)users);
	e[E_ITEMS] = tenths_of(items, words);
}

static void read_cards(const struct content_map *map, uint8_t *e)
{
	const struct content_group *most = NULL;
	for (uint32_t i = 0; i <= map->cards.mask; i++) {
		const struct content_group *g = &map->cards.at[i];
		if (g->count >= 4 && (!most || g->words > most->words))
			most = g;
	}
	if (!most)
		return;
	e[E_CARDS] = tenths_of(most->words, map->sum[map->n].words);
	e[E_CARD_SIZE] = bits_of(most->words / most->count);
}

void content_evidence(
	const struct content_map *map, const struct content_hint *hint, uint8_t e[E_COUNT])
{
	const struct dom *d = map->d;
	struct content_sum page = map->sum[map->n], best = content_of(map, map->best);
	uint32_t articles = 0;
	memset(e, 0, E_COUNT);
	read_address(hint->url, e);
	read_types(d, e);
	read_og(d, e);
	count_blocks(map, e);
	read_cards(map, e);
	for (nid id = 1; id <= dom_count(d); id++)
		articles += dom_html_tag(d, id) == TAG_ARTICLE;
	e[E_DATED] = hint->article;
	e[E_WORDS] = bits_of(page.words);
	e[E_PROSE] = tenths_of(page.prose, page.words);
	e[E_LINKS] = tenths_of(page.links, page.words);
	e[E_ARTICLES] = bits_of(articles);
	e[E_BEST] = tenths_of(best.words, page.words);
	e[E_BEST_PROSE] = tenths_of(best.prose, best.words);
}

enum content_kind content_kind_of(const uint8_t e[E_COUNT], int points[KIND_COUNT])
{
	enum content_kind best = KIND_ARTICLE;
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		points[k] = content_kind_bias[k];
		for (unsigned i = 0; i < E_COUNT; i++)
			points[k] += content_kind_weight[k][i][e[i]];
		if (points[k] > points[best])
			best = (enum content_kind)k;
	}
	return best;
}
