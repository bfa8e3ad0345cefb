/* SPDX-License-Identifier: Apache-2.0 */
/* How a page is written: the members of `config` that are the same for one page and for many. */
#ifndef REST_PAGE_ROWS_H
#define REST_PAGE_ROWS_H

#include "op/answer.h"

/* AT(member): where the member of struct scrape_opts stands. */
#define PAGE_ROWS(AT)                                                                          \
	{ "onlyMainContent", F_BOOL, 0, AT(only_main), .text = "false",                        \
		.about = "only the main content of the page, without navigation and the "      \
			 "like" },                                                             \
		{ "links", F_CHOICE, 0, AT(links), .choices = page_link_words,                 \
			.text = "\"inline\"",                                                  \
			.about = "how links are written: references has the addresses below "  \
				 "the text" },                                                 \
		{ "images", F_CHOICE, 0, AT(images), .choices = page_image_words,              \
			.text = "\"inline\"",                                                  \
			.about = "how images are written: alt leaves their texts alone" },     \
	{                                                                                      \
		"structured", F_BOOL, 0, AT(structured),                                       \
			.text = "false",                                                       \
			.about = "the data that the page carries for machines, as "            \
				 "metadata.structured"                                         \
	}

#endif
