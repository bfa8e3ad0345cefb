/* SPDX-License-Identifier: Apache-2.0 */
/* The first administrator: from the settings, or by a link that is good once. Never a default. */
#ifndef CLI_FIRST_H
#define CLI_FIRST_H

#include "base/buf.h"
#include "base/conf.h"
#include "store/store.h"

enum { FIRST_LINK_MS = 3600000 };

/* Settings admin_user with admin_password_file or admin_password_hash: makes the first administrator
 * when there is no user at all; else looks at nothing and changes nothing. ERR_INVALID_REQUEST names
 * the setting. */
bool first_admin(const struct conf *c, struct store *s, struct err *e);
/* After first_admin. While there is no user: makes a setup link (good once, for an hour; older ones
 * are worth nothing from now on) and writes the URL, BASE/setup?token=...; else writes nothing. */
bool first_setup_link(struct store *s, const char *base, struct buf *out, struct err *e);

#endif
