/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer is that does not say it (https://mimesniff.spec.whatwg.org/, section 7.1). */
#ifndef SCRAPE_SNIFF_H
#define SCRAPE_SNIFF_H

#include "base/str.h"

/* Do the first bytes look like HTML or XHTML? */
bool sniff_html(struct str body);

#endif
