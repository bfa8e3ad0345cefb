/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a line of Markdown is cut that fits in no part: at a blank, a <br> or between two letters of East Asia, where no
 * link, code, tag or emphasis is open and where what follows does not read as a marker at the beginning of a line.
 * One pass that remembers the last place of each kind; a bracket or mark that nothing closes leaves the kinds that
 * do not ask for it.
 */
#include "page/fit_line.h"

#include <string.h>

enum kind { CLEAN, WITHIN_EMPHASIS, WITHIN_BRACKETS, KINDS };
struct line_scan {
	struct str s;
	size_t at;
	size_t code; /* backticks of the open span; 0: none is open */
	unsigned brackets, parens; /* open ones: of texts and of addresses */
	unsigned emphasis; /* bits: *, **, ~~ */
	bool tag;
	size_t last[KINDS]; /* places, 0: none */
};

static char char_at(struct str s, size_t at)
{
	return at < s.n ? s.p[at] : ' ';
}

static size_t run_at(struct str s, size_t at)
{
	size_t n = 1;
	while (at + n < s.n && s.p[at + n] == s.p[at])
		n++;
	return n;
}

/* Would the text from here on be a heading, an item, a quote, a rule or a fence at the beginning of a line? */
static bool reads_as_marker(struct str s, size_t at)
{
	char c = s.p[at], next = char_at(s, at + 1);
	if (c >= '0' && c <= '9') {
		while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
			at++;
		return char_at(s, at) == '.' || char_at(s, at) == ')';
	}
	if (c == '`' || c == '~')
		return run_at(s, at) > 2;
	if (c == '-' || c == '+')
		return next == ' ' || next == c;
	return c == '#' || c == '>' || c == '=' || c == ' ' || c == '\n' ||
	       (c == '*' && next == ' ');
}

/* Letters between which lines break anywhere: from U+3000 on, of which the first byte tells. */
static bool between_letters(struct str s, size_t at)
{
	size_t before = at;
	while (before && ((unsigned char)s.p[--before] & 0xC0) == 0x80)
		;
	return (unsigned char)s.p[at] >= 0xE3 && (unsigned char)s.p[before] >= 0xE3;
}

static void note_place(struct line_scan *l)
{
	struct str s = l->s, before = { s.p, l->at };
	bool place = s.p[l->at - 1] == ' ' || str_ends(before, STR("<br>")) ||
		     between_letters(s, l->at);
	if (!place || l->code || l->parens || l->tag || reads_as_marker(s, l->at))
		return;
	l->last[l->brackets ? WITHIN_BRACKETS : l->emphasis ? WITHIN_EMPHASIS : CLEAN] = l->at;
}

static void pass_emphasis(struct line_scan *l, size_t n)
{
	bool alone =
		(l->at == 0 || l->s.p[l->at - 1] == ' ') && char_at(l->s, l->at + n) == ' ';
	if (l->s.p[l->at] == '~')
		l->emphasis ^= n == 2 ? 4 : 0;
	else if (!alone && n <= 3)
		l->emphasis ^= (unsigned)n;
}

/* Passes what begins here and returns its length. */
static size_t pass_mark(struct line_scan *l)
{
	char c = l->s.p[l->at], next = char_at(l->s, l->at + 1);
	size_t n = c == '`' || c == '*' || c == '~' ? run_at(l->s, l->at) : 1;
	if (c == '`') {
		l->code = !l->code ? n : l->code == n ? 0 : l->code;
		return n;
	}
	if (l->code)
		return n;
	if (c == '\\')
		return 2;
	if (l->parens) {
		l->parens += c == '(';
		l->parens -= c == ')';
		return n;
	}
	if (l->tag) {
		l->tag = c != '>';
		return n;
	}
	if (c == '*' || c == '~')
		pass_emphasis(l, n);
	else if (c == '[')
		l->brackets++;
	else if (c == ']' && l->brackets)
		l->brackets--;
	char letter = (char)(next | 0x20);
	l->tag = c == '<' && ((letter >= 'a' && letter <= 'z') || next == '/' || next == '!');
	if (c == ']' && next == '(') {
		l->parens = 1;
		n = 2;
	}
	return n;
}

size_t fit_line(struct str s, size_t least, size_t fits)
{
	struct line_scan l = { .s = s, .at = least };
	while (l.at < fits && l.at < s.n) {
		if (l.at > least)
			note_place(&l);
		l.at += pass_mark(&l);
	}
	if (l.at == fits && fits > least && fits < s.n)
		note_place(&l);
	const size_t half = fits / 2, eighth = fits / 8;
	return l.last[CLEAN] > eighth		? l.last[CLEAN]
	       : l.last[WITHIN_EMPHASIS] > half ? l.last[WITHIN_EMPHASIS]
	       : l.last[WITHIN_BRACKETS] > half ? l.last[WITHIN_BRACKETS]
						: l.last[CLEAN];
}

/* "][12]", a link by reference: behind it; 0: none. */
static size_t behind_reference(struct str s, size_t at)
{
	size_t n = at + 2;
	if (char_at(s, at + 1) != '[')
		return 0;
	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n > at + 2 && char_at(s, n) == ']' ? n + 1 : 0;
}

/* Keeps what holds `at`: links end before those around them. */
static size_t note_link(struct fit_link link, size_t at, struct fit_link *out, size_t n)
{
	if (link.start >= at || link.end <= at || n == FIT_LINKS)
		return n;
	memmove(out + 1, out, n * sizeof *out);
	out[0] = link;
	return n + 1;
}

size_t fit_links(struct str s, size_t least, size_t at, struct fit_link out[FIT_LINKS])
{
	enum { OPEN = 8 };
	struct line_scan l = { .s = s, .at = least };
	struct fit_link open[OPEN], link = { 0 };
	size_t n = 0, bang = s.n;
	while (l.at < s.n && l.brackets < OPEN) {
		if (l.at >= at && !l.parens && (!l.brackets || open[0].start >= at))
			break;
		unsigned brackets = l.brackets, parens = l.parens;
		size_t from = l.at;
		if (s.p[from] == '!' && !l.code && !parens)
			bang = from;
		l.at += pass_mark(&l);
		if (l.brackets > brackets) {
			size_t start = bang + 1 == from ? bang : from;
			open[brackets] = (struct fit_link) { .start = start, .text = l.at };
		} else if (l.brackets < brackets) {
			link = open[l.brackets];
			link.mid = from;
			link.end = behind_reference(s, from);
			l.at = link.end ? link.end : l.at;
			n = link.end ? note_link(link, at, out, n) : n;
		} else if (parens && !l.parens) {
			link.end = l.at;
			n = note_link(link, at, out, n);
		}
	}
	return n;
}
