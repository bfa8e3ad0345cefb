/* SPDX-License-Identifier: Apache-2.0 */
/* The header of an answer, line by line as it comes, within limits. */
#ifndef NET_FETCH_HEAD_H
#define NET_FETCH_HEAD_H

#include "base/buf.h"
#include "base/err.h"

enum { HEAD_BYTES_MAX = 256 * 1024, HEAD_LINE_MAX = 64 * 1024, HEAD_INFOS_MAX = 10 };

struct fetch_head {
	int status; /* of the last status line; 0: none yet */
	int infos; /* 1xx answers */
	size_t bytes;
	bool complete; /* the blank line after a final status was seen */
	bool in_location; /* the line before was Location */
	char mime[128], charset[64], encoding[128]; /* "": none */
	bool typed, encoded, odd; /* odd: a length that says nothing */
	struct buf location;
	bool located;
	int64_t length; /* -1: not announced */
	int64_t retry_after_s; /* -1: none */
	int64_t max_age_s; /* of Cache-Control; 0: not to be kept; -1: none */
	bool keep; /* set by the owner: all lines of the last answer are kept, */
	struct buf lines; /* each as "Name: value\n" */
};

void head_reset(struct fetch_head *h); /* zeroed before its first use */
void head_release(struct fetch_head *h);
/* One line as libcurl gives it, line end included. false: over a limit, or not to be trusted. */
bool head_line(struct fetch_head *h, struct str line, struct err *e);
bool head_is_redirect(const struct fetch_head *h); /* with a place to go to */
/* HTML, XHTML, Markdown, or no (known) type: that is for the page's bytes to say. */
bool head_is_page(const struct fetch_head *h);

#endif
