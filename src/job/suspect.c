/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of suspects: one page of memory that the kernel keeps when the process dies. A desk
 * writes "job_x/12" into its place before it computes on that item's page and clears it after, so
 * what stands there at the next start is what the process may have died on (scrape/dying.h says
 * whether it did so by itself). A power cut may leave
 * anything there: what does not look like an item is passed over.
 */
#include "base/log.h"
#include "base/mem.h"
#include "job/job_in.h"
#include "scrape/kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BYTES = SUSPECT_PLACES * SUSPECT_BYTES };

struct suspects {
	char *places;
};

static char *map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return MAP_FAILED;
	char *p = MAP_FAILED;
	if (ftruncate(fd, BYTES) == 0)
		p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p;
}

struct suspects *suspects_open(const char *folder)
{
	struct buf path;
	buf_init(&path, 0);
	buf_addf(&path, "%s/suspects", folder);
	buf_char(&path, 0);
	char *places = map_file(path.p);
	buf_release(&path);
	if (places == MAP_FAILED) {
		log_warn("job.no_suspects why=\"%m\"");
		return NULL;
	}
	struct suspects *s = MEM_NEW(struct suspects);
	s->places = places;
	return s;
}

void suspects_close(struct suspects **s)
{
	if (!*s)
		return;
	munmap((*s)->places, BYTES);
	mem_free(*s);
	*s = NULL;
}

char *suspects_places(struct suspects *s)
{
	return s ? s->places : NULL;
}

static bool read_place(const char *place, struct arena *a, struct item_id *out)
{
	const char *end = memchr(place, 0, SUSPECT_DIED);
	struct str rest = { place, end ? (size_t)(end - place) : 0 }, id;
	if (!rest.n || !str_utf8_ok(rest) || str_has_control(rest) || !str_cut(&rest, '/', &id))
		return false;
	out->job_id = arena_text(a, id);
	out->died = place[SUSPECT_DIED] != 0;
	return id.n && str_to_int(rest, &out->seq);
}

size_t suspects_read(struct suspects *s, struct arena *a, struct item_id **out)
{
	size_t n = 0;
	*out = ARENA_ARRAY(a, struct item_id, SUSPECT_PLACES);
	for (size_t i = 0; s && i < SUSPECT_PLACES; i++)
		n += read_place(s->places + i * SUSPECT_BYTES, a, *out + n);
	return n;
}

void suspects_clear(struct suspects *s)
{
	if (s)
		memset(s->places, 0, BYTES);
}
