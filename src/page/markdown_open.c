/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks that open, now that their text comes. Those that open together stand side by side and make runs of delimiters,
 * which readers judge and pair as one: asterisks or underscores are chosen for a whole run, or it is dropped.
 */
#include "page/markdown_mark.h"

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

static void open_mark(struct md *m, struct md_mark *k)
{
	m->marks.n_recent = 0;
	m->marks.n_waiting--;
	k->at = m->out->len;
	k->state = MARK_OPEN;
	if (k->kind == MARK_LINK)
		md_char(m, '[');
	else
		md_put_delim(m, k);
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
	size_t end = m->out->len - md_wide_tail(m, m->line_at, false);
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

/* What stands behind the marks before v[i]: what the next one that waits is written as (those dropped in a block above
 * are not), else the text. */
static uint32_t behind_marks(const struct md *m, size_t i, uint32_t next)
{
	while (i < m->marks.n && m->marks.v[i].state != MARK_WAITING)
		i++;
	if (i == m->marks.n)
		return next;
	return m->marks.v[i].kind == MARK_LINK ? '[' : (uint32_t)m->marks.v[i].delim;
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
		i += n;
		if (n)
			open_group(m, k, n, behind_marks(m, i, next));
		bool link = i < m->marks.n && k[n].state == MARK_WAITING;
		i++;
		if (link)
			open_link(m, &k[n], next);
	}
}
