/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preload shim for pages that kill: the process dies when a page is unpacked that holds the text
 * of POISON. The origin must send such pages packed by gzip. POISON_BY says how it dies: abort (the
 * default), overflow (its stack is full), hang (it waits until somebody kills it).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum libdeflate_result gzip_fn(struct libdeflate_decompressor *, const void *, size_t,
	void *, size_t, size_t *, size_t *);

static int deeper(volatile char *above)
{
	volatile char here[1024];
	here[0] = above ? above[0] : 1;
	if (!here[0]) /* never */
		return 0;
	return deeper(here) + here[0];
}

static void die(void)
{
	const char *by = getenv("POISON_BY");
	if (by && strcmp(by, "overflow") == 0)
		(void)deeper(NULL);
	while (by && strcmp(by, "hang") == 0)
		pause();
	abort();
}

enum libdeflate_result libdeflate_gzip_decompress_ex(struct libdeflate_decompressor *d,
	const void *in, size_t n, void *out, size_t room, size_t *used, size_t *made)
{
	static gzip_fn *real;
	const char *poison = getenv("POISON");
	size_t len;
	if (!real)
		real = (gzip_fn *)(uintptr_t)dlsym(RTLD_NEXT, "libdeflate_gzip_decompress_ex");
	enum libdeflate_result rc = real(d, in, n, out, room, used, &len);
	if (rc == LIBDEFLATE_SUCCESS && poison && memmem(out, len, poison, strlen(poison)))
		die();
	if (made)
		*made = len;
	else if (rc == LIBDEFLATE_SUCCESS && len != room)
		rc = LIBDEFLATE_SHORT_OUTPUT;
	return rc;
}
