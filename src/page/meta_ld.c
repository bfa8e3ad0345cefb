/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page's JSON-LD (page/ld.h) says of the page. Objects are visited breadth first from the top, through
 * arrays and @graph only, with a limit, so nothing recurses.
 */
#include "page/meta_in.h"
#include "base/check.h"
#include "page/ld.h"

enum { OBJECTS_MAX = 200, PEOPLE_MAX = 10, PEOPLE_BYTES = 300 };

/* Of a type's name, which may stand whole ("https://schema.org/Article"). 3: an article, 2: a product or another
 * single thing, 1: a page, or what may be a part of one,
 * 0: nothing that names the page. */
static int weight_of_name(struct str name)
{
	static const struct {
		const char *name;
		int weight;
	} types[] = { { "Article", 3 }, { "NewsArticle", 3 }, { "BlogPosting", 3 },
		{ "Report", 3 }, { "TechArticle", 3 }, { "ReportageNewsArticle", 3 },
		{ "AnalysisNewsArticle", 3 }, { "OpinionNewsArticle", 3 },
		{ "BackgroundNewsArticle", 3 }, { "ReviewNewsArticle", 3 },
		{ "AdvertiserContentArticle", 3 }, { "SatiricalArticle", 3 },
		{ "ScholarlyArticle", 3 }, { "MedicalScholarlyArticle", 3 },
		{ "LiveBlogPosting", 3 }, { "SocialMediaPosting", 3 },
		{ "DiscussionForumPosting", 3 }, { "Recipe", 3 }, { "HowTo", 2 },
		{ "Question", 2 }, { "Product", 2 }, { "ProductGroup", 2 }, { "Event", 2 },
		{ "Book", 2 }, { "Movie", 2 }, { "JobPosting", 2 },
		{ "SoftwareApplication", 2 }, { "VideoObject", 1 }, { "Course", 2 },
		{ "Dataset", 1 }, { "PodcastEpisode", 2 }, { "CreativeWork", 1 },
		{ "WebPage", 1 }, { "ItemPage", 1 }, { "CollectionPage", 1 },
		{ "AboutPage", 1 }, { "FAQPage", 1 }, { "QAPage", 1 }, { "ContactPage", 1 },
		{ "ProfilePage", 1 }, { "MedicalWebPage", 1 } };
	while (str_find(name, '/') < name.n)
		str_cut(&name, '/', &(struct str) { NULL, 0 });
	if (str_istarts(name, STR("schema:")))
		name = (struct str) { name.p + 7, name.n - 7 };
	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (str_eq(str_of(types[i].name), name))
			return types[i].weight;
	return 0;
}

/* The most that one of its types weighs. */
static int weight_of(const json_t *type)
{
	enum { TYPES = 8 };
	int most = weight_of_name(json_str(type));
	for (size_t i = 0; i < TYPES && i < json_array_size(type); i++) {
		int weight = weight_of_name(json_str(json_array_get(type, i)));
		most = weight > most ? weight : most;
	}
	return most;
}

/* A string, or the named member of an object, or of the first of an array; also where it is written as a JSON-LD
 * value object (JSON-LD 1.1, section 4.2): {"@value": "..."}. */
static struct str text_at(const json_t *v, const char *member)
{
	v = json_is_array(v) ? json_array_get(v, 0) : v;
	const json_t *named = json_is_object(v) ? json_object_get(v, member) : v;
	named = json_is_array(named) ? json_array_get(named, 0) : named;
	const json_t *value =
		json_object_get(named ? named : v, "@value"); /* NULL where it is no object */
	return json_str(value ? value : named);
}

static struct str text_of(const json_t *o, const char *member)
{
	return text_at(json_object_get(o, member), "@value");
}

/* The name of a person, given as an object, as a string, or by the @id of another object of the script. */
static struct str name_of(
	struct arena *a, const json_t *const *objects, size_t n, const json_t *v)
{
	struct str name = text_at(v, "name"), id = text_at(v, "@id"),
		   given = text_at(v, "givenName"), family = text_at(v, "familyName");
	if (!name.n && given.n && family.n)
		return str_of(arena_printf(a, "%.*s %.*s", STR_ARG(given), STR_ARG(family)));
	for (size_t i = 0; !name.n && id.n && i < n; i++)
		if (str_eq(text_at(objects[i], "@id"), id))
			name = text_at(objects[i], "name");
	return name;
}

/* All names of a list of people, joined by commas; empty when that is more than a line. A name may be long and many
 * lists may point to it. */
static struct str people(struct meta *m, const json_t *const *objects, size_t n,
	const json_t *v, char room[PEOPLE_BYTES])
{
	size_t used = 0;
	if (!json_is_array(v))
		return name_of(m->arena, objects, n, v);
	for (size_t i = 0; i < json_array_size(v) && i < PEOPLE_MAX; i++) {
		struct str one = name_of(m->arena, objects, n, json_array_get(v, i));
		if (one.n + 2 > PEOPLE_BYTES - used)
			return (struct str) { "", 0 };
		if (one.n == 0)
			continue;
		memcpy(room + used, ", ", 2);
		used += used ? 2 : 0;
		memcpy(room + used, one.p, one.n);
		used += one.n;
	}
	return (struct str) { room, used };
}

/* The title: a headline, unless a description stands there or the page's title knows the name. */
static struct str title_of(const struct meta *m, const json_t *o, bool *headline)
{
	enum { LONG = 250 };
	struct str title = text_of(o, "headline"), name = text_of(o, "name");
	*headline = title.n > 0;
	bool other = title.n > LONG ||
		     (name.n && str_istarts(m->title, name) && !str_istarts(m->title, title));
	return title.n && !other ? title : name;
}

static void take(
	struct meta *m, const json_t *const *objects, size_t n, const json_t *o, int weight)
{
	static const char *const published[] = { "datePublished", "dateCreated", "uploadDate" };
	static const enum meta_rank ranks[] = { RANK_NONE, RANK_DC, RANK_THING, RANK_LD };
	enum meta_rank rank = ranks[weight];
	bool headline;
	struct str title = title_of(m, o, &headline);
	meta_offer(m, META_TITLE, headline || weight > 1 ? rank : RANK_SEEN, title);
	meta_offer(m, META_DESCRIPTION, rank, text_of(o, "description"));
	meta_offer(m, META_LANGUAGE, RANK_ITEMPROP,
		text_at(json_object_get(o, "inLanguage"), "name"));
	for (size_t i = 0; i < COUNT_OF(published); i++)
		meta_offer(m, META_PUBLISHED, rank, text_of(o, published[i]));
	meta_offer(m, META_MODIFIED, rank, text_of(o, "dateModified"));
	meta_offer(m, META_IMAGE, rank, text_at(json_object_get(o, "image"), "url"));
	char room[PEOPLE_BYTES];
	meta_offer(m, META_AUTHOR, rank,
		people(m, objects, n, json_object_get(o, "author"), room));
	meta_offer(
		m, META_SITE_NAME, RANK_DC, text_at(json_object_get(o, "publisher"), "name"));
	m->ld_article |= weight == 3;
	struct str body = text_of(o, "articleBody");
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
		main = json_array_size(main) == 1 ? json_array_get(main, 0) : main;
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
