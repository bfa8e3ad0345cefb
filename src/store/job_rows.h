/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, their items and results as rows (store/jobs.h). */
#ifndef STORE_JOB_ROWS_H
#define STORE_JOB_ROWS_H

#include "base/str.h"

enum job_state {
#define JOB_ROW(id, number, word, final) JOB_##id = number,
#include "store/job_table.h"
#undef JOB_ROW
	JOB_STATES
};
extern const char *const job_state_words[]; /* by number, NULL-ended */
bool job_is_final(enum job_state s);

struct job_row {
	const char *id, *account_id, *kind, *dialect, *name;
	const char *spec; /* JSON */
	const char *webhook; /* id of the endpoint; NULL: none */
	int64_t state; /* enum job_state */
	int64_t total, ended, failed; /* items; ended counts both, computed from the items */
	int64_t created_ms, began_ms, ended_ms, deadline_ms, expires_ms; /* 0: not yet */
};

struct item_row {
	int64_t seq, tries, crashes, due_ms, no, ended_ms;
	int64_t lost; /* of the tries: those that ended with their runner */
	int64_t state; /* 0 waits, 1 runs, 2 has ended */
	const char *url, *code, *message; /* code NULL: no error */
};
struct result_row {
	struct item_row item;
	struct str body; /* p NULL: it has not ended, or ended without a result */
};

#endif
