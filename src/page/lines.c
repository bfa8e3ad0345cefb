/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is judged by its own beginning and by what is open above it: a fence, a table, the items of lists. That state
 * goes along from line to line, so the text is read once; the standard's blocks (CommonMark 4 and 5) are known as far
 * as it takes to cut between them.
 */
#include "page/lines.h"

enum { CODE_INDENT = 4, FENCE_LEAST = 3, DIGITS_MOST = 9 };

static char byte_at(const struct lines *l, size_t at)
{
	return at < l->end ? l->s.p[at] : '\n';
}

/* Behind blanks and quote marks. */
static size_t behind_prefix(const struct lines *l, size_t at)
{
	char c;
	while ((c = byte_at(l, at)) == ' ' || c == '>' || c == '\t')
		at++;
	return at;
}

/* Length of "- ", "12. " at this place; 0: no item begins here. */
static size_t marker_at(const struct lines *l, size_t at)
{
	size_t i = at;
	char c = byte_at(l, i);
	if (c == '-' || c == '*' || c == '+') {
		i++;
	} else {
		while (byte_at(l, i) >= '0' && byte_at(l, i) <= '9' && i - at < DIGITS_MOST)
			i++;
		c = byte_at(l, i);
		if (i == at || (c != '.' && c != ')'))
			return 0;
		i++;
	}
	c = byte_at(l, i);
	return c == ' ' ? i + 1 - at : c == '\n' || c == '\r' ? i - at : 0;
}

/* A rule is no item: "- - -", "* * *". */
static bool is_rule(const struct lines *l, size_t at)
{
	char mark = byte_at(l, at);
	size_t marks = 0;
	for (; at < l->end; at++) {
		char c = l->s.p[at];
		if (c == mark)
			marks++;
		else if (c != ' ' && c != '\n' && c != '\r')
			return false;
	}
	return marks >= 3 && (mark == '-' || mark == '*' || mark == '_');
}

static size_t run_of(const struct lines *l, size_t at, char c)
{
	size_t n = 0;
	while (byte_at(l, at + n) == c)
		n++;
	return n;
}

static bool is_delimiter_row(const struct lines *l, size_t at)
{
	bool dash = false, pipe = false;
	for (; at < l->end && l->s.p[at] != '\n' && l->s.p[at] != '\r'; at++) {
		char c = l->s.p[at];
		dash |= c == '-';
		pipe |= c == '|';
		if (c != '-' && c != '|' && c != ':' && c != ' ')
			return false;
	}
	return dash && pipe;
}

/* --- the state behind a line --- */

static void pass_fence(struct lines *l, size_t text)
{
	char c = byte_at(l, text);
	size_t n = c == '`' || c == '~' ? run_of(l, text, c) : 0;
	if (l->fence_n) {
		char after = byte_at(l, behind_prefix(l, text + n));
		if (c == l->s.p[l->fence_at] && n >= l->fence_n &&
			(after == '\n' || after == '\r'))
			l->fence_n = 0;
		return;
	}
	struct str info = { l->s.p + text + n, l->end - text - n };
	if (n < FENCE_LEAST || (c == '`' && str_find(info, '`') < info.n))
		return;
	l->fence_at = text;
	l->fence_n = n;
	l->fence_prefix = text - l->at;
}

/* Items that this line ends are those whose text begins further to the right; others may begin in it, as many as
 * are noted: a line of nothing but markers is read once for each. */
static void pass_items(struct lines *l, size_t *text, bool blank)
{
	if (blank)
		return;
	while (l->n_items) {
		const struct line_item *it = &l->items[l->n_items - 1];
		if (it->prefix_n + it->marker_n <= *text - l->at)
			break;
		l->n_items--;
	}
	for (size_t n; l->n_items < LINES_NESTING && (n = marker_at(l, *text)) &&
		       !is_rule(l, *text);) {
		l->items[l->n_items++] = (struct line_item) { l->at, *text - l->at, n };
		*text = behind_prefix(l, *text + n);
	}
}

static void pass_line(struct lines *l)
{
	size_t text = behind_prefix(l, l->at);
	bool blank = byte_at(l, text) == '\n' || byte_at(l, text) == '\r';
	if (!l->fence_n)
		pass_items(l, &text, blank);
	pass_fence(l, text);
	if (l->fence_n || blank)
		l->table_n = 0;
	else if (!l->table_n && !l->blank && is_delimiter_row(l, text)) {
		l->table_at = l->last_at;
		l->table_n = l->end - l->last_at;
	}
	l->blank = blank && !l->fence_n;
	l->last_at = l->at;
}

/* --- this line --- */

static int heading_level(const struct lines *l, size_t text)
{
	size_t n = run_of(l, text, '#');
	char c = byte_at(l, text + n);
	return n >= 1 && n <= 6 && (c == ' ' || c == '\n' || c == '\r') ? (int)n : 0;
}

static void judge(struct lines *l)
{
	size_t text = behind_prefix(l, l->at);
	bool item = marker_at(l, text) && !is_rule(l, text);
	l->level = 0;
	l->cut = CUT_LINE;
	if (l->fence_n || l->table_n || byte_at(l, text) == '\n')
		return;
	if (!l->blank && is_delimiter_row(l, text))
		l->cut = CUT_NEVER;
	else if (text == l->at && !item) {
		l->level = l->blank ? heading_level(l, text) : 0;
		l->cut = l->blank ? CUT_BLOCK : CUT_LINE;
	} else if (item && text == l->at) {
		l->cut = l->n_items ? CUT_ITEM : CUT_BLOCK;
	} else if (item || l->blank) {
		l->cut = CUT_INNER;
	}
}

static void find_end(struct lines *l)
{
	const char *nl = l->at < l->s.n ? memchr(l->s.p + l->at, '\n', l->s.n - l->at) : NULL;
	l->end = nl ? (size_t)(nl - l->s.p) + 1 : l->s.n;
}

void lines_start(struct lines *l, struct str markdown)
{
	*l = (struct lines) { .s = markdown, .blank = true };
}

bool lines_next(struct lines *l)
{
	if (l->end)
		pass_line(l);
	if (l->end >= l->s.n)
		return false;
	l->at = l->end;
	find_end(l);
	judge(l);
	return true;
}

/* The line below, when this one is a table's header; else empty. */
static struct str delimiter_row_below(const struct lines *l)
{
	struct lines below = *l;
	below.at = l->end;
	find_end(&below);
	size_t text = behind_prefix(&below, below.at);
	bool header = !l->fence_n && !l->table_n && is_delimiter_row(&below, text);
	return (struct str) { l->s.p + below.at, header ? below.end - below.at : 0 };
}

/* --- cutting --- */

/* What stands before something in its line, without the markers of items, which are not repeated. */
static void put_prefix(const struct lines *l, size_t from, size_t n, struct buf *b)
{
	for (size_t i = 0; i < n && i < LINES_PREFIX; i++)
		buf_char(b, l->s.p[from + i] == '>' ? '>' : ' ');
}

static void put_items(const struct lines *l, size_t indent, struct buf *b)
{
	for (size_t i = 0; i < l->n_items; i++) {
		const struct line_item *it = &l->items[i];
		if (it->prefix_n + it->marker_n > indent)
			return;
		put_prefix(l, it->at, it->prefix_n, b);
		buf_add(b, l->s.p + it->at + it->prefix_n, it->marker_n);
		if (b->len && b->p[b->len - 1] != ' ')
			buf_char(b, ' ');
		buf_text(b, "\xE2\x80\xA6\n"); /* an ellipsis: the item began before */
	}
}

static void put_fence(const struct lines *l, size_t at, struct buf *head)
{
	size_t line = l->fence_at;
	while (line && l->s.p[line - 1] != '\n')
		line--;
	put_items(l, l->fence_prefix, head);
	put_prefix(l, line, l->fence_prefix, head);
	for (size_t i = l->fence_at; i < l->s.n && l->s.p[i] != '\n'; i++)
		buf_char(head, l->s.p[i]);
	buf_char(head, '\n');
	if (at > l->at)
		put_prefix(l, line, l->fence_prefix, head);
}

/* The header with its names, or with as many empty cells, and the delimiter row. */
static void put_header(const struct lines *l, bool brief, struct buf *head)
{
	size_t text = l->table_at, end = l->table_at + l->table_n;
	while (text < l->s.n && l->s.p[text] != '|' && l->s.p[text] != '\n')
		text++;
	bool marked = l->n_items && l->items[l->n_items - 1].at == l->table_at;
	size_t skip = marked && l->s.p[text] == '|' ? text - l->table_at : 0;
	put_prefix(l, l->table_at, skip, head);
	if (!brief) {
		buf_add(head, l->s.p + l->table_at + skip, l->table_n - skip);
		return;
	}
	const char *line = memchr(l->s.p + l->table_at, '\n', l->table_n);
	struct str row = { line + 1, (size_t)(l->s.p + end - line) - 1 };
	buf_add(head, l->s.p + l->table_at + skip, text - l->table_at - skip);
	for (size_t i = 0, n = 0; i < row.n; i++)
		if (row.p[i] == '|')
			buf_text(head, n++ ? " |" : "|");
	buf_char(head, '\n');
	buf_add_str(head, row);
}

size_t lines_text(const struct lines *l)
{
	struct lines in = *l;
	size_t text = behind_prefix(l, l->at);
	if (!l->fence_n)
		pass_items(&in, &text, false);
	return text;
}

/* A row that was cut goes on below cells of its own: an ellipsis for each that was done. */
static void put_cells(const struct lines *l, size_t at, struct buf *head)
{
	size_t done = 0;
	for (size_t i = lines_text(l); i < at; i++) {
		if (l->s.p[i] == '|')
			buf_text(head, done++ ? "\xE2\x80\xA6 | " : "| ");
		i += l->s.p[i] == '\\';
	}
}

/* The rest of a line stands where its text stood, below the items that it began, too. */
static void put_line(const struct lines *l, size_t at, struct buf *head)
{
	struct lines in = *l;
	size_t text = behind_prefix(l, l->at);
	pass_items(&in, &text, false);
	if (at < text || text == l->at)
		return;
	put_items(&in, text - l->at, head);
	put_prefix(l, l->at, text - l->at, head);
}

void lines_reopen(const struct lines *l, size_t at, bool brief, struct buf *head)
{
	size_t indent = behind_prefix(l, l->at) - l->at;
	if (l->fence_n) {
		put_fence(l, at, head);
	} else if (l->table_n) {
		put_items(l, indent, head);
		put_header(l, brief, head);
		if (at > l->at) {
			put_prefix(l, l->at, indent, head);
			put_cells(l, at, head);
		}
	} else if (at > l->at) {
		put_line(l, at, head);
		if (delimiter_row_below(l).n)
			put_cells(l, at, head);
	} else if (indent) {
		put_items(l, indent, head);
	}
}

static size_t count_pipes(struct str row)
{
	size_t n = 0;
	for (size_t i = 0; i < row.n; i++) {
		n += row.p[i] == '|';
		i += row.p[i] == '\\';
	}
	return n;
}

/* A header that is cut gets the cells that it lacks, and its delimiter row. */
static void close_header(const struct lines *l, size_t at, struct buf *tail)
{
	struct str row = delimiter_row_below(l);
	size_t have = count_pipes((struct str) { l->s.p + l->at, at - l->at });
	if (!row.n || at == l->at || at >= l->end)
		return;
	tail->len -= tail->len && tail->p[tail->len - 1] == '\n';
	for (size_t n = count_pipes(row); have < n; have++)
		buf_text(tail, " |");
	buf_char(tail, '\n');
	buf_add_str(tail, row);
}

void lines_close(const struct lines *l, size_t at, struct buf *tail)
{
	if (!l->fence_n) {
		close_header(l, at, tail);
		return;
	}
	size_t line = l->fence_at;
	while (line && l->s.p[line - 1] != '\n')
		line--;
	put_prefix(l, line, l->fence_prefix, tail);
	buf_add(tail, l->s.p + l->fence_at, l->fence_n);
	buf_char(tail, '\n');
}
