/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with the settings of this floor, said at start rather than to a client. */
#ifndef AUTH_SETTINGS_H
#define AUTH_SETTINGS_H

#include "base/conf.h"

/* ERR_INVALID_REQUEST names the setting and what is accepted. */
bool auth_settings_ok(const struct conf *c, struct err *e);

#endif
