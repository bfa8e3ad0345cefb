/* SPDX-License-Identifier: Apache-2.0 */
#include "scrape/sniff.h"
#include "lib/test.h"

static void first_bytes_decide(void)
{
	static const struct {
		const char *body;
		bool html;
	} rows[] = {
		{ "<!DOCTYPE html><p>x", true },
		{ "\xEF\xBB\xBF  \r\n<html>", true },
		{ "<HTML lang=en>", true },
		{ "<p>x", true },
		{ "<b\n>", true },
		{ "<!-- a comment -->", true },
		{ "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">",
			true },
		{ "<?xml version=\"1.0\"?><rss><item/></rss>", false },
		{ "<?xml version=\"1.0\"?><htmlish/>", false },
		{ "<html", false }, /* no end of the name */
		{ "<bold>", false },
		{ "<paragraph>", false },
		{ "%PDF-1.7", false },
		{ "{\"a\":\"<html>\"}", false },
		{ "plain text with <html> later", false },
		{ "", false },
		{ "   ", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (sniff_html(str_of(rows[i].body)) != rows[i].html)
			test_fail(__FILE__, __LINE__, "%s", rows[i].body);
}

TEST_MAIN(TEST(first_bytes_decide))
