/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the auth door (auth/auth.h), opened on the app's store and fetcher. */
#ifndef CLI_PARTS_H
#define CLI_PARTS_H

#include "cli/app.h"

bool parts_open(struct auth *a, const struct conf *c, struct app *app, struct err *e);
/* After desks_stop, before the fetcher and the store go. Closing what was never opened is fine. */
void parts_close(struct auth *a);

#endif
