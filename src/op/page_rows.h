/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a page is written: the arguments that every tool has which reads pages, one or many.
 * Those whose names and words say all have no more text: agents pay for it twice in every talk.
 */
#ifndef OP_PAGE_ROWS_H
#define OP_PAGE_ROWS_H

#include "base/field.h"
#include "scrape/scrape.h"

/* AT(member): where the member of struct scrape_opts stands. */
#define PAGE_ROWS(AT)                                                                          \
	{ "only_main", F_BOOL, 0, AT(only_main), .about = "Main content alone" },              \
		{ "links", F_CHOICE, 0, AT(links), .choices = page_link_words,                 \
			.text = "\"inline\"" },                                                \
		{ "images", F_CHOICE, 0, AT(images), .choices = page_image_words,              \
			.text = "\"inline\"" },                                                \
	{                                                                                      \
		"structured", F_BOOL, 0, AT(structured),                                       \
			.about = "Adds JSON-LD, tables etc. as metadata.structured"            \
	}

#endif
