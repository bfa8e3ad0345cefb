/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private keys at rest: AES-256-GCM under a key derived from the setting data_key by SHA-256, bound
 * to the key's id. Without data_key they are stored as they are, and the file's mode guards them.
 */
#ifndef GRANT_SEAL_H
#define GRANT_SEAL_H

#include "base/arena.h"

bool seal_is_sealed(struct str stored);
/* data_key "": `plain` itself. Arena's. */
struct str seal(struct str plain, const char *data_key, const char *kid, struct arena *a);
/* p NULL: it does not open with this key. What was not sealed is given as it is. */
struct str unseal(struct str stored, const char *data_key, const char *kid, struct arena *a);

#endif
