/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start and end of the libraries, and the gate before them. The library's own log goes nowhere: at
 * its highest level it still writes whole tokens (auth.md section 4 rule 3).
 */
#include "auth/jose/jose.h"
#include "auth/jose/inner.h"
#include "auth/jose/introspect.h"

#include <oauth2/mem.h>

static oauth2_log_t *library_log;

static void say_nothing(oauth2_log_sink_t *sink, const char *file, unsigned long line,
	const char *function, oauth2_log_level_t level, const char *message)
{
	(void)sink, (void)file, (void)line, (void)function, (void)level, (void)message;
}

void jose_start(void)
{
	if (library_log)
		return;
	oauth2_log_sink_t *sink = oauth2_log_sink_create(OAUTH2_LOG_ERROR, say_nothing, NULL);
	library_log = oauth2_init(OAUTH2_LOG_ERROR, sink);
	json_object_seed(0);
	/* The first configuration call would make its default cache, of 8 MB. No cache is used here, so
	 * it does not matter when this one fails, as it does where /dev/shm cannot be written. */
	oauth2_mem_free(
		oauth2_cfg_set_cache(NULL, NULL, "shm", "max_entries=1&max_val_size=64"));
	/* a thing made on its first use, under a lock that is missing in such places */
	oauth2_mem_free(oauth2_url_encode(NULL, "x"));
}

void jose_stop(void)
{
	/* A thread that waits for an introspection endpoint uses what would go away, here and at the
	 * process's end. Its call has a limit. */
	if (library_log && introspect_all_gone(INTROSPECT_MS + 1000)) {
		oauth2_shutdown(library_log);
		library_log = NULL;
	}
}

struct str member(const json_t *object, const char *name)
{
	return json_str(json_object_get(object, name));
}

/* The three parts of a text that is short enough; false: another number of them, or an empty one. */
static bool parts_of(struct str text, struct str part[3])
{
	size_t n = 0, from = 0;
	if (!text.p || text.n > JWS_MAX)
		return false;
	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != '.')
			continue;
		if (n == 3 || i == from)
			return false;
		part[n++] = (struct str) { text.p + from, i - from };
		from = i + 1;
	}
	return n == 3;
}

bool jws_looks_like(struct str text)
{
	struct str part[3];
	return parts_of(text, part) && b64url_ok(part[0]) && b64url_ok(part[1]) &&
	       b64url_ok(part[2]);
}

static json_t *object_in(struct str part, struct arena *a)
{
	struct str bytes;
	struct err e;
	json_t *j = b64url_decode(part, a, &bytes) ? json_read(a, bytes, &e) : NULL;
	return json_is_object(j) ? j : NULL;
}

bool jws_split(struct str text, struct arena *a, struct jws *out, const char **why)
{
	struct str part[3];
	*out = (struct jws) { .text = text };
	*why = text.n > JWS_MAX ? "it is longer than 8 KiB"
				: "it is not three parts of base64url";
	if (!parts_of(text, part) || !b64url_ok(part[2]))
		return false;
	for (int i = 0; i < 2; i++)
		if (!b64url_ok(part[i]))
			return false;
	*why = "its header is not a JSON object without repeated members";
	if (!(out->header = object_in(part[0], a)))
		return false;
	*why = "its payload is not a JSON object without repeated members";
	return (out->payload = object_in(part[1], a)) != NULL;
}

size_t signature_size(struct str jws)
{
	size_t n = 0;
	while (n < jws.n && jws.p[jws.n - 1 - n] != '.')
		n++;
	return n;
}
