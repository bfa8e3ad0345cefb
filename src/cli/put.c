/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/put.h"

#include <unistd.h>

/* Bytes of the control character that begins here; 0: it is none. */
static size_t control_at(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.p[i];
	unsigned char next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
	if (c == 0xc2 && next >= 0x80 && next < 0xa0)
		return 2;
	return c < 0x20 || c == 0x7f;
}

static void put(FILE *to, struct str s, bool lines)
{
	size_t done = 0, n;
	for (size_t i = 0; i < s.n; i += n ? n : 1) {
		n = control_at(s, i);
		if (!n || (lines && (s.p[i] == '\n' || s.p[i] == '\t')))
			continue;
		fwrite(s.p + done, 1, i - done, to);
		fputc('?', to);
		done = i + n;
	}
	if (done < s.n)
		fwrite(s.p + done, 1, s.n - done, to);
}

void put_line(FILE *to, struct str text)
{
	put(to, text, false);
}

void put_lines(FILE *to, struct str text)
{
	put(to, text, true);
}

void put_page(FILE *to, struct str text)
{
	if (isatty(fileno(to)))
		put(to, text, true);
	else if (text.n)
		fwrite(text.p, 1, text.n, to);
}
