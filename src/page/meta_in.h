/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the reading of metadata (meta*.c): what is found, and how much it is trusted. */
#ifndef PAGE_META_IN_H
#define PAGE_META_IN_H

#include "page/meta.h"

enum meta_field {
	META_TITLE,
	META_DESCRIPTION,
	META_LANGUAGE,
	META_CANONICAL,
	META_AUTHOR,
	META_PUBLISHED,
	META_MODIFIED,
	META_SITE_NAME,
	META_IMAGE,
	META_FAVICON,
	META_FEED,
	META_FIELDS
};

/* Less is better. Where ranks are equal, the first one in the page stays. */
enum meta_rank {
	RANK_BEST,
	RANK_LD,
	RANK_THING, /* JSON-LD of what is no article */
	RANK_OG,
	RANK_ARTICLE,
	RANK_TWITTER,
	RANK_DC,
	RANK_ITEMPROP,
	RANK_NAME,
	RANK_SEEN,
	RANK_WEAK,
	RANK_UNSURE, /* a date that may be two days, or none */
	RANK_NONE
};

enum { META_H1 = 8 };

struct meta {
	struct arena *arena;
	const struct url_base *base; /* NULL: addresses stay as they are */
	struct {
		struct str value; /* one line, trimmed */
		enum meta_rank rank;
	} got[META_FIELDS];
	struct str host; /* of the page's address, if that is known */
	bool front; /* the address is the site's first page, where its name is the title */
	struct str title; /* the title element's */
	struct str body;
	struct str h1[META_H1]; /* the first ones, one line each */
	size_t n_h1;
	nid h1_id; /* the one of h1[0] */
	size_t author_row; /* of the table of names: whose authors are being gathered */
	size_t climbs; /* steps to what is around an item that may still be taken */
	bool ld_article, og_article, item_body;
};

/* Takes value for field when it is not empty, no address that leads nowhere, and better than what is there. */
void meta_offer(struct meta *m, enum meta_field field, enum meta_rank rank, struct str value);

/* Reads one script of JSON-LD. */
void meta_read_ld(struct meta *m, struct str script);

/* meta.c: one line of it, white space collapsed, cut at a whole character. */
struct str meta_line(struct arena *a, struct str s, size_t max);

/* meta_tree.c */
bool meta_rel_has(struct str list, const char *word); /* one of the words, case ignored */
struct str meta_text(struct meta *m, const struct dom *d, nid id); /* visible text, one line */
void meta_read_tree(struct meta *m, const struct dom *d); /* finds the h1s, too */

/* meta_title.c: "Headline | Site" without the site's name, when an h1 says the headline alone or the name is known */
struct str meta_without_site(const struct meta *m, struct str title);
struct str meta_without_anchor(
	struct str h1); /* without the mark of a link to itself at its end */
bool meta_is_site(
	const struct meta *m, struct str part); /* by the name it declares, or by its host's */
bool meta_same_letters(
	struct str a, struct str b); /* letters and digits compared, case ignored */

/* meta_headline.c: the h1 that says what the title says, else the title */
struct str meta_headline(const struct meta *m, struct str title);

/* meta_byline.c: an element whose class says that it has the author or the date, read if nothing better is known */
void meta_read_class(struct meta *m, const struct dom *d, nid id);
void meta_offer_byline(struct meta *m, struct str text, bool is_link); /* if it is but a name */
void meta_offer_date(struct meta *m, struct str text); /* if it is but a date */
struct str meta_without_by(struct str text);

/* meta_near.c: what stands below the headline, read if nothing better is known */
void meta_read_near(struct meta *m, const struct dom *d);

#endif
