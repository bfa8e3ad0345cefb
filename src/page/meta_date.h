/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as pages write them. */
#ifndef PAGE_META_DATE_H
#define PAGE_META_DATE_H

#include "base/arena.h"

/* ISO 8601 when the text can mean one day only ("19 November 2019", "2019/11/19", RFC 5322 dates); texts
 * that are ISO 8601 already and all others come back as they are. */
struct str meta_date(struct arena *a, struct str text);

#endif
