/* SPDX-License-Identifier: Apache-2.0 */
/* Where a person's own data lies (XDG Base Directory Specification, XDG_DATA_HOME). */
#ifndef CLI_HOME_H
#define CLI_HOME_H

#include "base/arena.h"
#include "base/err.h"

/* $XDG_DATA_HOME/scraped, or $HOME/.local/share/scraped; what is missing of it is made, for its
 * owner alone. In the arena. NULL: neither variable is an absolute path, or it cannot be made. */
const char *home_folder(struct arena *a, struct err *e);

#endif
