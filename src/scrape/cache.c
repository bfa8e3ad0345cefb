/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page cache. Readers have a handle each; one writer thread puts, in groups, and drops what is
 * too old or too much in small batches with every put, so no sweep ever takes long.
 *
 * A body is kept as it travelled: most sites pack their pages, and packing one again costs more
 * than all the rest of a scrape (zstd level 3: 0.6 ms for 130 KB). What came unpacked is packed
 * with zstd level 1.
 *
 * What waits to be written is found already (`waiting`): a caller who asks again at once gets a hit.
 *
 * The cache never fails a scrape. A file that turns out damaged while it is in use is left alone
 * (others have it open) and removed at the end.
 */
#include "scrape/cache.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/pages.h"
#include "store/schema.h"
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <zstd.h>

enum {
	QUEUE_MAX = 512, /* answers that wait to be written */
	QUEUE_BYTES = 64 << 20, /* and their bytes */
	DROP_COUNT = 16, /* rows dropped at a time */
	DROP_ROUNDS = 8, /* times for one put */
	PACK_FROM = 512,
	PACK_LEVEL = 1,
};

struct cache {
	struct db_place place;
	struct writer *writer;
	int64_t max_bytes;
	atomic_llong waiting_bytes;
	pthread_mutex_t lock; /* of `waiting` */
	struct map *waiting; /* hash -> the newest struct put that is not written yet */
	atomic_bool damaged;
};

struct put {
	struct cache *cache;
	struct pages_row row; /* its text and body belong to the put */
	char hash[ANSWER_ID_SIZE];
	char *final_url, *mime, *charset, *encoding, *body;
};

static struct db *open_file(const struct db_place *place, struct err *e)
{
	struct db *d = db_open(place, e);
	if (d && !schema_upgrade(d, SCHEMA_CACHE, e))
		db_close(&d);
	return d;
}

struct cache *cache_open(const struct conf *conf, struct err *e)
{
	struct db_place place = { conf->data, "cache.db" };
	e->code = ERR_NONE;
	if (conf->cache_bytes == 0)
		return NULL;
	struct db *d = open_file(&place, e);
	if (!d) {
		log_warn("cache.replaced reason=\"%s\"", e->msg);
		db_remove(&place);
		d = open_file(&place, e);
	}
	if (!d)
		return NULL;
	e->code = ERR_NONE;
	struct cache *c = MEM_NEW(struct cache);
	c->place = place;
	c->max_bytes = conf->cache_bytes;
	c->waiting = map_new(QUEUE_MAX * 2);
	pthread_mutex_init(&c->lock, NULL);
	c->writer = writer_start(d, QUEUE_MAX);
	return c;
}

void cache_close(struct cache **c)
{
	if (!*c)
		return;
	writer_stop(&(*c)->writer);
	map_free(&(*c)->waiting, NULL);
	pthread_mutex_destroy(&(*c)->lock);
	if ((*c)->damaged)
		db_remove(&(*c)->place);
	mem_free(*c);
	*c = NULL;
}

struct db *cache_reader(struct cache *c)
{
	struct err e;
	struct db_place place = c->place;
	place.read_only = true;
	return db_open(&place, &e);
}

static void note_damage(struct cache *c, const struct db *d)
{
	if (db_damaged(d) && !atomic_exchange(&c->damaged, true))
		log_error("cache.damaged file=%s replaced=at_next_start", c->place.file);
}

static void from_row(const struct pages_row *row, struct answer *out)
{
	*out = (struct answer) {
		.status = (int)row->status,
		.final_url = row->final_url,
		.mime = row->mime,
		.charset = row->charset,
		.encoding = row->encoding,
		.body = row->body,
		.retry_after_s = -1,
		.fetched_ms = row->fetched_ms,
		.took_ms = row->took_ms,
	};
}

static struct str hash_of(const struct answer_id *id)
{
	return (struct str) { (const char *)id->hash, ANSWER_ID_SIZE };
}

/* A copy of what is waiting to be written, if it is young enough. */
static bool get_waiting(struct cache *c, const struct answer_id *id,
	const struct pages_age *age, struct arena *a, struct pages_row *row)
{
	pthread_mutex_lock(&c->lock);
	const struct put *p = map_get(c->waiting, hash_of(id));
	bool hit = p && p->row.fetched_ms > age->after_ms && p->row.fetched_ms <= age->until_ms;
	if (hit) {
		*row = p->row;
		row->final_url = arena_copy(a, p->final_url);
		row->mime = arena_copy(a, p->mime);
		row->charset = arena_copy(a, p->charset);
		row->encoding = arena_copy(a, p->encoding);
		row->body.p = arena_keep(a, p->row.body);
	}
	pthread_mutex_unlock(&c->lock);
	return hit;
}

bool cache_get(struct cache *c, struct db *reader, const struct answer_id *id,
	int64_t max_age_s, struct arena *a, struct answer *out)
{
	struct err e;
	struct pages_row row;
	int64_t now = now_ms();
	struct pages_age age = { now - max_age_s * 1000, now };
	if (c->damaged)
		return false;
	if (!get_waiting(c, id, &age, a, &row)) {
		if (!pages_get(reader, hash_of(id), age, a, &row, &e)) {
			note_damage(c, reader);
			return false;
		}
	}
	from_row(&row, out);
	return true;
}

/* --- putting --- */

static void put_free(struct put *p)
{
	atomic_fetch_sub(&p->cache->waiting_bytes, (long long)p->row.body.n);
	mem_free(p->final_url);
	mem_free(p->mime);
	mem_free(p->charset);
	mem_free(p->encoding);
	mem_free(p->body);
	mem_free(p);
}

/* Too old first, then, while the file is too large, the oldest. */
static bool make_room(struct db *d, int64_t max_bytes, struct err *e)
{
	int64_t dropped;
	if (!pages_drop_old(d, now_ms() - CACHE_KEEP_S * 1000, DROP_COUNT, NULL, e))
		return false;
	for (int i = 0; i < DROP_ROUNDS && db_used_bytes(d) > max_bytes; i++)
		if (!pages_drop_old(d, INT64_MAX, DROP_COUNT, &dropped, e) || !dropped)
			return e->code == ERR_NONE;
	return true;
}

static bool write_put(struct db *d, void *arg, struct err *e)
{
	struct put *p = arg;
	bool ok = pages_put(d, &p->row, e) && make_room(d, p->cache->max_bytes, e);
	if (!ok)
		note_damage(p->cache, d);
	return ok;
}

static void end_put(void *arg, const struct err *e)
{
	struct put *p = arg;
	(void)e; /* the store has logged it; the answer is not kept */
	pthread_mutex_lock(&p->cache->lock);
	if (map_get(p->cache->waiting, p->row.hash) == p)
		(void)map_remove(p->cache->waiting, p->row.hash);
	pthread_mutex_unlock(&p->cache->lock);
	put_free(p);
}

/* Takes the body over into p, packed. */
static void take_body(struct put *p, const struct answer *answer)
{
	struct str body = answer->body;
	size_t room = ZSTD_compressBound(body.n), n = 0;
	if (!answer->encoding && body.n >= PACK_FROM) {
		p->body = mem_raw(room);
		n = ZSTD_compress(p->body, room, body.p, body.n, PACK_LEVEL);
		if (ZSTD_isError(n) || n >= body.n) {
			mem_free(p->body);
			p->body = NULL;
		}
	}
	if (p->body) {
		p->body = mem_grow(p->body, n);
		p->encoding = mem_text("zstd");
	} else {
		n = body.n;
		p->body = mem_raw(n + 1);
		if (n)
			memcpy(p->body, body.p, n);
		p->encoding = mem_text(answer->encoding);
	}
	p->row.body = (struct str) { p->body, n };
	p->row.encoding = p->encoding;
}

bool cache_put(struct cache *c, const struct answer_id *id, const struct answer *answer)
{
	if (c->damaged || (int64_t)answer->body.n > c->max_bytes / 8 ||
		atomic_load(&c->waiting_bytes) > QUEUE_BYTES)
		return false;
	struct put *p = MEM_NEW(struct put);
	p->cache = c;
	memcpy(p->hash, id->hash, ANSWER_ID_SIZE);
	p->final_url = mem_text(answer->final_url);
	p->mime = mem_text(answer->mime);
	p->charset = mem_text(answer->charset);
	take_body(p, answer);
	p->row.hash = (struct str) { p->hash, ANSWER_ID_SIZE };
	p->row.final_url = p->final_url;
	p->row.mime = p->mime;
	p->row.charset = p->charset;
	p->row.status = answer->status;
	p->row.fetched_ms = answer->fetched_ms;
	p->row.took_ms = answer->took_ms;
	atomic_fetch_add(&c->waiting_bytes, (long long)p->row.body.n);
	pthread_mutex_lock(&c->lock);
	(void)map_put(c->waiting, p->row.hash, p);
	pthread_mutex_unlock(&c->lock);
	if (writer_post(c->writer, write_put, end_put, p))
		return true;
	end_put(p, NULL);
	return false;
}
