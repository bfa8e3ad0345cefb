/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a doctype ask for quirks mode (HTML standard 13.2.6.4.1)? Case does not count.
 */
#ifndef PAGE_QUIRKS_H
#define PAGE_QUIRKS_H

#include "base/str.h"

bool quirks_asked(struct str public_id, bool has_system, struct str system_id);

#endif
