/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts are laid one after the other and packed in one go, which lets the title, the metadata
 * and the text share their words; zstd level 1, the fastest that still halves a page. A body read
 * back is believed in nothing: lengths, checksum, UTF-8 and the outer shape of JSON are looked at.
 */
#include "job/outcome.h"
#include "base/check.h"
#include "base/mem.h"
#include "job/outcome_in.h"
#include "scrape/view.h"

#include <pthread.h>
#include <zstd.h>

enum { LEVEL = 1, SCRATCH_KEPT = 1 << 20 };

struct packer {
	ZSTD_CCtx *zstd;
	struct buf scratch; /* the parts, not packed yet */
};

struct packer *packer_new(void)
{
	struct packer *p = MEM_NEW(struct packer);
	p->zstd = ZSTD_createCCtx();
	CHECK(p->zstd);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	buf_init(&p->scratch, 2 * (size_t)OUTCOME_MOST);
	return p;
}

void packer_free(struct packer **p)
{
	if (!*p)
		return;
	ZSTD_freeCCtx((*p)->zstd);
	buf_release(&(*p)->scratch);
	mem_free(*p);
	*p = NULL;
}

/* --- packing --- */

struct layout {
	size_t lengths[PART_COUNT];
	unsigned parts; /* bits */
	bool cut;
};

/* What was written since `from` is this part, if there is room for it. */
static void end_part(struct layout *l, enum outcome_part part, struct buf *b, size_t from)
{
	if (b->full || b->len > OUTCOME_MOST) {
		b->len = from;
		b->full = false;
		l->cut = true;
		return;
	}
	l->lengths[part] = b->len - from;
	l->parts |= 1u << part;
}

static void put_part(struct layout *l, enum outcome_part part, struct buf *b, struct str s)
{
	size_t from = b->len;
	if (!s.p)
		return;
	buf_add_str(b, s);
	end_part(l, part, b, from);
}

static void put_warnings(struct layout *l, struct buf *b, const struct scrape_result *r)
{
	size_t from = b->len;
	bool any = scrape_put_warnings(b, r);
	if (l->cut) {
		b->len--; /* the bracket that closes */
		json_comma(b);
		buf_text(b, "{\"code\":\"RESULT_CUT\",\"message\":\"the page is too large to be"
			    " kept whole\"}]");
	}
	if (any || l->cut)
		end_part(l, PART_WARNINGS, b, from);
	else
		b->len = from;
}

static void lay_out(struct layout *l, struct buf *b, const struct scrape_result *r)
{
	bool ok = r->err.code == ERR_NONE;
	put_part(l, PART_TITLE, b, str_of(r->meta.title));
	size_t from = b->len;
	fields_encode(scrape_metadata_view, r, b);
	end_part(l, PART_METADATA, b, from);
	if (ok)
		put_part(l, PART_DATA, b, r->data);
	if (ok && r->asked) {
		from = b->len;
		json_put_value(b, r->extract);
		end_part(l, PART_EXTRACT, b, from);
	}
	if (ok) {
		put_part(l, PART_MARKDOWN, b, r->markdown);
		put_part(l, PART_HTML, b, r->html);
	}
	put_warnings(l, b, r);
}

static void put_head(const struct layout *l, bool cached, struct buf *to)
{
	buf_char(to, OUTCOME_VERSION);
	buf_char(to, cached ? OUTCOME_CACHED : 0);
	buf_char(to, (char)l->parts);
	for (int part = 0; part < PART_COUNT; part++)
		for (int byte = 0; (l->parts >> part & 1) && byte < OUTCOME_LENGTH; byte++)
			buf_char(to, (char)(l->lengths[part] >> 8 * byte & 0xFF));
}

void outcome_pack(struct packer *p, const struct scrape_result *r, struct buf *to)
{
	struct layout l = { .parts = 0 };
	struct buf *b = &p->scratch;
	size_t before = to->len;
	buf_clear(b);
	lay_out(&l, b, r);
	put_head(&l, r->cached, to);
	size_t bound = ZSTD_compressBound(b->len);
	char *room = to->full ? NULL : buf_room(to, bound);
	if (room) {
		size_t n = ZSTD_compress2(p->zstd, room, bound, b->p, b->len);
		CHECK(!ZSTD_isError(n)); /* there is room, and nothing else can go wrong */
		to->len += n;
	} else {
		to->len = before;
	}
	if (b->cap > SCRATCH_KEPT)
		buf_release(b);
}

/* --- reading --- */

static bool damaged(struct err *e)
{
	return err_set(e, ERR_INTERNAL, "a kept result is damaged");
}

/* false: the head is none, or lies. *s becomes what is behind it, *sum the bytes of all parts. */
static bool read_head(struct str *s, struct layout *l, bool *cached, size_t *sum)
{
	const unsigned char *p = (const unsigned char *)s->p;
	*sum = 0;
	if (s->n < OUTCOME_HEAD || p[0] != OUTCOME_VERSION || (p[1] & ~OUTCOME_FLAGS) ||
		p[2] >> PART_COUNT)
		return false;
	*cached = p[1] & OUTCOME_CACHED;
	l->parts = p[2];
	size_t at = OUTCOME_HEAD;
	for (int part = 0; part < PART_COUNT; part++) {
		if (!(l->parts >> part & 1))
			continue;
		if (s->n - at < OUTCOME_LENGTH)
			return false;
		l->lengths[part] = (size_t)p[at] | (size_t)p[at + 1] << 8 |
				   (size_t)p[at + 2] << 16 | (size_t)p[at + 3] << 24;
		*sum += l->lengths[part];
		if (*sum > OUTCOME_MOST)
			return false;
		at += OUTCOME_LENGTH;
	}
	*s = (struct str) { s->p + at, s->n - at };
	return true;
}

/* Each thread's own, kept: making one costs a hundred times what unpacking a small body does. */
static pthread_key_t reader_key;
static pthread_once_t reader_once = PTHREAD_ONCE_INIT;

static void reader_end(void *zstd)
{
	ZSTD_freeDCtx(zstd);
}

static void reader_begin(void)
{
	CHECK(pthread_key_create(&reader_key, reader_end) == 0);
}

static ZSTD_DCtx *reader(void)
{
	pthread_once(&reader_once, reader_begin);
	ZSTD_DCtx *zstd = pthread_getspecific(reader_key);
	if (!zstd) {
		zstd = ZSTD_createDCtx();
		CHECK(zstd);
		pthread_setspecific(reader_key, zstd);
	}
	return zstd;
}

/* The memory is the arena's, beside its budget: OUTCOME_MOST bounds it. */
static bool unpack(struct str frame, size_t sum, struct arena *a, char **plain)
{
	if (ZSTD_getFrameContentSize(frame.p, frame.n) != sum ||
		ZSTD_findFrameCompressedSize(frame.p, frame.n) != frame.n)
		return false;
	*plain = mem_raw(sum + 1);
	arena_defer(a, mem_free, *plain);
	return ZSTD_decompressDCtx(reader(), *plain, sum, frame.p, frame.n) == sum;
}

/* JSON is copied into answers as it is, so it must at least be closed as it was opened. */
static bool fits(enum outcome_part part, struct str s)
{
	static const char brackets[PART_COUNT][2] = {
		[PART_METADATA] = { '{', '}' },
		[PART_DATA] = { '{', '}' },
		[PART_WARNINGS] = { '[', ']' },
	};
	const char *b = brackets[part];
	if (part == PART_EXTRACT && s.n == 0)
		return false;
	if (b[0] && (s.n < 2 || s.p[0] != b[0] || s.p[s.n - 1] != b[1]))
		return false;
	return str_utf8_ok(s);
}

static bool cut_parts(
	const struct layout *l, const char *plain, struct arena *a, struct outcome *out)
{
	struct str *const places[PART_COUNT] = {
		[PART_METADATA] = &out->metadata,
		[PART_DATA] = &out->data,
		[PART_EXTRACT] = &out->extract,
		[PART_MARKDOWN] = &out->markdown,
		[PART_HTML] = &out->html,
		[PART_WARNINGS] = &out->warnings,
	};
	for (int part = 0; part < PART_COUNT; part++) {
		if (!(l->parts >> part & 1))
			continue;
		struct str s = { plain, l->lengths[part] };
		if (!fits((enum outcome_part)part, s))
			return false;
		if (part == PART_TITLE)
			out->title = arena_text(a, s);
		else
			*places[part] = s;
		plain += s.n;
	}
	return true;
}

bool outcome_unpack(
	const struct result_row *row, struct arena *a, struct outcome *out, struct err *e)
{
	struct layout l = { .parts = 0 };
	struct str s = row->body;
	size_t sum;
	char *plain;
	*out = (struct outcome) {
		.seq = row->item.seq,
		.no = row->item.no,
		.ended_ms = row->item.ended_ms,
		.url = row->item.url,
		.code = row->item.code,
		.message = row->item.message,
	};
	if (!s.p)
		return true;
	if (!read_head(&s, &l, &out->cached, &sum) || !unpack(s, sum, a, &plain) ||
		!cut_parts(&l, plain, a, out))
		return damaged(e);
	return true;
}
