/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page's JSON-LD (page/ld.h) says of the page. Objects are visited breadth first from the top, through
 * arrays and @graph only, with a limit, so nothing recurses.
 */
#include "page/meta_in.h"
#include "base/check.h"
#include "page/ld.h"

enum { OBJECTS_MAX = 200 };

/* 3: an article, 2: a product or another single thing, 1: a page, 0: nothing that names the page. */
static int weight_of(const json_t *type)
{
	static const struct {
		const char *name;
		int weight;
	} types[] = { { "Article", 3 }, { "NewsArticle", 3 }, { "BlogPosting", 3 },
		{ "Report", 3 }, { "TechArticle", 3 }, { "ReportageNewsArticle", 3 },
		{ "AnalysisNewsArticle", 3 }, { "OpinionNewsArticle", 3 },
		{ "ReviewNewsArticle", 3 }, { "ScholarlyArticle", 3 }, { "LiveBlogPosting", 3 },
		{ "SocialMediaPosting", 3 }, { "DiscussionForumPosting", 3 }, { "QAPage", 1 },
		{ "Recipe", 3 }, { "Product", 2 }, { "Event", 2 }, { "Book", 2 },
		{ "Movie", 2 }, { "JobPosting", 2 }, { "SoftwareApplication", 2 },
		{ "VideoObject", 2 }, { "Course", 2 }, { "WebPage", 1 }, { "ItemPage", 1 },
		{ "CollectionPage", 1 }, { "AboutPage", 1 }, { "FAQPage", 1 } };
	const char *name =
		json_string_value(json_is_array(type) ? json_array_get(type, 0) : type);
	for (size_t i = 0; name && i < COUNT_OF(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].weight;
	return 0;
}

/* A string, or the named member of an object, or of the first of an array. */
static struct str text_at(const json_t *v, const char *member)
{
	if (json_is_array(v))
		v = json_array_get(v, 0);
	return json_is_object(v) ? json_str(json_object_get(v, member)) : json_str(v);
}

/* The name of a person, given as an object, as a string, or by the @id of another object of the script. */
static struct str name_of(const json_t *const *objects, size_t n, const json_t *v)
{
	struct str name = text_at(v, "name"), id = text_at(v, "@id");
	for (size_t i = 0; !name.n && id.n && i < n; i++)
		if (str_eq(text_at(objects[i], "@id"), id))
			name = text_at(objects[i], "name");
	return name;
}

/* All names of a list of people, joined by commas. */
static struct str people(
	struct meta *m, const json_t *const *objects, size_t n, const json_t *v)
{
	if (!json_is_array(v))
		return name_of(objects, n, v);
	char *all = NULL;
	for (size_t i = 0; i < json_array_size(v) && i < 10; i++) {
		struct str one = name_of(objects, n, json_array_get(v, i));
		if (one.n)
			all = arena_printf(m->arena, "%s%s%.*s", all ? all : "",
				all ? ", " : "", STR_ARG(one));
	}
	return str_of(all);
}

static void take(
	struct meta *m, const json_t *const *objects, size_t n, const json_t *o, int weight)
{
	enum meta_rank rank = weight == 3 ? RANK_LD : weight == 2 ? RANK_LD : RANK_DC;
	const json_t *headline = json_object_get(o, "headline");
	struct str title = json_str(headline), name = json_str(json_object_get(o, "name"));
	/* some put a description there: the page's title knows */
	if (!headline ||
		(name.n && str_istarts(m->title, name) && !str_istarts(m->title, title)))
		title = name;
	meta_offer(m, META_TITLE, headline ? rank : weight == 1 ? RANK_SEEN : rank, title);
	meta_offer(m, META_DESCRIPTION, weight == 1 ? RANK_DC : rank,
		json_str(json_object_get(o, "description")));
	meta_offer(m, META_LANGUAGE, RANK_ITEMPROP,
		text_at(json_object_get(o, "inLanguage"), "name"));
	meta_offer(m, META_PUBLISHED, rank, json_str(json_object_get(o, "datePublished")));
	meta_offer(m, META_MODIFIED, rank, json_str(json_object_get(o, "dateModified")));
	meta_offer(m, META_IMAGE, rank, text_at(json_object_get(o, "image"), "url"));
	meta_offer(m, META_AUTHOR, rank, people(m, objects, n, json_object_get(o, "author")));
	meta_offer(
		m, META_SITE_NAME, RANK_DC, text_at(json_object_get(o, "publisher"), "name"));
	m->ld_article |= weight == 3;
	struct str body = json_str(json_object_get(o, "articleBody"));
	if (body.n > m->body.n)
		m->body = (struct str) { arena_text(m->arena, body), body.n };
}

void meta_read_ld(struct meta *m, struct str script)
{
	const json_t *queue[OBJECTS_MAX];
	size_t n = 0;
	json_t *root = ld_read(m->arena, script);
	if (root)
		queue[n++] = root;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = queue[i];
		const json_t *list = json_is_array(o) ? o : json_object_get(o, "@graph");
		for (size_t k = 0; k < json_array_size(list) && n < OBJECTS_MAX; k++)
			queue[n++] = json_array_get(list, k);
		const json_t *main = json_object_get(o, "mainEntity");
		if (json_is_object(main) && n < OBJECTS_MAX)
			queue[n++] = main;
	}
	for (int weight = 3; weight > 0; weight--)
		for (size_t i = 0; i < n; i++)
			if (json_is_object(queue[i]) &&
				weight_of(json_object_get(queue[i], "@type")) == weight)
				take(m, queue, n, queue[i], weight);
	for (size_t i = 0; i < n; i++) {
		struct str type = text_at(json_object_get(queue[i], "@type"), "");
		if (str_eq(type, STR("WebSite")))
			meta_offer(m, META_SITE_NAME, RANK_TWITTER,
				json_str(json_object_get(queue[i], "name")));
	}
	json_decref(root);
}
