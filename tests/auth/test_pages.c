/* SPDX-License-Identifier: Apache-2.0 */
/* Every template that ships is whole, and shows nothing of what it is given without escaping it. */
#include "lib/test.h"
#include "template/template.h"

extern const struct template_file page_files[];

static bool is_template(const struct template_file *f)
{
	return !memchr(f->name, '.', strlen(f->name)); /* not style.css and the like */
}

static void every_template_is_whole(void)
{
	int n = 0;
	for (const struct template_file *f = page_files; f->name; f++) {
		struct err e = { 0 };
		struct buf b;
		json_t *nothing = json_object();
		buf_init(&b, 0);
		if (is_template(f) && n++ >= 0 &&
			!template_render(page_files, f->name, nothing, &b, &e))
			test_fail(__FILE__, __LINE__, "%s", e.msg);
		buf_release(&b);
		json_decref(nothing);
	}
	CHECK_TRUE(n > 10);
}

/* An object in which every name has the same hostile value, as text and inside lists and objects. */
static json_t *hostile(const struct template_file *f, const char *value, int depth)
{
	json_t *o = json_object();
	struct str rest = { f->text, f->size };
	while (depth < 3 && rest.n) {
		char name[64];
		const char *at = memmem(rest.p, rest.n, "{{", 2);
		if (!at)
			break;
		rest.n -= (size_t)(at - rest.p) + 2;
		rest.p = at + 2;
		struct str inside = { rest.p, str_find(rest, '}') };
		bool section = inside.n && (inside.p[0] == '#' || inside.p[0] == '^');
		size_t skip = inside.n && memchr("#^/>!", inside.p[0], 5) ? 1 : 0;
		snprintf(name, sizeof name, "%.*s", (int)(inside.n - skip), inside.p + skip);
		if (section && depth < 2)
			json_object_set_new(o, name, hostile(f, value, depth + 1));
		else if (!json_object_get(o, name))
			json_object_set_new(o, name, json_string(value));
	}
	return o;
}

static void no_template_lets_markup_through(void)
{
	static const char value[] = "\"'><script>alert(1)</script><b x='";
	for (const struct template_file *f = page_files; f->name; f++) {
		struct err e = { 0 };
		struct buf b;
		json_t *data = is_template(f) ? hostile(f, value, 0) : NULL;
		buf_init(&b, 0);
		if (data) {
			CHECK_TRUE(template_render(page_files, f->name, data, &b, &e));
			CHECK_TRUE(!str_has(buf_str(&b), STR("<script>")));
			CHECK_TRUE(!str_has(buf_str(&b), STR("<b x")));
			CHECK_TRUE(!str_has(buf_str(&b), STR("\"'>")));
		}
		buf_release(&b);
		json_decref(data);
	}
}

static void nothing_comes_from_elsewhere(void)
{
	for (const struct template_file *f = page_files; f->name; f++) {
		struct str text = { f->text, f->size };
		static const char *const never[] = { "src=\"http", "href=\"http", "url(",
			"@import", "style=\"", "onclick", "javascript:", "<script>" };
		for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
			if (str_has(text, str_of(never[i])))
				test_fail(__FILE__, __LINE__, "%s has %s", f->name, never[i]);
	}
}

TEST_MAIN(TEST(every_template_is_whole), TEST(no_template_lets_markup_through),
	TEST(nothing_comes_from_elsewhere))
