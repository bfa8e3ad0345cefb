/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept: the key, one line of JSON about the page, the text. A cursor on the wire: 32 bytes (id,
 * place, the beginning of the mark) in base64 with the letters that URLs may have.
 */
#include "scrape/cursor.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/field.h"
#include "base/ident.h"
#include "net/fetch.h"
#include "page/fit.h"
#include "page/tokens.h"
#include "scrape/cache.h"
#include "scrape/kit.h"
#include "scrape/shelf.h"

#include <stddef.h>

enum { ID = 16, PLACE = 6, MARK = 10, WIRE = ID + PLACE + MARK, WIRE_CHARS = 43, KEY = 32 };
enum { NOTICE_TOKENS = 90 }; /* of the last line: numbers, words and the cursor */

/* --- what is kept of the page --- */

struct known {
	const char *url, *final_url, *mime, *encoding;
	struct page_meta meta;
	int64_t status, fetched_ms, took_ms, expires_ms, words, tokens;
	int64_t markdown_n; /* bytes: what of the text is Markdown; HTML follows */
};

#define KNOWN(member) offsetof(struct known, member)
static const struct field known_fields[] = {
	{ "url", F_STR, F_OMIT, KNOWN(url) },
	{ "finalUrl", F_STR, F_OMIT, KNOWN(final_url) },
	{ "mime", F_STR, F_OMIT, KNOWN(mime) },
	{ "encoding", F_STR, F_OMIT, KNOWN(encoding) },
	{ "title", F_STR, F_OMIT, KNOWN(meta.title) },
	{ "description", F_STR, F_OMIT, KNOWN(meta.description) },
	{ "language", F_STR, F_OMIT, KNOWN(meta.language) },
	{ "canonical", F_STR, F_OMIT, KNOWN(meta.canonical) },
	{ "author", F_STR, F_OMIT, KNOWN(meta.author) },
	{ "published", F_STR, F_OMIT, KNOWN(meta.published) },
	{ "modified", F_STR, F_OMIT, KNOWN(meta.modified) },
	{ "siteName", F_STR, F_OMIT, KNOWN(meta.site_name) },
	{ "image", F_STR, F_OMIT, KNOWN(meta.image) },
	{ "favicon", F_STR, F_OMIT, KNOWN(meta.favicon) },
	{ "feed", F_STR, F_OMIT, KNOWN(meta.feed) },
	{ "status", F_INT, 0, KNOWN(status), 0, 999 },
	{ "fetchedMs", F_INT, 0, KNOWN(fetched_ms), 0, 1e15 },
	{ "tookMs", F_INT, 0, KNOWN(took_ms), 0, 1e15 },
	{ "expiresMs", F_INT, 0, KNOWN(expires_ms), 0, 1e15 },
	{ "words", F_INT, 0, KNOWN(words), 0, 1e15 },
	{ "tokens", F_INT, 0, KNOWN(tokens), 0, 1e15 },
	{ "markdownBytes", F_INT, 0, KNOWN(markdown_n), 0, 1e15 },
	{ 0 },
};

static struct known known_of(const struct scrape_result *r)
{
	return (struct known) { r->url, r->final_url, r->mime, r->encoding, r->meta,
		r->http_status, r->fetched_ms, r->took_ms, r->expires_ms, r->words, r->tokens,
		(int64_t)r->markdown.n };
}

static void show_known(const struct known *k, struct scrape_result *r)
{
	r->final_url = k->final_url;
	r->mime = k->mime;
	r->encoding = k->encoding;
	r->meta = k->meta;
	r->http_status = (int)k->status;
	r->fetched_ms = k->fetched_ms;
	r->took_ms = k->took_ms;
	r->expires_ms = k->expires_ms;
	r->words = k->words;
	r->tokens = k->tokens;
	r->cached = true;
}

/* --- keeping --- */

static struct str str_of_id(const struct answer_id *id)
{
	return (struct str) { (const char *)id->hash, ANSWER_ID_SIZE };
}

static struct answer_id name_of(const char *account, const unsigned char *id)
{
	struct answer_id name;
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "cursor");
	buf_char(&b, 0);
	buf_add(&b, account ? account : "", account ? strlen(account) + 1 : 1);
	buf_add(&b, id, ID);
	sha256(buf_str(&b), name.hash);
	buf_release(&b);
	return name;
}

static bool put(struct kit *kit, const struct answer_id *name, struct str blob)
{
	int64_t now = now_ms();
	const struct answer as_answer = {
		.status = 200, .final_url = "", .body = blob, .fetched_ms = now
	};
	return (kit->cache && cache_put(kit->cache, name, &as_answer)) ||
	       (kit->shelf && shelf_put(kit->shelf, str_of_id(name), blob,
				      now + kit->conf->cursor_ms));
}

static bool get(struct call *call, const struct answer_id *name, struct str *blob)
{
	struct kit *kit = call->kit;
	struct answer found;
	struct err e;
	if (kit->shelf && shelf_get(kit->shelf, str_of_id(name), call->arena, blob))
		return true;
	if (!kit->cache || !kit->cache_db ||
		!cache_get(kit->cache, kit->cache_db, name, kit->conf->cursor_ms / 1000,
			call->arena, &found))
		return false;
	struct fetch_res packed = { .encoding = found.encoding, .body = found.body };
	if (!fetch_unpack(&packed, (size_t)1 << 30, call->arena, &e))
		return false;
	*blob = packed.body;
	return true;
}

/* --- the cursor --- */

static void mark(struct str key, const char *account, const unsigned char *wire, void *out)
{
	unsigned char mac[SHA256_SIZE];
	const struct str said[] = { { (const char *)wire, ID + PLACE },
		str_of(account ? account : "") };
	hmac_sha256(key, said, 2, mac);
	memcpy(out, mac, MARK);
}

/* base64 with "-" and "_" and without padding (RFC 4648 section 5) */
static const char *to_text(struct arena *a, const unsigned char *wire)
{
	char text[WIRE_CHARS + 2];
	b64_encode((struct str) { (const char *)wire, WIRE }, text);
	for (int i = 0; i < WIRE_CHARS; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	return arena_text(a, (struct str) { text, WIRE_CHARS });
}

static bool to_wire(struct str s, unsigned char wire[WIRE + 1])
{
	char text[WIRE_CHARS + 1];
	size_t n = 0;
	if (s.n != WIRE_CHARS)
		return false;
	for (int i = 0; i < WIRE_CHARS; i++)
		text[i] = s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i];
	text[WIRE_CHARS] = '=';
	return b64_decode((struct str) { text, sizeof text }, wire, &n) && n == WIRE;
}

static const char *print(struct arena *a, struct str key, const char *account,
	const unsigned char *id, size_t place)
{
	unsigned char wire[WIRE];
	memcpy(wire, id, ID);
	for (int i = 0; i < PLACE; i++)
		wire[ID + i] = (unsigned char)((uint64_t)place >> (8 * i));
	mark(key, account, wire, wire + ID + PLACE);
	return to_text(a, wire);
}

/* --- parts --- */

struct whole {
	struct str key, markdown, html;
	unsigned char id[ID];
	const char *account;
};

/* "... of ... tokens shown": those before the place. */
static const char *notice(
	struct call *call, const struct whole *w, size_t place, const struct scrape_result *out)
{
	size_t n = w->markdown.n < place ? w->markdown.n : place;
	size_t shown = tokens_count((struct str) { w->markdown.p, n }) +
		       tokens_count((struct str) { w->html.p, place - n });
	return arena_printf(call->arena,
		"cut here: %zu of %lld tokens shown; go on with cursor \"%s\"", shown,
		(long long)out->tokens, out->next_cursor);
}

size_t cursor_besides(int64_t max_tokens)
{
	return max_tokens ? (size_t)max_tokens - (size_t)max_tokens / 4 - NOTICE_TOKENS : 0;
}

/* For the text: without what it says of its end, and what comes besides. */
static size_t room_of(int64_t max_tokens, size_t besides)
{
	size_t most = (size_t)max_tokens, least = most / 4;
	if (!most)
		return (size_t)1 << 40;
	return most > least + besides + NOTICE_TOKENS ? most - besides - NOTICE_TOKENS : least;
}

static void show_part(struct call *call, const struct whole *w, size_t from, int64_t max_tokens,
	struct scrape_result *out)
{
	struct fit_page part;
	struct arena *a = call->arena;
	size_t room = room_of(max_tokens, from ? 0 : tokens_count(out->structured));
	fit_page(a, w->markdown, w->html, from, room, &part);
	out->markdown = part.markdown;
	out->html = part.html;
	if (part.next >= w->markdown.n + w->html.n)
		return;
	out->next_cursor = print(a, w->key, w->account, w->id, part.next);
	const char *said = notice(call, w, part.next, out);
	fit_say(a, &part, said);
	out->markdown = part.markdown;
	out->html = part.html;
}

void cursor_first(
	struct call *call, const char *account, int64_t max_tokens, struct scrape_result *out)
{
	unsigned char key[KEY];
	struct whole w = { { (const char *)key, KEY }, out->markdown, out->html, { 0 },
		account };
	out->tokens = (int64_t)(tokens_count(w.markdown) + tokens_count(w.html));
	if (!max_tokens || out->tokens + (int64_t)tokens_count(out->structured) <= max_tokens)
		return;
	random_bytes(key, sizeof key);
	random_bytes(w.id, sizeof w.id);
	struct known known = known_of(out);
	struct buf blob;
	buf_init(&blob, w.markdown.n + w.html.n + (1 << 20));
	buf_add(&blob, key, sizeof key);
	fields_encode(known_fields, &known, &blob);
	buf_char(&blob, '\n');
	buf_add_str(&blob, w.markdown);
	buf_add_str(&blob, w.html);
	struct answer_id name = name_of(account, w.id);
	if (put(call->kit, &name, buf_str(&blob)))
		show_part(call, &w, 0, max_tokens, out);
	else
		scrape_warn(out, call->arena, "NOT_CUT",
			"the page has more than max_tokens, and there is no room to keep the "
			"rest for a cursor: here is all of it");
	buf_release(&blob);
}

static bool open_blob(
	struct call *call, struct str blob, struct whole *w, struct known *known, struct err *e)
{
	struct str rest = { blob.p + KEY, blob.n - KEY }, line;
	const struct field_unknown ignored = { NULL, NULL };
	if (blob.n < KEY || !str_cut(&rest, '\n', &line))
		return false;
	w->key = (struct str) { blob.p, KEY };
	json_t *j = json_read(call->arena, line, e);
	if (!j || !fields_decode(known_fields, j, known, call->arena, ignored, e) ||
		known->markdown_n > (int64_t)rest.n)
		return false;
	w->markdown = (struct str) { rest.p, (size_t)known->markdown_n };
	w->html = (struct str) { rest.p + w->markdown.n, rest.n - w->markdown.n };
	return true;
}

bool cursor_next(struct call *call, const struct scrape_opts *o, struct scrape_result *out,
	struct err *e)
{
	unsigned char wire[WIRE + 1], want[MARK];
	const struct kit *kit = call->kit;
	struct whole w = { .account = o->account };
	struct known known = { 0 };
	struct str blob;
	if (!to_wire(str_trim(str_of(o->cursor)), wire))
		return err_set(e, ERR_INVALID_REQUEST,
			"cursor: not one of ours; send it as it was given, or fetch the page "
			"again without cursor");
	memcpy(w.id, wire, ID);
	struct answer_id name = name_of(o->account, w.id);
	if (!get(call, &name, &blob) || !open_blob(call, blob, &w, &known, e))
		return err_set(e, ERR_INVALID_REQUEST,
			"cursor: it is too old, or was made for somebody else%s; fetch the "
			"page "
			"again without cursor",
			kit->cache ? ""
				   : ", or before this server started, which has no page cache "
				     "to keep the rest in");
	mark(w.key, o->account, wire, want);
	uint64_t place = 0;
	for (int i = PLACE; i--;)
		place = place << 8 | wire[ID + i];
	if (!same_secret((struct str) { (const char *)want, MARK },
		    (struct str) { (const char *)wire + ID + PLACE, MARK }) ||
		place >= w.markdown.n + w.html.n)
		return err_set(e, ERR_INVALID_REQUEST,
			"cursor: it was changed; send it as it was given, or fetch the page "
			"again without cursor");
	if (!known.url || !str_eq(str_of(known.url), str_of(out->url)))
		return err_set(e, ERR_INVALID_REQUEST,
			"cursor: it was made for another url; send the two together, or fetch "
			"this page without cursor");
	show_known(&known, out);
	show_part(call, &w, (size_t)place, o->max_tokens, out);
	return true;
}
