/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parts of the Markdown writer that deal with marks: how they open, how they close, and where they may. */
#ifndef PAGE_MARKDOWN_MARK_H
#define PAGE_MARKDOWN_MARK_H

#include "page/markdown_in.h"

/* markdown_flank.c: what stands before the run of `delim` that ends at `end`, and what such a run may do */
uint32_t md_before_run(const struct md *m, size_t end, char delim);
bool md_may_open(uint32_t before, uint32_t next, char delim);
bool md_may_close(uint32_t before, uint32_t next, char delim);
/* A run between two characters that would let it close as well as open closes what is open before it, unless the rule
 * of three forbids that. Between punctuation marks not all readers know that rule: by_three says whether to trust in it. */
bool md_can_open(const struct md *m, char delim, size_t ours, uint32_t next, bool by_three);
bool md_run_pairs(
	const struct md *m, const struct md_recent *r, size_t n, size_t end, uint32_t next);

/* markdown_close.c */
void md_emphasis_close(struct md *m, struct md_mark *k);
/* Bytes of blanks that no delimiter may stand beside at the end of the line, behind `from`; plain: U+0020, too. */
size_t md_wide_tail(const struct md *m, size_t from, bool plain);

static inline void md_put_delim(struct md *m, const struct md_mark *k)
{
	char two[2] = { k->delim, k->delim };
	md_put(m, two, k->len);
}

#endif
