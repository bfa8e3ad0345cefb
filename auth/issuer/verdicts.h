/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of an introspection endpoint, kept for a short while under the SHA-256 of token and
 * issuer. Of a fixed size: where it is full, what would end first makes room, so floods of bad
 * tokens (kept 5 s) push each other out before good ones (kept up to 60 s). Safe from any thread.
 */
#ifndef ISSUER_VERDICTS_H
#define ISSUER_VERDICTS_H

#include "base/arena.h"
#include "base/digest.h"

enum { VERDICTS_MAX = 4096, VERDICT_BYTES = 8192, VERDICT_MS = 60000, VERDICT_BAD_MS = 5000 };

struct verdicts;
struct verdicts *verdicts_new(void);
void verdicts_free(struct verdicts **v);
/* false: not known. *answer: the JSON of the endpoint (arena's); p NULL: the token is not active. */
bool verdicts_get(struct verdicts *v, const unsigned char key[SHA256_SIZE], struct arena *a,
	struct str *answer);
/* answer p NULL: not active. One longer than VERDICT_BYTES, or a life of 0, is not kept. */
void verdicts_put(struct verdicts *v, const unsigned char key[SHA256_SIZE], struct str answer,
	int64_t life_ms);

#endif
