/* SPDX-License-Identifier: Apache-2.0 */
/* Words in dates. Case is ignored; three bytes of a name are enough, more must be the rest of it. */
#ifndef PAGE_META_MONTH_H
#define PAGE_META_MONTH_H

#include "base/str.h"

int meta_month(struct str word); /* 1 to 12; 0: no month, or of two the beginning */
bool meta_weekday(struct str word);

#endif
