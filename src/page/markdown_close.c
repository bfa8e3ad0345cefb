/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emphasis that closes. Whether its delimiter may stand there depends on what comes behind it, so it is remembered
 * (struct md_recent) until the next text arrives; if the rule fails then, both delimiters are taken out again and the
 * text stays as plain text, which reads better than asterisks that nothing understands. Characters that count as
 * punctuation only in newer versions of CommonMark are taken as the worse of both.
 */
#include "page/markdown_mark.h"

/* U+00A0 and its like do not collapse, but no delimiter may stand beside them: how many bytes of
 * such blanks (with the plain ones between, if asked for) end the line behind `from`. */
size_t md_wide_tail(const struct md *m, size_t from, bool plain)
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
		m->line_at + md_wide_tail(m, m->line_at, true) < m->out->len)
		return;
	const char *p = m->out->p;
	size_t from = m->out->len = m->break_at;
	while (from && p[from - 1] != '\n')
		from--;
	m->line_at = from + m->prefix_n < m->break_at ? from + m->prefix_n : m->break_at;
	m->breaks = 1;
}

void md_emphasis_close(struct md *m, struct md_mark *k)
{
	if (m->stopped)
		trim_cut(m, k->at + k->len);
	drop_wide_line(m, k);
	size_t tail = md_wide_tail(m, k->at + k->len, true);
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
	md_put_delim(m, k);
	m->marks.recent[m->marks.n_recent++] =
		(struct md_recent) { k->kind, k->delim, k->len, k->at, at };
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
