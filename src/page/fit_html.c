/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML in parts, as slices. It is read as the tokenizer would, but only for where tags, comments and the
 * texts of scripts and the like begin and end: what a part begins with is never the middle of a tag. A part
 * that had to end within a script leaves its rest to be read as text, up to the script's end.
 */
#include "page/dom.h"
#include "page/fit.h"
#include "page/tokens.h"

/* Where a part may end, best first. */
enum place { BEFORE_BLOCK, AT_TAG, PLACES };

static bool is_letter(char c)
{
	c = str_lower(c);
	return c >= 'a' && c <= 'z';
}

/* The name of a tag that begins at s.p; TAG_NONE: another one. */
static enum tag_id tag_at(struct str s)
{
	char name[16];
	size_t n = 0;
	while (n < s.n && n < sizeof name && !strchr(" \t\n\f\r/>", s.p[n])) {
		name[n] = str_lower(s.p[n]);
		n++;
	}
	return n < sizeof name ? tag_find((struct str) { name, n }) : TAG_NONE;
}

static size_t behind(struct str s, const char *end)
{
	const char *p = memmem(s.p, s.n, end, strlen(end));
	return p ? (size_t)(p - s.p) + strlen(end) : s.n;
}

/* Behind the tag's ">", which is none within a quoted value (HTML standard 13.2.5.34 to 38). */
static size_t tag_length(struct str s)
{
	char quote = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (quote)
			quote = s.p[i] == quote ? 0 : quote;
		else if (s.p[i] == '>')
			return i + 1;
		else if ((s.p[i] == '"' || s.p[i] == '\'') && s.p[i - 1] == '=')
			quote = s.p[i];
	}
	return s.n;
}

static bool is_raw(enum tag_id tag)
{
	return tag == TAG_SCRIPT || tag == TAG_STYLE || tag == TAG_TEXTAREA ||
	       tag == TAG_TITLE || tag == TAG_IFRAME || tag == TAG_XMP;
}

/* Up to the end tag of a script or the like, whose name stands at s.p + 1. */
static size_t raw_length(struct str s, size_t tag_n, enum tag_id tag)
{
	size_t at = tag_n;
	while (at < s.n) {
		at += behind((struct str) { s.p + at, s.n - at }, "</");
		if (tag_at((struct str) { s.p + at, s.n - at }) == tag)
			return at - 2;
	}
	return s.n;
}

struct piece { /* a text, a tag, a comment, a script with its text */
	size_t n;
	bool tag; /* a start tag or what stands behind an end tag: a place to cut before it */
	bool block; /* of an element that begins a block */
};

static struct piece piece_at(struct str s)
{
	const char *next;
	if (s.n > 1 && s.p[0] == '<') {
		if (s.n > 3 && memcmp(s.p, "<!--", 4) == 0)
			return (struct piece) { behind(s, "-->"), true, true };
		if (s.p[1] == '!' || s.p[1] == '?')
			return (struct piece) { behind(s, ">"), true, true };
		if (s.p[1] == '/')
			return (struct piece) { tag_length(s), false, false };
		if (is_letter(s.p[1])) {
			enum tag_id tag = tag_at((struct str) { s.p + 1, s.n - 1 });
			size_t n = tag_length(s);
			if (is_raw(tag))
				n = raw_length(s, n, tag);
			return (struct piece) { n, true, tag_flags(tag) & TF_SPECIAL };
		}
	}
	next = s.n > 1 ? memchr(s.p + 1, '<', s.n - 1) : NULL;
	return (struct piece) { next ? (size_t)(next - s.p) : s.n, false, false };
}

void fit_html(struct str whole, size_t from, size_t max_tokens, struct fit_part *out)
{
	uint64_t room = (uint64_t)max_tokens * TOKEN_UNITS, spent = 0;
	size_t at = from, best[PLACES] = { 0 };
	uint64_t spent_at[PLACES] = { 0 };
	struct piece piece = { 0 };
	while (at < whole.n) {
		piece = piece_at((struct str) { whole.p + at, whole.n - at });
		enum place place = piece.block ? BEFORE_BLOCK : AT_TAG;
		if (piece.tag && at > from) {
			best[place] = at;
			spent_at[place] = spent;
		}
		uint64_t units = tokens_units((struct str) { whole.p + at, piece.n });
		if (spent + units > room)
			break;
		spent += units;
		at += piece.n;
	}
	size_t to = at;
	if (at < whole.n && best[BEFORE_BLOCK] && spent_at[BEFORE_BLOCK] >= room / 4)
		to = best[BEFORE_BLOCK];
	else if (at < whole.n && best[AT_TAG] && spent_at[AT_TAG] >= room / 4)
		to = best[AT_TAG];
	else if (at < whole.n)
		to = at + fit_bytes((struct str) { whole.p + at, piece.n }, room - spent);
	out->text = out->body = (struct str) { whole.p + from, to - from };
	out->next = to;
	out->tokens = tokens_count(out->text);
}
