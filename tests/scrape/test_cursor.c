/* SPDX-License-Identifier: Apache-2.0 */
/* Pages in parts: all parts come from one fetch, whoever keeps the rest, and only for who got the cursor. */
#include "lib/test.h"
#include "base/clock.h"
#include "page/tokens.h"
#include "scrape/cursor.h"
#include "scrape/world.h"

enum { SECTIONS = 120 };
static atomic_int fetches;

/* A long page that says which fetch it is. */
static void answer(struct origin *o, const char *path, const char *request, int fd)
{
	struct buf b;
	(void)o;
	(void)path;
	(void)request;
	buf_init(&b, 0);
	buf_addf(&b, "<title>Long</title><h1>Fetch %d</h1>", atomic_fetch_add(&fetches, 1));
	for (int i = 0; i < SECTIONS; i++)
		buf_addf(&b, "<h2 id=s%d>Section %d</h2><p>Some words of section %d.</p>", i, i,
			i);
	origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", buf_str(&b));
	buf_release(&b);
}

static struct trip *get(const char *path, int64_t max_tokens, const char *cursor)
{
	struct trip *t = trip_new(path);
	t->o.max_tokens = max_tokens;
	t->o.cursor = cursor;
	(void)trip_run(t);
	return t;
}

/* Without the last line, which says that there is more. */
static struct str body_of(const struct trip *t)
{
	struct str s = t->out.markdown;
	for (size_t at = s.n; t->out.next_cursor && at > 1; at--)
		if (s.p[at - 2] == '\n' && s.p[at - 1] == '[')
			return (struct str) { s.p, at - 2 };
	return s;
}

static void all_parts_of_one_fetch(struct world_opts how)
{
	world_open(answer, how);
	atomic_store(&fetches, 0);
	struct trip *t = get("/long", 0, NULL);
	struct buf whole, parts;
	CHECK_TRUE(t->out.next_cursor == NULL && t->out.tokens == 0);
	buf_init(&whole, 0);
	buf_init(&parts, 0);
	buf_add_str(&whole, t->out.markdown);
	trip_free(t);
	t = trip_new("/long");
	t->o.max_tokens = 400;
	t->o.no_cache = true;
	CHECK_TRUE(trip_run(t));
	int n = 1;
	for (;;) {
		CHECK_INT(t->out.http_status, 200);
		CHECK_TEXT(t->out.meta.title, "Long");
		CHECK_TRUE(t->out.tokens > 1000);
		struct str body = body_of(t);
		buf_text(&parts, n > 1 ? "\n" : "");
		buf_add_str(&parts, body);
		if (!t->out.next_cursor)
			break;
		CHECK_TRUE(str_has(t->out.markdown, STR("tokens shown; go on with cursor \"")));
		CHECK_TRUE(str_has(t->out.markdown, str_of(t->out.next_cursor)));
		struct trip *next = get("/long", n % 2 ? 300 : 600, t->out.next_cursor);
		CHECK_TRUE(next->flow.err.code == ERR_NONE);
		trip_free(t);
		t = next;
		n++;
	}
	trip_free(t);
	CHECK_TRUE(n >= 4);
	CHECK_INT(atomic_load(&fetches), 2);
	whole.p[8] = '1'; /* the parts are those of the second fetch */
	CHECK_INT(parts.len, whole.len);
	CHECK_TRUE(str_eq(buf_str(&parts), buf_str(&whole)));
	buf_release(&whole);
	buf_release(&parts);
	world_close();
}

static void kept_in_the_cache(void)
{
	all_parts_of_one_fetch((struct world_opts) { .cache = true });
}

static void kept_in_memory(void)
{
	all_parts_of_one_fetch((struct world_opts) { 0 });
}

static void refused(struct trip *t, const char *said)
{
	CHECK_INT(t->flow.err.code, ERR_INVALID_REQUEST);
	CHECK_TRUE(str_starts(str_of(t->flow.err.msg), str_of(said)));
	if (!str_starts(str_of(t->flow.err.msg), str_of(said)))
		CHECK_TEXT(t->flow.err.msg, said);
	trip_free(t);
}

static void bad_cursors(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = get("/long", 400, NULL);
	char cursor[64];
	snprintf(cursor, sizeof cursor, "%s", t->out.next_cursor);
	trip_free(t);
	refused(get("/long", 400, "x"), "cursor: not one of ours");
	refused(get("/other", 400, cursor), "cursor: it was made for another url");
	t = trip_new("/long");
	t->o.account = "acc_other";
	t->o.cursor = cursor;
	(void)trip_run(t);
	refused(t, "cursor: it is too old, or was made for somebody else");
	for (size_t i = 0; cursor[i]; i++) {
		char was = cursor[i];
		cursor[i] = was == 'A' ? 'B' : 'A';
		t = get("/long", 400, cursor);
		CHECK_INT(t->flow.err.code, ERR_INVALID_REQUEST);
		trip_free(t);
		cursor[i] = was;
	}
	t = trip_new("/long");
	t->o.cursor = cursor;
	t->o.prompt = "what?";
	(void)trip_run(t);
	refused(t, "cursor goes on reading a page");
	t = get("/long", 0, cursor); /* the rest in one piece */
	CHECK_INT(t->flow.err.code, ERR_NONE);
	CHECK_TRUE(t->out.next_cursor == NULL);
	CHECK_TRUE(str_ends(t->out.markdown, STR("Some words of section 119.\n")));
	trip_free(t);
	world_close();
}

static void too_old(void)
{
	world_open(answer, (struct world_opts) { .set = { "cursor_ms=1000" } });
	struct trip *t = get("/long", 400, NULL);
	char cursor[64];
	snprintf(cursor, sizeof cursor, "%s", t->out.next_cursor);
	trip_free(t);
	int64_t now = now_ms();
	clock_fake(now + 2000, mono_ms());
	refused(get("/long", 400, cursor), "cursor: it is too old");
	clock_fake(-1, -1);
	world_close();
}

/* Markdown, then HTML, of one fetch; every part within its limit. */
static void html_in_parts(int format)
{
	world_open(answer, (struct world_opts) { .cache = true });
	struct trip *t = trip_new("/long");
	struct buf whole, parts;
	t->o.format = format;
	CHECK_TRUE(trip_run(t));
	buf_init(&whole, 0);
	buf_init(&parts, 0);
	if (format == FORMAT_BOTH)
		buf_add_str(&whole, t->out.markdown);
	buf_add_str(&whole, t->out.html);
	trip_free(t);
	t = trip_new("/long");
	t->o.format = format;
	t->o.max_tokens = 400;
	CHECK_TRUE(trip_run(t));
	for (int n = 1;; n++) {
		struct str markdown = t->out.html.p ? t->out.markdown : body_of(t);
		struct str html = t->out.html;
		const char *said =
			html.p ? memmem(html.p, html.n, "\n<!-- cut here: ", 16) : NULL;
		size_t end = said ? (size_t)(said - html.p) : html.n;
		CHECK_TRUE(tokens_count(t->out.markdown) + tokens_count(html) <= 410);
		CHECK_TRUE((said != NULL) == (t->out.next_cursor && html.p));
		html.n = end;
		buf_text(&parts, parts.len && markdown.n ? "\n" : "");
		buf_add_str(&parts, markdown);
		buf_add_str(&parts, html);
		if (!t->out.next_cursor)
			break;
		CHECK_TRUE(n < 100);
		struct trip *next = get("/long", 400, t->out.next_cursor);
		next->o.format = n % 2 ? format : FORMAT_MARKDOWN; /* counts no more */
		trip_free(t);
		t = next;
	}
	trip_free(t);
	CHECK_INT(parts.len, whole.len);
	CHECK_TRUE(str_eq(buf_str(&parts), buf_str(&whole)));
	buf_release(&whole);
	buf_release(&parts);
	world_close();
}

static void html_alone(void)
{
	html_in_parts(FORMAT_HTML);
}

static void both_formats(void)
{
	html_in_parts(FORMAT_BOTH);
}

static void outlines_and_sections(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = trip_new("/long");
	t->o.outline = true;
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.outline.n, SECTIONS + 1);
	CHECK_STR(t->out.outline.v[2].anchor, "s1");
	CHECK_TRUE(t->out.markdown.p == NULL && t->out.tokens > 1000);
	trip_free(t);
	t = trip_new("/long");
	t->o.outline = true;
	t->o.max_tokens = 300;
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.outline.n, 1);
	CHECK_TEXT(t->out.warnings[0].code, "OUTLINE_CUT");
	trip_free(t);
	t = trip_new("/long");
	t->o.section = "#s7";
	CHECK_TRUE(trip_run(t));
	CHECK_STR(t->out.markdown, "## Section 7\n\nSome words of section 7.\n");
	trip_free(t);
	t = trip_new("/long");
	t->o.section = "#s700";
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.err.code, ERR_INVALID_REQUEST);
	CHECK_TRUE(
		str_starts(str_of(t->out.err.msg), STR("section: the page has no \"s700\"")));
	trip_free(t);
	t = trip_new("/long");
	t->o.section = "css:p[";
	(void)trip_run(t);
	refused(t, "section: css: position ");
	t = trip_new("/long");
	t->o.format = FORMAT_HTML;
	t->o.outline = true;
	(void)trip_run(t);
	refused(t, "outline goes with format markdown alone");
	world_close();
}

TEST_MAIN(TEST(kept_in_the_cache), TEST(kept_in_memory), TEST(bad_cursors), TEST(too_old),
	TEST(html_alone), TEST(both_formats), TEST(outlines_and_sections))
