/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text: white space is collapsed and Markdown's own characters are escaped in one loop that copies
 * everything between in runs. A backslash (CommonMark 2.4) is written only where the character would act; when
 * that depends on what another element will bring, it is taken to act. What matters only at the start of a
 * line is looked at when the line is finished and all of it is known (markdown_line.c).
 */
#include "page/markdown_run.h"

/* Length of a character that nobody sees and that only disturbs: soft hyphen, zero width space, marks of
 * writing direction, word joiner and its like, byte order mark; 0 for any other. */
static size_t unseen(const char *p, const char *end)
{
	const unsigned char *c = (const unsigned char *)p;
	if (end - p >= 2 && c[0] == 0xC2)
		return c[1] == 0xAD ? 2 : 0;
	if (end - p < 3)
		return 0;
	if (c[0] == 0xE2 && c[1] == 0x80)
		return c[2] == 0x8B || c[2] == 0x8E || c[2] == 0x8F ||
				       (c[2] >= 0xAA && c[2] <= 0xAE)
			       ? 3
			       : 0;
	if (c[0] == 0xE2 && c[1] == 0x81)
		return c[2] >= 0xA0 && c[2] <= 0xA9 ? 3 : 0;
	return c[0] == 0xEF && c[1] == 0xBB && c[2] == 0xBF ? 3 : 0;
}

static bool is_wordy(unsigned char c)
{
	return uni_is_alnum(c);
}

/* "&name;" or "&#1;": what a reader of Markdown would replace. */
bool md_is_reference(const char *p, const char *end)
{
	enum { LONGEST = 34 };
	const char *q = p + 1, *stop = end - p > LONGEST ? p + LONGEST : end;
	if (q < stop && *q == '#')
		q++;
	const char *from = q;
	while (q < stop && uni_is_alnum((unsigned char)*q))
		q++;
	return q > from && q < stop && *q == ';';
}

/* Some readers take what stands in an address or a title for open (markdown_url.c). */
static bool is_behind_link(const struct md *m)
{
	return m->link.end > m->line_at || !m->first_line;
}

static bool tilde_acts(struct md *m, unsigned char prev, unsigned char next)
{
	bool opens = next > ' ' || next == 0, closes = prev > ' ';
	if (next == '~' || next == 0 || prev == '~' || m->marks.active[MARK_DEL])
		return true;
	if (closes && (m->tilde || is_behind_link(m)))
		return true;
	m->tilde |= opens;
	return false;
}

/* May the run of `*` or `_` that *p begins or continues open or close emphasis (CommonMark 6.2)? Behind a letter a `_`
 * cannot open, and a `*` only before something else than a blank or a punctuation mark; what can only close does
 * nothing where nothing is open, and what could open is always escaped. */
static bool star_acts(const struct md *m, char c, unsigned char prev, unsigned char next)
{
	bool blank_behind = next && next <= ' ';
	if (prev <= ' ' && blank_behind)
		return false;
	if (c == '_' && is_wordy(prev) && is_wordy(next))
		return false;
	if (prev == '*' || prev == '_' || next == '*' || m->marks.active[MARK_STRONG] ||
		m->marks.active[MARK_EM] || is_behind_link(m))
		return true;
	if (c == '_')
		return !is_wordy(prev);
	return !blank_behind && !(is_wordy(prev) && uni_is_punct(next) && next != '_');
}

/* "+tel:", " x:", "$@host" behind "<": a scheme begins with a letter (CommonMark 6.5), but md4c takes anything for
 * one; the name before an "@" may hold many signs. When the text ends before that is known, md_content decides. */
static bool is_address(struct md *m, const char *p, const char *end)
{
	const char *from = p;
	bool scheme = true;
	const char *word = past_space(p, end, end);
	p = word > p ? word : p + (p < end);
	from = p - (p > from);
	for (; p < end; p++) {
		size_t gone = unseen(p, end);
		if (gone) {
			p += gone - 1;
			continue;
		}
		if (*p == '@' || (*p == ':' && scheme && p - from > 1))
			return p + 1 == end || (unsigned char)p[1] > ' ';
		if (is_wordy((unsigned char)*p) || *p == '+' || *p == '-' || *p == '.')
			continue;
		if (!strchr("!#$%&'*/=?^_`{|}~", *p))
			return false;
		scheme = false;
	}
	m->angle_at = m->out->len;
	return false;
}

/* Such a blank goes behind what closes there. */
static bool is_wide_blank(const char *p, const char *end)
{
	return uni_class(uni_first((struct str) { p, (size_t)(end - p) })) == UNI_SPACE;
}

static bool is_blank_till(const char *p, const char *end)
{
	for (const char *q = NULL; q != p;) {
		q = p;
		p = scan_space(p, end);
		p += unseen(p, end);
		if (p < end && (unsigned char)*p >= 0x80 && is_wide_blank(p, end))
			p += (unsigned char)*p < 0xE0 ? 2 : 3;
	}
	return p == end;
}

/* Control characters are no blanks. */
static unsigned char as_seen(unsigned char c)
{
	return c && c < ' ' && c != '\v' && classes[c] != BLANK ? 'x' : c;
}

/* Does *p act here? next is 0 when it is the last of its text: then what follows is unknown. */
static bool acts(struct md *m, const char *p, const char *end, unsigned char prev)
{
	unsigned char next = p + 1 < end && !unseen(p + 1, end) ? (unsigned char)p[1] : 0;
	if (next && next <= ' ' && is_blank_till(p + 1, end))
		next = 0; /* blanks at the end may go behind what closes there */
	prev = as_seen(prev);
	next = as_seen(next);
	switch (*p) {
	case '\\':
		return next == 0 || uni_is_punct(next) ||
		       (next >= 0x80 && is_wide_blank(p + 1, end));
	case '*':
	case '_':
		return star_acts(m, *p, prev, next);
	case '[': /* [1] would be a reference */
		return m->in_link || (m->o->links == LINKS_REFERENCES &&
					     (next == 0 || (next >= '0' && next <= '9')));
	case ']':
		return m->in_link;
	case '(':
		return prev == ']';
	case '<':
		return next == 0 || next == '/' || next == '!' || next == '?' ||
		       ((next | 32) >= 'a' && (next | 32) <= 'z') || is_address(m, p + 1, end);
	case '&':
		return next && md_is_reference(p, end);
	case '~':
		return tilde_acts(m, prev, next);
	case '|':
		return m->cell;
	default:
		return true;
	}
}

bool md_is_all_space(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] == 0xC2 && i + 1 < s.n &&
			(unsigned char)s.p[i + 1] == 0xA0)
			i++;
		else if (!scan_is_space(s.p[i]))
			return false;
	}
	return true;
}

/* A backslash that the end of the room parted from what it stands before would escape what closes here. */
void md_drop_backslash(struct md *m)
{
	size_t n = 0;
	while (m->out->len - n > m->line_at && m->out->p[m->out->len - n - 1] == '\\')
		n++;
	m->out->len -= n & 1;
}

/* Copies a run; NUL, which only a damaged tree could hold, is left out. */
static void put_run(struct md *m, const char *p, size_t n)
{
	if (m->out->len + n > m->limit) {
		n = m->limit > m->out->len ? m->limit - m->out->len : 0;
		while (n && ((unsigned char)p[n] & 0xC0) == 0x80)
			n--;
		m->cuts |= CUT_SIZE;
		m->stopped = true;
	}
	m->text_bytes += n;
	md_put(m, p, n);
	if (m->stopped)
		md_drop_backslash(m);
}

/* Wide blanks at the start of emphasis go before its delimiter. */
static const char *put_wide_blanks(struct md *m, const char *p, const char *end)
{
	while (p < end && (unsigned char)*p >= 0x80) {
		uint32_t cp = uni_first((struct str) { p, (size_t)(end - p) });
		if (uni_class(cp) != UNI_SPACE)
			break;
		size_t n = cp < 0x800 ? 2 : 3, waiting = m->marks.n_waiting;
		m->marks.n_waiting = 0;
		md_content(m, cp);
		m->marks.n_waiting = waiting;
		put_run(m, p, n);
		p += n;
	}
	return p;
}

/* Past white space, which is noted, and unseen characters, which are not. */
static const char *skip_blank(struct md *m, const char *p, const char *end, const char *safe)
{
	while (p < end && classes[(unsigned char)*p] != PLAIN) {
		const char *q = past_space(p, end, safe);
		m->space |= q > p;
		p = q + unseen(q, end);
		if (p == q)
			break;
	}
	return p;
}

/* Wide blanks right behind emphasis that ends with a link become a plain one, which alone ends its address. */
static const char *put_past_address(
	struct md *m, const char *p, const char *end, const char *safe)
{
	if (m->space || m->breaks || !md_is_behind_address(m, m->marks.recent[0].close_at))
		return p;
	while (p < end && (unsigned char)*p >= 0x80) {
		uint32_t cp = uni_first((struct str) { p, (size_t)(end - p) });
		if (uni_class(cp) != UNI_SPACE)
			break;
		m->space = true;
		p = skip_blank(m, p + (cp < 0x800 ? 2 : 3), end, safe);
	}
	return p;
}

/* At white space within text, or at an unseen character beside it. Returns where the next word begins. */
static const char *put_blank(struct md *m, const char *p, const char *end)
{
	struct buf *b = m->out;
	bool space = m->space;
	if (b->len > m->line_at && b->p[b->len - 1] == ' ')
		b->len--;
	p = skip_blank(m, p, end, end);
	if (p < end) {
		md_char(m, ' ');
		m->space = space;
	} else {
		m->space = true;
	}
	return p;
}

/* The same where the limit is near. */
static const char *put_plain(struct md *m, const char *p, const char *end)
{
	const char *run = p;
	while (p < end && is_plain(p, end))
		p++;
	if (p > run)
		put_run(m, run, (size_t)(p - run));
	return p;
}

/* What needs a look; returns what stands behind it. */
static const char *put_special(struct md *m, const char *p, const char *end)
{
	const struct buf *b = m->out;
	unsigned char prev = b->len > m->line_at ? (unsigned char)b->p[b->len - 1] : ' ';
	uint8_t class = classes[(unsigned char)*p];
	size_t gone = class == MAYBE_UNSEEN ? unseen(p, end) : 0;
	if (class == BLANK || (gone && prev == ' '))
		return put_blank(m, p, end);
	if (class == MAYBE_UNSEEN) {
		size_t n = (unsigned char)*p == 0xC2 ? 2 : 3;
		n = n < (size_t)(end - p) ? n : (size_t)(end - p);
		if (!gone)
			put_run(m, p, n);
		return p + (gone ? gone : n);
	}
	if (acts(m, p, end, prev))
		md_char(m, '\\');
	put_run(m, p, 1);
	return p + 1;
}

static void escape(struct md *m, struct str s, const char *safe)
{
	enum { MARGIN = 64 }; /* what copy_plain writes too much, and one blank */
	const char *p = s.p, *end = s.p + s.n;
	size_t most = 2 * s.n + MARGIN;
	bool roomy = m->out->len + most < m->limit &&
		     (m->out->cap - m->out->len > most || buf_room(m->out, most));
	while (p < end && !m->stopped) {
		const char *run = p;
		if (roomy) {
			p = copy_plain(m->out, p, end, safe);
			m->text_bytes += (size_t)(p - run);
		} else {
			p = put_plain(m, p, end);
		}
		if (p < end && !m->stopped)
			p = put_special(m, p, end);
	}
}

void md_escaped(struct md *m, struct str s)
{
	escape(m, s, s.p + s.n);
}

void md_word(struct md *m, struct str s, const char *safe)
{
	if (s.n == 0)
		return;
	const char *end = s.p + s.n, *p = s.p;
	if (classes[(unsigned char)*p] != PLAIN)
		p = skip_blank(m, p, end, safe);
	if (p == end || md_full(m) ||
		((!m->in_line || m->breaks) && (unsigned char)*p == 0xC2 && md_is_spacer(s)))
		return;
	if (m->marks.n_waiting && (unsigned char)*p >= 0x80) {
		p = put_wide_blanks(m, p, end);
		p = skip_blank(m, p, end, safe);
		if (p == end)
			return;
	}
	if (m->marks.n_recent) {
		p = put_past_address(m, p, end, safe);
		m->marks.ahead = (struct str) { p, (size_t)(end - p) };
		if (p == end)
			return;
	}
	unsigned char first = (unsigned char)*p;
	md_content(m, first < 0x80 ? first : uni_first((struct str) { p, (size_t)(end - p) }));
	m->marks.ahead.n = 0;
	size_t from = m->out->len;
	escape(m, (struct str) { p, (size_t)(end - p) }, safe);
	if (m->in_link)
		md_guard_addresses(m, from);
}

void md_text(struct md *m, struct str s)
{
	if (s.n)
		md_word(m, s, s.p + s.n);
}
