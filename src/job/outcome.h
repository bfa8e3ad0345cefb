/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came of one item, as it is kept: everything that any dialect shows of it, packed (zstd) into
 * one body of the table results. Parts that are JSON are kept as text, so that showing them is
 * copying them.
 */
#ifndef JOB_OUTCOME_H
#define JOB_OUTCOME_H

#include "base/field.h"
#include "scrape/scrape.h"
#include "store/jobs.h"

struct outcome {
	int64_t seq, no, ended_ms;
	const char *url; /* as sent */
	const char *code, *message; /* of the error; NULL: success */
	bool cached;
	const char *title; /* NULL: none */
	struct str markdown, html; /* p NULL: not there */
	/* JSON texts; p NULL: not there */
	struct str metadata; /* scrape_metadata_view */
	struct str warnings;
	struct str extract; /* what the model gave */
	struct str data; /* the object of the selectors */
};

struct packer; /* one thread's */
struct packer *packer_new(void);
void packer_free(struct packer **p);
/* Bytes of all parts of a result; what does not fit is left out, and a warning (RESULT_CUT) says so. */
enum { OUTCOME_MOST = 256 << 20 };
/* Packs a result; `to` gets the body. It turns full, and gets nothing, when its ceiling is too low for
 * the parts as they are, a few bytes and one in 128 more. */
void outcome_pack(struct packer *p, const struct scrape_result *r, struct buf *to);
/* The packed parts and those of the row. A body that cannot be read gives ERR_INTERNAL. */
bool outcome_unpack(
	const struct result_row *row, struct arena *a, struct outcome *out, struct err *e);

/* struct outcome as scrape_view shows a result, with `data` after `extract`. */
extern const struct field outcome_view[];
/* What a job without selectors gives as `data` (apis.md S2-11): {"title","markdown"}; with them
 * the selectors' object; null for a failed item. */
calc_fn outcome_put_data;
/* {"code","message"}; false: it has none. */
calc_fn outcome_put_error;

#endif
