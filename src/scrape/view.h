/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of one result, as field tables over struct scrape_result (apis.md S4-28 to S4-43). */
#ifndef SCRAPE_VIEW_H
#define SCRAPE_VIEW_H

#include "base/field.h"
#include "scrape/scrape.h"

extern const struct field scrape_view[]; /* all of it */
extern const struct field scrape_short_view[]; /* the same, with a short schema: for agents */
extern const struct field scrape_metadata_view[]; /* its member "metadata" */
/* Words of the enums, NULL-ended. */
/* The headings as lines, for people and models. */
void scrape_put_outline(const struct scrape_result *r, struct buf *b);
extern const char *const scrape_formats[], *const scrape_agents[];
/* The JSON array of the warnings; false: there are none. */
calc_fn scrape_put_warnings;

#endif
