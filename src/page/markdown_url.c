/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses: made absolute, and as Markdown holds them between parentheses (CommonMark 6.3): bare, with a percent
 * sign for what would end them there.
 */
#include "page/markdown_in.h"
#include "base/check.h"

bool md_is_web(struct str url)
{
	if (url.n < 3) /* none at all may stand nowhere */
		return false;
	const char *p = url.p, *end = p + url.n;
	while (end - p >= 3 && (p = memchr(p, ':', (size_t)(end - p) - 2)) != NULL) {
		if (p[1] == '/' && p[2] == '/')
			return true;
		p++;
	}
	return false;
}

/* Schemes that are no place to go to, and the "#" of buttons that are written as links. */
static bool leads_nowhere(struct str ref)
{
	static const char *const schemes[] = {
		"javascript:", "data:", "vbscript:", "blob:", "about:"
	};
	char first = ref.n ? (char)(ref.p[0] | 0x20) : 0;
	if (first == '#') /* 0x20 is set in it anyway */
		return ref.n == 1;
	if (first != 'j' && first != 'd' && first != 'v' && first != 'b' && first != 'a')
		return false; /* nearly always */
	for (size_t i = 0; i < COUNT_OF(schemes); i++)
		if (str_istarts(ref, str_of(schemes[i])))
			return true;
	return false;
}

/* Bytes that an address cannot always hold as they are. */
static const bool url_acts[256] = {
	[0 ... ' '] = true,
	[0x7F] = true,
	['<'] = true,
	['>'] = true,
	['`'] = true,
	['\\'] = true,
	['('] = true,
	[')'] = true,
	['|'] = true,
	['*'] = true,
	['&'] = true,
};

/* The first such byte, or end. What stands before `safe` may be read. */
static const char *url_run(const char *p, const char *end, const char *safe)
{
#ifdef __SSE2__
	for (; safe - p >= 16 && p < end; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i stop = _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(' ')));
		stop = scan_any(stop, scan_is(v, 0x7F), scan_is(v, '`'));
		stop = _mm_or_si128(stop, scan_is(v, '*'));
		stop = scan_any(stop, scan_is(_mm_or_si128(v, _mm_set1_epi8(2)), '>'), /* < > */
			scan_is(_mm_or_si128(v, _mm_set1_epi8(0x20)), '|')); /* \ | */
		stop = scan_any(stop, scan_is(_mm_or_si128(v, _mm_set1_epi8(1)), ')'), /* ( ) */
			scan_is(v, '&'));
		unsigned stops = (unsigned)_mm_movemask_epi8(stop);
		if (stops) {
			p += __builtin_ctz(stops);
			break;
		}
	}
	if (p > end)
		return end;
#else
	(void)safe;
#endif
	while (p < end && !url_acts[(unsigned char)*p])
		p++;
	return p;
}

/* Line ends and tabs are no part of an address. Plain: nothing in it needs a look, and it stays where it is. */
static void take_ref(struct md *m, struct str ref)
{
	const char *end = ref.p + ref.n, *html = m->d->base[0];
	const char *safe = ref.p >= html && end <= m->d->html_end ? m->d->html_end : end;
	size_t i = (size_t)(url_run(ref.p, end, safe) - ref.p);
	m->address.plain = i == ref.n;
	m->address.text = ref;
	if (m->address.plain)
		return;
	buf_add(&m->address.made, ref.p, i);
	while (i < ref.n) {
		size_t from = i;
		while (i < ref.n && ref.p[i] != '\t' && ref.p[i] != '\n' && ref.p[i] != '\r')
			i++;
		buf_add(&m->address.made, ref.p + from, i - from);
		i++;
	}
	m->address.text = buf_str(&m->address.made);
}

bool md_resolve(struct md *m, struct str ref)
{
	m->address.of = 0;
	m->address.plain = false;
	m->address.text = STR("");
	buf_clear(&m->address.made);
	while (ref.n && (unsigned char)ref.p[0] <= ' ')
		ref = (struct str) { ref.p + 1, ref.n - 1 };
	while (ref.n && (unsigned char)ref.p[ref.n - 1] <= ' ')
		ref.n--;
	if (ref.n == 0 || ref.n > MD_URL_MAX)
		return false;
	if (m->o->base && ref.p[0] != '#') {
		if (!url_resolve_text(m->o->base, ref, &m->address.made))
			buf_clear(&m->address.made);
		m->address.text = buf_str(&m->address.made);
	}
	if (m->address.text.n == 0)
		take_ref(m, ref);
	return m->address.text.n <= MD_URL_MAX && !leads_nowhere(m->address.text);
}

static bool balanced(struct str url)
{
	int depth = 0;
	for (size_t i = 0; i < url.n && depth >= 0 && depth <= 30; i++)
		depth += url.p[i] == '(' ? 1 : url.p[i] == ')' ? -1 : 0;
	return depth == 0;
}

/* Some readers find emphasis that is open, and what may be, also in addresses: where the first such delimiter stands. */
static const char *closing_mark(const struct md *m, const char *p, const char *end)
{
	bool line = false, tilde = m->tilde || m->marks.active[MARK_DEL];
	if (!tilde && !m->marks.active[MARK_STRONG] && !m->marks.active[MARK_EM])
		return end; /* nearly always */
	for (size_t i = 0; i < m->marks.n; i++) {
		const struct md_mark *k = &m->marks.v[i];
		bool open = k->state == MARK_OPEN && k->kind != MARK_LINK;
		line |= open && k->delim == '_';
	}
	if (!line && !tilde)
		return end;
	while (p < end && !(line && *p == '_') && !(tilde && *p == '~'))
		p++;
	return p;
}

void md_put_url(struct md *m, struct str url)
{
	static const char hex[] = "0123456789ABCDEF";
	bool counted = false, parens = true;
	if (url.n == 0) /* of a link to the page itself, which may stand nowhere */
		return;
	const char *end = url.p + url.n;
	if (m->address.plain && url.p == m->address.text.p &&
		closing_mark(m, url.p, end) == end) {
		md_put(m, url.p, url.n);
		return;
	}
	for (const char *p = url.p; p < end; p++) {
		const char *run = p;
		p = url_run(p, end, end);
		if (m->marks.n || m->tilde)
			p = closing_mark(m, run, p);
		md_put(m, run, (size_t)(p - run));
		if (p == end)
			return;
		unsigned char c = (unsigned char)*p;
		if (!counted && (c == '(' || c == ')')) { /* seldom: looked at only then */
			parens = balanced(url);
			counted = true;
		}
		if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '`' || c == '\\' ||
			(!parens && (c == '(' || c == ')')) || c == '*' || c == '_' ||
			c == '~') {
			char code[3] = { '%', hex[c >> 4], hex[c & 15] };
			md_put(m, code, 3);
			continue;
		}
		if ((c == '|' && m->cell) || (c == '&' && md_is_reference(p, end)))
			md_char(m, '\\');
		md_char(m, (char)c);
	}
}

void md_address_end(struct md *m, bool is_image)
{
	md_char(m, ')');
	m->link.end = m->out->len;
	m->link.is_image = is_image;
	m->link.is_web = md_is_web(m->address.text);
}
