/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of net/robots.h. Rules are one block of memory that points nowhere, so that a copy of
 * its bytes is a copy of the rules.
 */
#ifndef NET_ROBOTS_IN_H
#define NET_ROBOTS_IN_H

#include "net/robots.h"

enum {
	ROBOTS_BYTES = 500 * 1024, /* what is read of a file (RFC 9309 section 2.5) */
	ROBOTS_DELAY_MS = 60 * 1000,
};

struct robots_rule {
	uint32_t at, n; /* the pattern: bytes of the block; normal, without its $ */
	bool allow, ends; /* ends: a $ stood behind it */
};
struct robots_rules {
	size_t bytes; /* of the block */
	int64_t delay_ms;
	size_t count;
	struct robots_rule
		rule[]; /* the longest first, Allow first of equals; then the patterns */
};

/* The form in which patterns and targets are compared (RFC 9309 section 2.2.2): unreserved
 * characters plain, octets that no URL has encoded, hexadecimal digits in capitals. In a pattern *
 * and a $ at the end stay what they are; as characters they are %2A and %24. */
void robots_normal(struct str in, bool pattern, struct buf *out);

/* --- the cache, robots.c --- */

/* What a site said, for all who use it at the moment. */
struct robots_file {
	atomic_int users;
	struct robots_rules rules; /* the last: a block */
};
void robots_drop(struct robots_file *file);

enum robots_role { ROBOTS_KNOWN, ROBOTS_ALONE, ROBOTS_LEADS, ROBOTS_WAITS };
struct robots_seat { /* of one flow, in its call's arena */
	enum robots_role role;
	const char *origin; /* "http://host:port" */
	struct flow *flow;
	int64_t deadline_ms; /* mono_ms: when its transfer, if it leads, ends at the latest */
	struct robots_file *file; /* KNOWN; or WAITS when it is resumed: its own share */
	struct robots_flight *flight;
	struct robots_seat *next;
};
enum robots_said {
	ROBOTS_SAID, /* the rules of a file, or that there is none: for a day */
	ROBOTS_SILENT, /* no answer that counts: for minutes, and older rules go on */
};
struct robots_news {
	enum robots_said said;
	const struct robots_rules *rules;
	int64_t keep_ms; /* what the site says about how long it counts; -1: nothing */
};
/* When the role is ROBOTS_WAITS the flow is parked: its last act. Resumed, it has a file or leads. */
enum robots_role robots_join(struct robots *r, struct robots_seat *s);
/* Who is ALONE or LEADS, once: keeps the news and shares it with who waits. Gives a share of what
 * counts now. */
struct robots_file *robots_end(
	struct robots *r, struct robots_seat *s, const struct robots_news *news);
/* The same without any: the next one leads. */
void robots_give_up(struct robots *r, struct robots_seat *s);

/* What the steps need of it. */
const struct conf *robots_conf(const struct robots *r);
struct fetcher *robots_fetcher(const struct robots *r);

#endif
