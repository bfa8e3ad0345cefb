/* SPDX-License-Identifier: Apache-2.0 */
/* Any lines as the header of an answer: what is kept is printable, ended, and within its limits. */
#include "base/check.h"
#include "net/fetch_head.h"
#include "net/inflate.h"

static void token(const char *text, size_t size)
{
	size_t n = strnlen(text, size);
	CHECK(n < size);
	for (size_t i = 0; i < n; i++)
		CHECK((unsigned char)text[i] > ' ' && (unsigned char)text[i] < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fetch_head h = { 0 };
	struct err e = { 0 };
	struct str rest = { (const char *)data, size }, line;
	enum packing packing;
	bool ok = true;
	head_reset(&h);
	while (ok && str_cut(&rest, '\n', &line)) {
		if (line.p + line.n < (const char *)data + size)
			line.n++; /* with its line end, as libcurl gives it */
		ok = head_line(&h, line, &e);
	}
	CHECK(ok || (e.code == ERR_FETCH && e.msg[0]));
	token(h.mime, sizeof h.mime);
	token(h.charset, sizeof h.charset);
	CHECK(strnlen(h.encoding, sizeof h.encoding) < sizeof h.encoding);
	CHECK(h.length >= -1 || h.odd);
	CHECK(h.retry_after_s >= -1 && h.bytes <= size + 1);
	(void)head_is_page(&h);
	(void)head_is_redirect(&h);
	(void)body_packing(h.encoding, &packing, &e);
	head_release(&h);
	return 0;
}
