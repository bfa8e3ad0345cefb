/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the page says of itself, as words: its title (title element, og:title) and its descriptions (of meta
 * elements, of JSON-LD). A block that repeats the description is what the page is about; one that shares
 * no word with the title often is not.
 */
#include "base/check.h"
#include "page/content_member.h"
#include "page/content_text.h"
#include "page/unicode.h"

static void add(uint64_t *set, struct str s)
{
	uint32_t hash = CONTENT_WORD_START, bytes = 0;
	for (size_t i = 0; i <= s.n; i++) {
		unsigned char c = i < s.n ? (unsigned char)s.p[i] : ' ';
		if (c >= 0x80 || uni_is_alnum(c)) {
			hash = content_word_add(hash, c);
			bytes++;
			continue;
		}
		if (bytes >= CONTENT_LONG) {
			hash ^= hash >> 16;
			set[hash >> 6 & 1023] |= UINT64_C(1) << (hash & 63);
		}
		hash = CONTENT_WORD_START;
		bytes = 0;
		i += c == '\\' && i + 1 < s.n; /* an escape of JSON */
	}
}

static void add_meta(const struct dom *d, struct content_said *said)
{
	size_t count;
	struct str name, value;
	const nid *ids = dom_list(d, LIST_META, &count);
	for (size_t i = 0; i < count; i++) {
		if (!dom_attr(d, ids[i], ATTR_CONTENT, &value) ||
			(!dom_attr(d, ids[i], ATTR_NAME, &name) &&
				!dom_attr(d, ids[i], ATTR_PROPERTY, &name)))
			continue;
		if (str_ieq(name, STR("og:title")))
			add(said->title, value);
		if (str_ieq(name, STR("description")) || str_ieq(name, STR("og:description")))
			add(said->about, value);
	}
}

static void add_data(const struct dom *d, struct content_said *said)
{
	struct content_members all = { .d = d, .key = STR("\"description\"") };
	struct str value;
	while (content_member_next(&all, &value))
		add(said->about, value);
}

struct content_said *content_said_new(struct arena *a, const struct dom *d)
{
	struct content_said *said = ARENA_NEW(a, struct content_said);
	size_t count;
	const nid *titles = dom_list(d, LIST_TITLE, &count);
	if (count && dom_first(d, titles[0]) &&
		dom_kind(d, dom_first(d, titles[0])) == DOM_TEXT)
		add(said->title, dom_text(d, dom_first(d, titles[0])));
	add_meta(d, said);
	add_data(d, said);
	return said;
}
