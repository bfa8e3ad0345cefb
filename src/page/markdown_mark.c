/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emphasis, strikethrough and the brackets of links: a stack of marks. A mark waits until text comes
 * (so blanks stay outside and empty emphasis vanishes), is open, or was dropped.
 *
 * CommonMark lets a delimiter open or close only by what stands on both sides of its run (section
 * 6.2, "flanking"). The side before is known when it is written. For a closing one the side after is
 * not, so it is remembered (struct md_recent) until the next text arrives; if the rule fails then,
 * both delimiters are taken out again and the text stays as plain text, which reads better than
 * asterisks that nothing understands. Characters that count as punctuation only in newer versions of
 * CommonMark are taken as the worse of both.
 */
#include "page/markdown_in.h"

/* The innermost mark of a kind that is not dropped. */
static struct md_mark *innermost(struct md *m, enum md_mark_kind kind)
{
	for (size_t i = m->marks.n; i-- > 0;)
		if (m->marks.v[i].kind == kind && m->marks.v[i].state != MARK_DROPPED)
			return &m->marks.v[i];
	return NULL;
}

/* Has the outer element nothing but the inner one? */
static bool is_all_of(const struct dom *d, nid outer, nid inner)
{
	nid only = inner;
	for (nid up = dom_parent(d, only); up; only = up, up = dom_parent(d, up)) {
		for (nid c = dom_first(d, up); c; c = dom_next(d, c))
			if (c != only && (dom_kind(d, c) != DOM_TEXT || !md_is_blank(d, c)))
				return false;
		if (up == outer)
			return true;
	}
	return false;
}

bool md_mark_push(struct md *m, enum md_mark_kind kind, nid node)
{
	char delim = kind == MARK_DEL ? '~' : '*';
	uint8_t len = kind == MARK_EM || kind == MARK_LINK ? 1 : 2;
	if (m->marks.n == MD_MARKS)
		return false;
	bool apart = false;
	struct md_mark *outer = m->marks.active[kind] ? innermost(m, kind) : NULL;
	if (outer) {
		enum tag_id around = dom_html_tag(m->d, outer->node);
		bool all = around == TAG_DT ||
			   around == TAG_SUMMARY || /* strong by our own doing */
			   is_all_of(m->d, outer->node, node);
		bool named = around != dom_html_tag(m->d, node);
		if (kind > MARK_EM || m->marks.active[kind] > 2 || (all && named))
			return false; /* <b><strong>x</strong></b> */
		apart = !all;
		delim = outer->delim == '*' ? '_' : '*';
	}
	m->marks.v[m->marks.n++] = (struct md_mark) {
		.kind = kind, .delim = delim, .len = len, .apart = apart, .node = node
	};
	m->marks.active[kind]++;
	m->marks.n_waiting++;
	if (kind == MARK_LINK)
		m->in_link++;
	return true;
}

static void put_delim(struct md *m, const struct md_mark *k)
{
	char two[2] = { k->delim, k->delim };
	md_put(m, two, k->len);
}

/* <b>a</b><b>b</b>: the closing delimiter is taken back and the span goes on. */
static bool rejoin(struct md *m, struct md_mark *k)
{
	if (m->marks.n_recent == 0)
		return false;
	struct md_recent *r = &m->marks.recent[m->marks.n_recent - 1];
	if (r->kind != k->kind || r->close_at + r->len != m->out->len)
		return false;
	m->out->len = r->close_at;
	k->delim = r->delim;
	k->at = r->open_at;
	k->state = MARK_OPEN;
	m->marks.n_recent--;
	return true;
}

/* U+00A0 and its like do not collapse, but no delimiter may stand beside them: how many bytes of
 * such blanks (with the plain ones between, if asked for) end the line behind `from`. */
static size_t wide_tail(const struct md *m, size_t from, bool plain)
{
	size_t end = m->out->len;
	while (end > from) {
		struct str s = { m->out->p + from, end - from };
		uint32_t cp = uni_last(s);
		if (cp == ' ' ? !plain : cp < 0x80 || uni_class(cp) != UNI_SPACE)
			break;
		end -= cp == ' ' ? 1 : cp < 0x800 ? 2 : 3;
	}
	return m->out->len - end;
}

static void open_mark(struct md *m, struct md_mark *k)
{
	m->marks.n_recent = 0;
	m->marks.n_waiting--;
	k->at = m->out->len;
	k->state = MARK_OPEN;
	if (k->kind == MARK_LINK)
		md_char(m, '[');
	else
		put_delim(m, k);
}

/* Marks that open together make runs of one delimiter: `****x****` is strong in strong and `***x***`
 * strong in em, but a second em needs the other delimiter, and so does strong text that ends before the strong text around it. */
static void share_runs(struct md_mark *k, size_t n)
{
	bool em = k[0].kind == MARK_EM;
	for (size_t i = 1; i < n; i++) {
		char before = k[i - 1].delim;
		if (k[i].kind == MARK_DEL || before == '~') {
			em = k[i].kind == MARK_EM;
			continue;
		}
		bool other = k[i].kind == MARK_EM ? em : k[i].apart;
		k[i].delim = !other ? before : before == '*' ? '_' : '*';
		em = k[i].kind == MARK_EM || (em && !other);
	}
}

/* Behind a closing run of the same delimiter an opening one would be part of it, and behind another opening one. */
static bool follows_run(const struct md *m, char delim)
{
	bool opened = false;
	for (size_t i = 0; i < m->marks.n && !opened; i++)
		opened = m->marks.v[i].state == MARK_OPEN && m->marks.v[i].delim == delim &&
			 m->marks.v[i].at + m->marks.v[i].len == m->out->len;
	return (m->marks.n_recent || opened) && m->out->p[m->out->len - 1] == delim;
}

/* Asterisks; else underscores, which are stricter but close nothing that asterisks have opened; else asterisks that
 * only the rule of three keeps apart; else 0. */
static char choose_delim(const struct md *m, char delim, size_t len, uint32_t next)
{
	char last = m->out->len > m->line_at ? m->out->p[m->out->len - 1] : ' ';
	bool joins = follows_run(m, delim);
	if (!joins && md_can_open(m, delim, len, next, false))
		return delim;
	if (delim == '*' && next != '_' && last != '_' && md_can_open(m, '_', len, next, false))
		return '_';
	return !joins && md_can_open(m, delim, len, next, true) ? delim : 0;
}

/* Opens marks that share a run, if `next` may stand behind it; the rest of the run is dropped. */
static void open_run(struct md *m, struct md_mark *k, size_t n, uint32_t next)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += k[i].len;
	size_t end = m->out->len - wide_tail(m, m->line_at, false);
	bool glued = md_is_behind_address(m, end);
	if (glued && m->link.is_image &&
		m->link.end == end) { /* a picture has room beside it anyway */
		md_char(m, ' ');
		glued = false;
	}
	char delim = glued ? 0 : choose_delim(m, k->delim, len, next);
	for (size_t i = 0; i < n; i++) {
		if (delim) {
			k[i].delim = delim;
			open_mark(m, &k[i]);
			continue;
		}
		k[i].state = MARK_DROPPED;
		m->marks.n_waiting--;
		m->marks.active[k[i].kind]--;
	}
}

/* Opens n waiting marks that no link stands between. */
static void open_group(struct md *m, struct md_mark *k, size_t n, uint32_t next)
{
	while (n && rejoin(m, k)) {
		m->marks.n_waiting--;
		k++;
		n--;
	}
	if (n)
		share_runs(k, n);
	while (n) {
		size_t run = 1;
		while (run < n && k[run].delim == k->delim)
			run++;
		open_run(m, k, run, run < n ? (uint32_t)k[run].delim : next);
		k += run;
		n -= run;
	}
}

static void open_link(struct md *m, struct md_mark *k, uint32_t next)
{
	if (m->out->len > m->line_at && m->out->p[m->out->len - 1] == '!')
		md_insert(m, m->out->len - 1, '\\');
	md_link_gap(m, next);
	open_mark(m, k);
}

void md_marks_open(struct md *m, uint32_t next)
{
	struct md_mark *last = &m->marks.v[m->marks.n - 1];
	if (m->marks.n_waiting == 1 && last->state == MARK_WAITING && last->kind == MARK_LINK) {
		open_link(m, last, next); /* nearly always */
		return;
	}
	for (size_t i = 0; i < m->marks.n && m->marks.n_waiting;) {
		struct md_mark *k = &m->marks.v[i];
		size_t n = 0;
		while (i + n < m->marks.n && k[n].state == MARK_WAITING &&
			k[n].kind != MARK_LINK)
			n++;
		i += n + 1;
		bool link = i <= m->marks.n && k[n].state == MARK_WAITING;
		open_group(m, k, n, link ? '[' : next);
		if (link)
			open_link(m, &k[n], next);
	}
}

/* The outermost of the marks that open before what comes next. */
static const struct md_mark *first_waiting(const struct md *m)
{
	for (size_t i = 0; i < m->marks.n && m->marks.n_waiting; i++)
		if (m->marks.v[i].state == MARK_WAITING)
			return &m->marks.v[i];
	return NULL;
}

void md_settle_before(struct md *m, uint32_t next)
{
	const struct md_mark *k = first_waiting(m);
	if (k && k->kind == m->marks.recent[m->marks.n_recent - 1].kind)
		m->marks.ahead.n = 0; /* more of it */
	md_settle_all(m, k && k->kind == MARK_LINK ? '[' : next);
}

/* What a delimiter that is taken out again stood between: "!" and the bracket of a link, or the start of a line above
 * and what acts there. */
static void mend_behind(struct md *m, size_t at)
{
	const char *p = m->out->p;
	if (at && at < m->out->len && p[at] == '[' && p[at - 1] == '!')
		md_insert(m, at - 1, '\\');
	if (at < m->line_at)
		md_line_check_above(m, at);
}

void md_settle_all(struct md *m, uint32_t next)
{
	size_t k = m->marks.n_recent;
	bool taken = k && md_is_behind_address(m, m->marks.recent[0].close_at) &&
		     md_address_takes(m, next);
	while (k > 0) {
		struct md_recent *r = &m->marks.recent[k - 1];
		char delim = r->delim;
		bool fine = md_may_close(
			md_before_run(m, r->close_at + r->len, delim), next, delim);
		size_t first = k;
		while (first > 0 && m->marks.recent[first - 1].delim == delim)
			first--;
		if (fine && delim != '~')
			fine = md_run_pairs(m, &m->marks.recent[first], k - first,
				r->close_at + r->len, next);
		if (fine && !taken) {
			next = (uint32_t)delim;
			while (k > 0 && m->marks.recent[k - 1].delim == delim)
				k--;
			continue;
		}
		while (k > 0 &&
			m->marks.recent[k - 1].delim == delim) { /* the whole run goes */
			struct md_recent gone = m->marks.recent[--k];
			memmove(&m->marks.recent[k], &m->marks.recent[k + 1],
				(--m->marks.n_recent - k) * sizeof gone);
			md_erase(m, gone.close_at, gone.len);
			md_erase(m, gone.open_at, gone.len);
			mend_behind(m, gone.open_at);
		}
	}
}

/* What is cut behind a blank or a line break must not end with it. */
static void trim_cut(struct md *m, size_t from)
{
	if (m->out->len == m->line_at && !m->first_line && m->break_at >= from)
		m->line_at = m->out->len = m->break_at;
	while (m->out->len > from && m->out->p[m->out->len - 1] == ' ')
		m->out->len--;
	md_drop_backslash(m);
}

/* A last line of wide blanks is left out with the break before it, which then stands behind what closes. */
static void drop_wide_line(struct md *m, const struct md_mark *k)
{
	if (m->first_line || m->break_at < k->at + k->len ||
		m->line_at + wide_tail(m, m->line_at, true) < m->out->len)
		return;
	const char *p = m->out->p;
	size_t from = m->out->len = m->break_at;
	while (from && p[from - 1] != '\n')
		from--;
	m->line_at = from + m->prefix_n < m->break_at ? from + m->prefix_n : m->break_at;
	m->breaks = 1;
}

static void close_emphasis(struct md *m, struct md_mark *k)
{
	if (m->stopped)
		trim_cut(m, k->at + k->len);
	drop_wide_line(m, k);
	size_t tail = wide_tail(m, k->at + k->len, true);
	if (k->at + k->len + tail == m->out->len) { /* nothing but wide blanks inside */
		md_erase(m, k->at, k->len);
		return;
	}
	if (tail && md_is_behind_address(m, m->out->len - tail)) {
		m->out->len -= tail;
		m->space = true;
		tail = 0;
	}
	if (tail) {
		size_t at = m->out->len - tail;
		for (uint8_t i = 0; i < k->len; i++)
			md_insert(m, at, k->delim);
		return;
	}
	size_t at = m->out->len;
	if (m->marks.n_recent == MD_RECENT ||
		(m->marks.n_recent &&
			m->marks.recent[m->marks.n_recent - 1].close_at +
					m->marks.recent[m->marks.n_recent - 1].len !=
				at))
		m->marks.n_recent = 0;
	put_delim(m, k);
	m->marks.recent[m->marks.n_recent++] =
		(struct md_recent) { k->kind, k->delim, k->len, k->at, at };
}

void md_mark_pop(struct md *m)
{
	struct md_mark k = m->marks.v[--m->marks.n];
	if (k.kind == MARK_LINK)
		m->in_link--;
	if (k.state == MARK_DROPPED)
		return;
	m->marks.active[k.kind]--;
	if (k.state == MARK_WAITING) {
		m->marks.n_waiting--;
		return;
	}
	if (k.kind == MARK_LINK) {
		md_settle(m, ']');
		m->marks.n_recent = 0;
		md_link_close(m, k.node, k.at + 1);
	} else {
		close_emphasis(m, &k);
	}
}

void md_marks_suspend(struct md *m)
{
	for (size_t i = m->marks.n; i-- > 0;) {
		struct md_mark *k = &m->marks.v[i];
		if (k->state != MARK_OPEN)
			continue;
		struct md_mark was = *k;
		k->state = MARK_WAITING; /* opens again in the next block */
		if (was.kind == MARK_LINK) {
			k->state = MARK_DROPPED; /* but a link is written once */
			m->marks.active[MARK_LINK]--;
			md_settle(m, ']');
			m->marks.n_recent = 0;
			md_link_close(m, was.node, was.at + 1);
		} else {
			m->marks.n_waiting++;
			close_emphasis(m, &was);
		}
	}
}
