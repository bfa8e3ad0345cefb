/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code. A pre becomes a fence longer than any run of backticks inside (CommonMark 4.5), and so does code that breaks
 * its lines itself and a table with a column of line numbers, which are left out. Inline code becomes a span (6.1)
 * whose fence is no run inside. A span can hold no link: where the page has some, they are spans and the code between
 * them is text.
 */
#include "page/markdown_in.h"
#include "base/check.h"

/* Class names of columns of line numbers. All begin with one of b, g, h, l, r. */
static const struct str gutters[] = { STR_INIT("gutter"), STR_INIT("linenos"),
	STR_INIT("lineno"), STR_INIT("linenodiv"), STR_INIT("line-numbers-rows"),
	STR_INIT("line-number"), STR_INIT("blob-num"), STR_INIT("hljs-ln-numbers"),
	STR_INIT("rouge-gutter"), STR_INIT("lnt"), STR_INIT("ln") };

static bool names_gutter(struct str classes)
{
	const uint32_t firsts = 1u << ('b' & 31) | 1u << ('g' & 31) | 1u << ('h' & 31) |
				1u << ('l' & 31) | 1u << ('r' & 31);
	const char *p = classes.p, *end = classes.p + classes.n;
	while (p < end) {
		const char *from = p;
		while (p < end && !scan_is_space(*p))
			p++;
		size_t n = (size_t)(p - from);
		if (n > 1 && firsts >> (*from & 31) & 1)
			for (size_t i = 0; i < COUNT_OF(gutters); i++)
				if (n == gutters[i].n && memcmp(from, gutters[i].p, n) == 0)
					return true;
		p++;
	}
	return false;
}

/* A column of line numbers beside code. */
bool md_is_gutter(const struct dom *d, nid id)
{
	struct str v;
	uint64_t bits = dom_attr_bits(d, id);
	if (bits & attr_bit(ATTR_DATA_LINE_NUMBER) && dom_first(d, id) == 0 &&
		dom_attr(d, id, ATTR_DATA_LINE_NUMBER, &v))
		return true;
	return bits & attr_bit(ATTR_CLASS) && dom_attr(d, id, ATTR_CLASS, &v) &&
	       names_gutter(v);
}

static bool is_code_line(enum tag_id tag)
{
	return tag == TAG_DIV || tag == TAG_P || tag == TAG_LI || tag == TAG_TR;
}

static void end_code_line(struct buf *out, size_t start)
{
	if (out->len > start && out->p[out->len - 1] != '\n')
		buf_char(out, '\n');
}

/* What a node brings to code by itself; false: what is below it is left out. */
static bool gather_node(const struct dom *d, nid id, struct buf *out, size_t start)
{
	enum tag_id tag = dom_html_tag(d, id);
	if (dom_kind(d, id) == DOM_TEXT)
		buf_add_str(out, dom_text(d, id));
	else if (tag == TAG_BR)
		buf_char(out, '\n');
	else if (tag == TAG_SCRIPT || tag == TAG_NOSCRIPT || tag == TAG_BUTTON ||
		 dom_ns(d, id) == NS_SVG || (md_kinds[tag] == K_SKIP && tag != TAG_RP) ||
		 md_hidden(d, id) || md_is_gutter(d, id))
		return false;
	else if (is_code_line(tag))
		end_code_line(out, start);
	return true;
}

static bool gather(const struct dom *d, nid top, struct buf *out, size_t most)
{
	size_t start = out->len;
	nid id = dom_walk(d, top, top);
	for (; id && !out->full && most; most--)
		id = gather_node(d, id, out, start) ? dom_walk(d, id, top)
						    : dom_walk_past(d, id, top);
	return !id && !out->full;
}

void md_gather(const struct dom *d, nid top, struct buf *out)
{
	gather(d, top, out, SIZE_MAX);
}

bool md_gather_few(const struct dom *d, nid top, struct buf *out)
{
	enum { FEW = 64 };
	return gather(d, top, out, FEW);
}

static size_t longest_run(struct str s, char c)
{
	size_t longest = 0, run = 0;
	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == c ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest;
}

static void put_times(struct md *m, char c, size_t n)
{
	while (n--)
		md_char(m, c);
}

static void put_lines(struct md *m, struct str code)
{
	while (code.n) {
		size_t n = str_find(code, '\n');
		if (m->out->len + 1 + n + m->prefix_n > m->limit) {
			m->cuts |= CUT_SIZE;
			m->stopped = true;
			return;
		}
		md_char(m, '\n');
		size_t indent = m->prefix_n;
		if (n == 0)
			while (indent && m->prefix[indent - 1] == ' ')
				indent--;
		md_put(m, m->prefix, indent);
		size_t length = n && code.p[n - 1] == '\r' ? n - 1 : n;
		md_put(m, code.p, length);
		n += n < code.n;
		code = (struct str) { code.p + n, code.n - n };
	}
}

/* A carriage return alone, which only a reference makes, ends a line to every reader. */
static void end_lines(struct buf *b)
{
	char *p = b->p, *end = p + b->len;
	while (p < end && (p = memchr(p, '\r', (size_t)(end - p))) != NULL) {
		if (p + 1 < end && p[1] != '\n')
			*p = '\n';
		p++;
	}
}

/* A cell is one line: a span for each line of code. */
static void code_in_cell(struct md *m, struct str code)
{
	struct str line;
	m->breaks = m->out->len > m->line_at;
	while (str_cut(&code, '\n', &line)) {
		md_code_span(m, line);
		m->breaks = m->out->len > m->line_at;
	}
}

/* pre > code is code, also where that is blank; blanks alone in a pre only keep lines apart. */
static bool holds_element(const struct dom *d, nid id)
{
	nid first = dom_first(d, id);
	return first && (dom_kind(d, first) == DOM_ELEMENT || dom_next(d, first));
}

void md_pre(struct md *m, nid id)
{
	struct buf text;
	buf_init(&text, m->o->max_bytes + MARKDOWN_TAIL);
	md_gather(m->d, id, &text);
	if (text.len)
		end_lines(&text);
	struct str code = buf_str(&text);
	while (code.n && (code.p[code.n - 1] == '\n' || code.p[code.n - 1] == '\r'))
		code.n--;
	if (code.n > 1 && code.p[0] == '\n' && code.p[1] != '\n')
		code = (struct str) { code.p + 1, code.n - 1 };
	if (m->cell && !m->in_link) {
		code_in_cell(m, code);
	} else if (m->flat || m->in_link) {
		md_code_span(m, code);
	} else if (!md_is_spacer(code) || holds_element(m->d, id)) {
		size_t fence = longest_run(code, '`') + 1;
		struct str lang = md_language(m, id);
		md_begin(m, LAST_FENCE);
		md_line(m);
		fence = fence < 3 ? 3 : fence;
		if (fence * 2 + code.n + lang.n > m->limit) {
			code.n = 0;
			fence = 3;
		}
		put_times(m, '`', fence);
		md_put(m, lang.p, lang.n);
		m->text_bytes += code.n;
		put_lines(m, code);
		md_char(m, '\n');
		md_put(m, m->prefix, m->prefix_n);
		put_times(m, '`', fence);
		m->low = m->prefix_n;
		m->last = LAST_FENCE;
		m->need = 2;
	}
	buf_release(&text);
}

/* The text of a span: line ends become blanks, as a reader would do, and a pipe in a cell is escaped. */
static void put_span_text(struct md *m, struct str s)
{
	const char *p = s.p, *end = p + s.n;
	while (p < end) {
		const char *run = p;
		while (p < end && *p != '|' && (*p == ' ' || !scan_is_space(*p)))
			p++;
		md_put(m, run, (size_t)(p - run));
		if (p == end)
			break;
		if (*p == '|' && m->cell)
			md_char(m, '\\');
		if (*p == '|' || m->out->p[m->out->len - 1] != ' ')
			md_char(m, *p == '|' ? '|' : ' ');
		p = *p == '|' ? p + 1 : scan_space(p, end); /* indents the next line */
	}
	m->text_bytes += s.n;
}

/* The shortest fence that is no run of backticks inside. */
static size_t span_fence(struct str s)
{
	uint64_t used = 1;
	for (size_t i = 0, run = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] == '`') {
			run++;
			continue;
		}
		used |= run < 64 ? UINT64_C(1) << run : 0;
		run = 0;
	}
	return ~used ? (size_t)__builtin_ctzll(~used) : longest_run(s, '`') + 1;
}

/* "]: b" in a link at the start of a line would make a definition of it (CommonMark 4.7: before all else). */
static bool ends_label(const struct md *m, struct str code)
{
	size_t end = str_find(code, ']'), open = str_find(code, '[');
	bool nested = open < end && (open == 0 || code.p[open - 1] != '\\');
	return end + 1 < code.n && code.p[end + 1] == ':' && !nested && !m->cell && !m->lead &&
	       (!m->in_line || m->out->p[m->line_at] == '[');
}

void md_code_span(struct md *m, struct str s)
{
	struct str bare = str_trim(s);
	if (bare.n == 0 || m->out->len + bare.n > m->limit) {
		m->space |= s.n > 0;
		return;
	}
	while (s.n && (s.p[0] == '\n' || s.p[0] == '\r'))
		s = (struct str) { s.p + 1, s.n - 1 };
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (m->in_link && ends_label(m, s)) {
		md_text(m, s);
		return;
	}
	size_t fence = span_fence(s);
	bool joined = m->in_line && m->code.end == m->out->len && !m->space && !m->breaks &&
		      m->marks.n_waiting == 0 && m->code.fence == fence;
	if (joined) {
		m->out->len -= fence; /* two spans that touch would read as one broken one */
	} else {
		md_content(m, '`');
		if (m->code.end == m->out->len)
			md_char(m, ' ');
		put_times(m, '`', fence);
	}
	bool pad = s.p[0] == '`' || s.p[s.n - 1] == '`' ||
		   (s.p[0] == ' ' && s.p[s.n - 1] == ' ' && bare.n < s.n);
	if (pad)
		md_char(m, ' ');
	put_span_text(m, s);
	if (pad)
		md_char(m, ' ');
	put_times(m, '`', fence);
	m->code.end = m->out->len;
	m->code.fence = fence;
}

static bool is_link(const struct md *m, nid id)
{
	struct str href;
	return dom_html_tag(m->d, id) == TAG_A && dom_attr(m->d, id, ATTR_HREF, &href) &&
	       href.n && m->o->links != LINKS_NONE && !m->in_link;
}

/* The link keeps its place; its text is a span of its own. */
static void linked_span(struct md *m, nid link)
{
	size_t frames = m->n_frames;
	if (md_link_enter(m, link)) {
		struct buf text;
		buf_init(&text, m->o->max_bytes + MARKDOWN_TAIL);
		md_gather(m->d, link, &text);
		md_code_span(m, buf_str(&text));
		buf_release(&text);
	}
	if (m->n_frames > frames)
		md_leave(m);
}

/* Code with line breaks that is all of its block means them. */
static bool is_listing(const struct md *m, nid id)
{
	const struct dom *d = m->d;
	bool broken = false;
	if (m->in_line || m->flat || m->in_link || m->marks.n)
		return false;
	for (nid c = dom_next(d, id); c; c = dom_next(d, c))
		if (dom_kind(d, c) != DOM_TEXT || !md_is_blank(d, c))
			return false;
	for (nid c = dom_first(d, id); c; c = dom_next(d, c)) {
		if (broken && (dom_kind(d, c) != DOM_TEXT || !md_is_blank(d, c)))
			return true;
		broken = broken || dom_html_tag(d, c) == TAG_BR;
	}
	return false;
}

bool md_is_code_table(const struct dom *d, nid table)
{
	bool gutter = false;
	for (nid id = dom_walk(d, table, table); id;) {
		enum tag_id tag = dom_html_tag(d, id);
		bool past = false;
		if (tag == TAG_TABLE || tag == TAG_PRE || tag == TAG_TH)
			return false;
		if (tag == TAG_TD) {
			past = md_is_gutter(d, id);
			if (!past && !gutter) /* the numbers come first */
				return false;
			gutter = true;
		}
		id = past ? dom_walk_past(d, id, table) : dom_walk(d, id, table);
	}
	return gutter;
}

void md_code(struct md *m, nid id)
{
	const struct dom *d = m->d;
	struct buf text;
	nid only = dom_first(d, id);
	if (dom_html_tag(d, id) == TAG_KBD && m->in_line && m->code.end == m->out->len)
		m->space = true; /* keys are boxes, one beside the other */
	if (only && dom_kind(d, only) == DOM_TEXT && !dom_next(d, only)) { /* nearly always */
		md_code_span(m, dom_text(d, only));
		return;
	}
	if (is_listing(m, id)) {
		md_pre(m, id);
		return;
	}
	buf_init(&text, m->o->max_bytes + MARKDOWN_TAIL);
	bool linked = false;
	for (nid c = dom_walk(d, id, id); c && !md_full(m);) {
		if (is_link(m, c)) {
			md_text(m, buf_str(&text));
			buf_clear(&text);
			linked_span(m, c);
			linked = true;
			c = dom_walk_past(d, c, id);
		} else {
			c = gather_node(d, c, &text, 0) ? dom_walk(d, c, id)
							: dom_walk_past(d, c, id);
		}
	}
	if (linked)
		md_text(m, buf_str(&text));
	else
		md_code_span(m, buf_str(&text));
	buf_release(&text);
}
