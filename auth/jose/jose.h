/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed tokens: the only floor that touches liboauth2 and cjose, and the checks without which
 * those two must not see outside bytes (auth.md section 4).
 *
 * cjose ends the process at a lone character before '=', so every token, proof and assertion goes
 * through jws_split first: at most JWS_MAX bytes, three parts, none empty, base64url alone.
 */
#ifndef JOSE_JOSE_H
#define JOSE_JOSE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

enum { JWS_MAX = 8192 };

/* Once, in the main thread, after curl_global_init and before other threads are started; and at
 * the end. Commands that neither sign nor verify need not call them. */
void jose_start(void);
void jose_stop(void);

struct jws {
	struct str text; /* all three parts */
	json_t *header, *payload; /* objects without repeated members; the arena's */
};
/* Shape and decoding; proves nothing about the signature. false: *why is a constant that is safe to
 * show and to log. */
bool jws_split(struct str text, struct arena *a, struct jws *out, const char **why);
/* Three parts of base64url: worth sending to verify_token. */
bool jws_looks_like(struct str text);

/* base64url without padding (RFC 7515 section 2), into the arena. */
const char *b64url(struct str bytes, struct arena *a);
/* The same of the SHA-256: a code_challenge (RFC 7636), a thumbprint (RFC 7638), ath (RFC 9449). */
const char *sha256_b64(struct str in, struct arena *a);

#endif
