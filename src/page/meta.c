/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every source offers its values with a rank, the best rank stays. Meta elements are looked up in one
 * table; JSON-LD is read in meta_ld.c; the tree is walked only for what nobody declared.
 */
#include "page/meta_in.h"
#include "base/check.h"
#include "page/ld.h"
#include "page/meta_date.h"
#include "page/scan.h"
#include "page/unicode.h"

enum { VALUE_MAX = 2000 };

static const struct {
	struct str key;
	enum meta_field field;
	enum meta_rank rank;
} keys[] = {
	{ STR_INIT("og:title"), META_TITLE, RANK_OG },
	{ STR_INIT("twitter:title"), META_TITLE, RANK_TWITTER },
	{ STR_INIT("dc.title"), META_TITLE, RANK_DC },
	{ STR_INIT("dcterms.title"), META_TITLE, RANK_DC },
	{ STR_INIT("headline"), META_TITLE, RANK_ITEMPROP },
	{ STR_INIT("sailthru.title"), META_TITLE, RANK_DC },
	{ STR_INIT("parsely-title"), META_TITLE, RANK_DC },
	{ STR_INIT("citation_title"), META_TITLE, RANK_DC },
	{ STR_INIT("title"), META_TITLE, RANK_WEAK },
	{ STR_INIT("og:description"), META_DESCRIPTION, RANK_OG },
	{ STR_INIT("twitter:description"), META_DESCRIPTION, RANK_TWITTER },
	{ STR_INIT("dc.description"), META_DESCRIPTION, RANK_DC },
	{ STR_INIT("dcterms.abstract"), META_DESCRIPTION, RANK_DC },
	{ STR_INIT("description"), META_DESCRIPTION, RANK_ITEMPROP },
	{ STR_INIT("article:author"), META_AUTHOR, RANK_ARTICLE },
	{ STR_INIT("og:article:author"), META_AUTHOR, RANK_ARTICLE },
	{ STR_INIT("dc.creator"), META_AUTHOR, RANK_DC },
	{ STR_INIT("dcterms.creator"), META_AUTHOR, RANK_DC },
	{ STR_INIT("author"), META_AUTHOR, RANK_NAME },
	{ STR_INIT("byl"), META_AUTHOR, RANK_NAME },
	{ STR_INIT("sailthru.author"), META_AUTHOR, RANK_DC },
	{ STR_INIT("parsely-author"), META_AUTHOR, RANK_DC },
	{ STR_INIT("citation_author"), META_AUTHOR, RANK_DC },
	{ STR_INIT("cxenseparse:author"), META_AUTHOR, RANK_DC },
	{ STR_INIT("creator"), META_AUTHOR, RANK_NAME },
	{ STR_INIT("authors"), META_AUTHOR, RANK_NAME },
	{ STR_INIT("twitter:data1"), META_AUTHOR, RANK_NONE },
	{ STR_INIT("article:published_time"), META_PUBLISHED, RANK_ARTICLE },
	{ STR_INIT("og:published_time"), META_PUBLISHED, RANK_ARTICLE },
	{ STR_INIT("og:article:published_time"), META_PUBLISHED, RANK_ARTICLE },
	{ STR_INIT("article:published"), META_PUBLISHED, RANK_ARTICLE },
	{ STR_INIT("datepublished"), META_PUBLISHED, RANK_ITEMPROP },
	{ STR_INIT("dc.date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("dc.date.issued"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("dcterms.created"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("dcterms.date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("sailthru.date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("parsely-pub-date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("citation_publication_date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("citation_online_date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("citation_date"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("dcterms.issued"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("dc.date.created"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("cxenseparse:recs:publishtime"), META_PUBLISHED, RANK_DC },
	{ STR_INIT("date"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("pubdate"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("publishdate"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("publish-date"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("publish_date"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("publication_date"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("pub_date"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("originalpublicationdate"), META_PUBLISHED, RANK_NAME },
	{ STR_INIT("article:modified_time"), META_MODIFIED, RANK_ARTICLE },
	{ STR_INIT("og:updated_time"), META_MODIFIED, RANK_TWITTER },
	{ STR_INIT("datemodified"), META_MODIFIED, RANK_ITEMPROP },
	{ STR_INIT("dcterms.modified"), META_MODIFIED, RANK_DC },
	{ STR_INIT("lastmod"), META_MODIFIED, RANK_NAME },
	{ STR_INIT("last-modified"), META_MODIFIED, RANK_NAME },
	{ STR_INIT("og:site_name"), META_SITE_NAME, RANK_OG },
	{ STR_INIT("application-name"), META_SITE_NAME, RANK_NAME },
	{ STR_INIT("al:ios:app_name"), META_SITE_NAME, RANK_SEEN },
	{ STR_INIT("twitter:site"), META_SITE_NAME, RANK_NONE },
	{ STR_INIT("og:image:secure_url"), META_IMAGE, RANK_OG },
	{ STR_INIT("og:image"), META_IMAGE, RANK_OG },
	{ STR_INIT("og:image:url"), META_IMAGE, RANK_OG },
	{ STR_INIT("twitter:image"), META_IMAGE, RANK_TWITTER },
	{ STR_INIT("twitter:image:src"), META_IMAGE, RANK_TWITTER },
	{ STR_INIT("image"), META_IMAGE, RANK_ITEMPROP },
	{ STR_INIT("thumbnail"), META_IMAGE, RANK_NAME },
	{ STR_INIT("og:url"), META_CANONICAL, RANK_OG },
	{ STR_INIT("og:locale"), META_LANGUAGE, RANK_DC },
	{ STR_INIT("content-language"), META_LANGUAGE, RANK_OG },
	{ STR_INIT("dc.language"), META_LANGUAGE, RANK_TWITTER },
};

/* One line: white space collapsed, cut at a whole character. */
struct str meta_line(struct arena *a, struct str s, size_t max)
{
	s = str_head(str_trim(s), max);
	char *out = arena_raw(a, s.n);
	size_t n = 0;
	bool blank = false;
	for (size_t i = 0; i < s.n; i++) {
		bool is_blank = (unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F;
		if (!is_blank || !blank)
			out[n++] = is_blank ? ' ' : s.p[i];
		blank = is_blank;
	}
	return str_trim((struct str) { out, n });
}

/* Values are often escaped once more than they should be: "Tips &amp; tricks". */
static struct str decoded(struct arena *scratch, struct str s)
{
	size_t at = str_find(s, '&');
	if (at == s.n || s.n > VALUE_MAX || str_find(s, ';') == s.n || str_find(s, '<') < s.n)
		return s;
	const struct dom *d = dom_parse_fragment(scratch, s, "div", NULL);
	nid text = dom_first(d, 1);
	return text && dom_kind(d, text) == DOM_TEXT && !dom_next(d, text) ? dom_text(d, text)
									   : s;
}

/* One line without references. The tree that reading them takes is much larger than a value, which may be none. */
static struct str clean(struct meta *m, struct str value)
{
	struct arena *scratch = arena_new(0);
	struct str line = meta_line(m->arena, decoded(scratch, value), VALUE_MAX);
	arena_free(&scratch);
	return line;
}

/* "12:55 AM" is no date: four digits in a row or five in all. */
static bool has_year(struct str date)
{
	size_t run = 0, all = 0;
	for (size_t i = 0; i < date.n && run < 4 && all < 5; i++) {
		bool digit = date.p[i] >= '0' && date.p[i] <= '9';
		run = digit ? run + 1 : 0;
		all += digit;
	}
	return run >= 4 || all >= 5;
}

/* A name that is no address, without "By"; empty: none. */
static struct str author_of(struct str value)
{
	value = meta_without_by(value);
	bool address = str_istarts(value, STR("http:")) || str_istarts(value, STR("https:")) ||
		       str_istarts(value, STR("www."));
	return address || value.n > 200 ? (struct str) { "", 0 } : value;
}

static bool is_address(enum meta_field field)
{
	return field == META_CANONICAL || field == META_IMAGE || field == META_FAVICON ||
	       field == META_FEED;
}

/* Not what only the page itself, or the machine that made it, could open. */
static bool leads_somewhere(const struct meta *m, struct str address)
{
	static const struct str nowhere[] = { STR_INIT("data:"), STR_INIT("javascript:"),
		STR_INIT("about:"), STR_INIT("blob:"), STR_INIT("file:") };
	struct buf made;
	for (size_t i = 0; i < COUNT_OF(nowhere); i++)
		if (str_istarts(address, nowhere[i]))
			return false;
	buf_init(&made, 16384);
	bool ok = !m->base || url_resolve_text(m->base, address, &made);
	buf_release(&made);
	return ok;
}

void meta_offer(struct meta *m, enum meta_field field, enum meta_rank rank, struct str value)
{
	if (rank >= m->got[field].rank || value.n == 0 || str_trim(value).n == 0)
		return;
	if (field == META_AUTHOR)
		value = author_of(value);
	if (field == META_PUBLISHED || field == META_MODIFIED) {
		if (!has_year(value))
			return;
		value = meta_date(m->arena, value);
		rank = meta_date_is_iso(value) ? rank : RANK_UNSURE;
		if (rank >= m->got[field].rank)
			return;
	}
	value = clean(m, value);
	if (value.n == 0 || (is_address(field) && !leads_somewhere(m, value)))
		return;
	m->got[field].value = value;
	m->got[field].rank = rank;
}

/* Pages write "dc.title" and "dc:title" for the same thing. */
static bool same_key(struct str key, struct str row)
{
	for (size_t i = 0; i < row.n; i++) {
		char a = str_lower(key.p[i]), b = row.p[i];
		if ((a == '.' ? ':' : a) != (b == '.' ? ':' : b))
			return false;
	}
	return true;
}

/* Pages with several authors give the same name several times. Names turned round have a comma inside. */
static void add_author(struct meta *m, struct str value)
{
	enum { ALL_MAX = 600 };
	struct str all = m->got[META_AUTHOR].value;
	value = clean(m, author_of(value));
	if (!value.n || str_has(all, value) || all.n + value.n > ALL_MAX)
		return;
	bool turned = str_find(all, ',') < all.n && str_find(value, ',') < value.n;
	m->got[META_AUTHOR].value = str_of(arena_printf(
		m->arena, "%.*s%s%.*s", STR_ARG(all), turned ? "; " : ", ", STR_ARG(value)));
}

static void offer_meta(struct meta *m, struct str key, struct str value)
{
	m->og_article |=
		str_ieq(key, STR("og:type")) && str_ieq(str_trim(value), STR("article"));
	for (size_t row = 0; row < COUNT_OF(keys); row++) {
		if (key.n != keys[row].key.n || !same_key(key, keys[row].key))
			continue;
		enum meta_rank before = m->got[META_AUTHOR].rank;
		if (keys[row].field == META_AUTHOR && before == keys[row].rank &&
			m->author_row == row)
			add_author(m, value);
		meta_offer(m, keys[row].field, keys[row].rank, value);
		if (m->got[META_AUTHOR].rank != before)
			m->author_row = row;
	}
}

/* `property` and `itemprop` are lists of names. */
static void read_metas(struct meta *m, const struct dom *d)
{
	static const enum attr_id names[] = { ATTR_PROPERTY, ATTR_NAME, ATTR_ITEMPROP,
		ATTR_HTTP_EQUIV };
	enum { NAMES_MAX = 10 };
	size_t count;
	const nid *ids = dom_list(d, LIST_META, &count);
	for (size_t i = 0; i < count && !arena_over(m->arena); i++) {
		struct str list, key, value;
		if (!dom_attr(d, ids[i], ATTR_CONTENT, &value))
			continue;
		for (size_t k = 0; k < COUNT_OF(names); k++) {
			if (!dom_attr(d, ids[i], names[k], &list))
				continue;
			list = str_trim(list);
			for (size_t n = 0; n < NAMES_MAX && str_cut(&list, ' ', &key); n++)
				offer_meta(m, str_trim(key), value);
		}
	}
}

static void read_links(struct meta *m, const struct dom *d)
{
	size_t count;
	const nid *ids = dom_list(d, LIST_LINK, &count);
	for (size_t i = 0; i < count; i++) {
		struct str rel, href, type = { "", 0 };
		if (!dom_attr(d, ids[i], ATTR_REL, &rel) ||
			!dom_attr(d, ids[i], ATTR_HREF, &href))
			continue;
		dom_attr(d, ids[i], ATTR_TYPE, &type);
		if (meta_rel_has(rel, "canonical"))
			meta_offer(m, META_CANONICAL, RANK_BEST, href);
		if (meta_rel_has(rel, "icon"))
			meta_offer(m, META_FAVICON, RANK_BEST, href);
		if (meta_rel_has(rel, "apple-touch-icon"))
			meta_offer(m, META_FAVICON, RANK_SEEN, href);
		if (meta_rel_has(rel, "image_src"))
			meta_offer(m, META_IMAGE, RANK_NAME, href);
		if (meta_rel_has(rel, "alternate") &&
			(str_has(type, STR("rss")) || str_has(type, STR("atom")) ||
				str_has(type, STR("feed+json"))))
			meta_offer(m, META_FEED, RANK_BEST, href);
	}
}

static void read_scripts(struct meta *m, const struct dom *d)
{
	bool end = false;
	for (size_t i = 0; !end && !arena_over(m->arena); i++) {
		struct str script = ld_script(d, i, &end);
		if (script.p)
			meta_read_ld(m, script);
	}
}

static struct str page_title(struct meta *m, const struct dom *d)
{
	size_t count;
	const nid *ids = dom_list(d, LIST_TITLE, &count);
	return count ? meta_text(m, d, ids[0]) : (struct str) { "", 0 };
}

static void read_language(struct meta *m, const struct dom *d)
{
	struct str lang;
	nid html = dom_html(d);
	if (html && (dom_attr(d, html, ATTR_LANG, &lang) ||
			    dom_attr(d, html, ATTR_XML_LANG, &lang)))
		meta_offer(m, META_LANGUAGE, RANK_BEST, lang);
	struct str got = m->got[META_LANGUAGE].value;
	char *tag = arena_text(m->arena, got);
	size_t n = 0;
	while (n < got.n && n < 35 &&
		(uni_is_alnum((unsigned char)tag[n]) || tag[n] == '-' || tag[n] == '_')) {
		tag[n] = tag[n] == '_' ? '-' : tag[n];
		n++;
	}
	m->got[META_LANGUAGE].value = (struct str) { tag, n >= 2 ? n : 0 };
}

static const char *finish(struct meta *m, enum meta_field field)
{
	struct str v = m->got[field].value;
	if (v.n == 0)
		return NULL;
	if (!m->base || !is_address(field))
		return arena_text(m->arena, v);
	struct buf made;
	buf_init(&made, 16384);
	const char *text = url_resolve_text(m->base, v, &made)
				   ? arena_text(m->arena, buf_str(&made))
				   : NULL;
	buf_release(&made);
	return text;
}

static void read_host(struct meta *m, const struct url_base *base)
{
	if (!base || !base->usable)
		return;
	size_t host = base->scheme + strlen("://");
	struct str authority = { base->text.p + host, base->authority - host };
	str_cut(&authority, ':', &m->host);
	m->front = base->path - base->authority <= 1;
}

void meta_read(struct arena *a, const struct dom *d, const struct url_base *base,
	struct page_meta *out, struct meta_hint *hint)
{
	enum { CLIMBS = 50000 };
	struct meta m = { .arena = a, .base = base, .climbs = CLIMBS };
	for (size_t i = 0; i < META_FIELDS; i++)
		m.got[i].rank = RANK_NONE;
	m.title = page_title(&m, d);
	read_scripts(&m, d);
	read_metas(&m, d);
	read_links(&m, d);
	meta_read_tree(&m, d);
	meta_offer(&m, META_TITLE, RANK_SEEN, m.title);
	read_host(&m, base);
	m.got[META_TITLE].value =
		meta_headline(&m, meta_without_site(&m, m.got[META_TITLE].value));
	read_language(&m, d);
	*out = (struct page_meta) {
		.title = finish(&m, META_TITLE),
		.description = finish(&m, META_DESCRIPTION),
		.language = finish(&m, META_LANGUAGE),
		.canonical = finish(&m, META_CANONICAL),
		.author = finish(&m, META_AUTHOR),
		.published = finish(&m, META_PUBLISHED),
		.modified = finish(&m, META_MODIFIED),
		.site_name = finish(&m, META_SITE_NAME),
		.image = finish(&m, META_IMAGE),
		.favicon = finish(&m, META_FAVICON),
		.feed = finish(&m, META_FEED),
	};
	bool dated = m.got[META_PUBLISHED].rank <= RANK_ARTICLE || m.body.n || m.item_body;
	if (hint)
		*hint = (struct meta_hint) { m.body, dated && (m.ld_article || m.og_article) };
}
