/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords: argon2id (RFC 9106), 64 MiB, t=3, p=1: about 160 ms of computing and that much memory,
 * so on two threads of their own with a queue of eight; then ERR_RATE_LIMITED.
 */
#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include "base/flow.h"
#include "base/ident.h"

enum { PASSWORD_HASH_SIZE = 160, PASSWORD_MIN = 12, PASSWORD_MAX = 256 };
enum { PASSWORD_THREADS = 2, PASSWORD_QUEUE = 8 };

/* 12 to 256 bytes of UTF-8 without control characters, not one of the most common ones, not the
 * user's name. */
bool password_ok(struct str password, struct str name, struct err *e);
/* Both compute here and now: for the command line and tests. hash NULL: against a fixed hash, false. */
bool password_hash(struct str password, char out[PASSWORD_HASH_SIZE], struct err *e);
bool password_verify(const char *hash, struct str password);
const char *password_nobody(void); /* that fixed hash: it costs what ours cost */
/* A PHC text of argon2id that this program would take (SCRAPED_ADMIN_PASSWORD_HASH). */
bool password_hash_ok(const char *hash, struct err *e);
bool password_hash_old(const char *hash); /* made with other parameters than ours */

struct passwords; /* the threads */
struct passwords *passwords_start(void);
/* What waits goes on as not verified, ERR_CANCELLED, and so does whoever comes later: before
 * desks_stop, as flows may still be on their way here. */
void passwords_close(struct passwords *p);
void passwords_stop(struct passwords **p); /* after desks_stop; closes it too */

struct password_job { /* in the call's arena */
	struct str password; /* wiped when the job is done */
	const char *verify; /* PHC text to compare with; */
	bool unknown; /* or nobody's (or one without a password): takes the same time, says no */
	bool hash; /* make a new hash (after a good comparison: only if it is out of date) */
	bool good; /* out: it is the one */
	char made[PASSWORD_HASH_SIZE]; /* out: new PHC text; "" none */
	struct err err; /* out: ERR_RATE_LIMITED: the queue is full */
};
/* From a step, as its last act: return what it returns. The next step looks at job->err: the flow
 * does not fail (the queue full: call->retry_after_s is set too). */
enum flow_next password_begin(struct passwords *p, struct password_job *job, struct flow *f);

#endif
