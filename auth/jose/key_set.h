/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public keys of one issuer, constant after key_set_new and counted: whoever verifies holds it
 * meanwhile, so an exchange of keys frees the old set when its last user is through.
 */
#ifndef JOSE_KEY_SET_H
#define JOSE_KEY_SET_H

#include "auth/jose/jose.h"

enum { KEY_SET_MAX = 32, KEY_SET_BYTES = 256 * 1024 };

struct key_set;
/* From a JWKS document (RFC 7517 section 5). Keys that are not for signing or that the libraries
 * would choke on (auth.md section 4 rule 4) are left out; ERR_INVALID_REQUEST when none is left. */
struct key_set *key_set_new(const json_t *jwks, struct err *e);
struct key_set *key_set_hold(struct key_set *s); /* from any thread */
void key_set_drop(struct key_set **s);
bool key_set_has(const struct key_set *s, struct str kid);
size_t key_set_count(const struct key_set *s);

#endif
