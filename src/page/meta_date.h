/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as pages write them. */
#ifndef PAGE_META_DATE_H
#define PAGE_META_DATE_H

#include "base/arena.h"

/* ISO 8601 when the text can mean one day only: "19 November 2019", "2019/11/19", "20191119", RFC 5322 dates, months
 * by their names in seven languages, years first as in China and Japan. A time of day behind it is kept with its
 * offset; one that cannot be read is left out. All other texts come back as they are. */
struct str meta_date(struct arena *a, struct str text);

/* Does it begin with YYYY-MM-DD? */
bool meta_date_is_iso(struct str date);

#endif
