/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in parts. What was cut is kept whole, with what is known of its page, under an id that nobody can
 * guess; a cursor is that id, the place where the next part begins, and a mark over both and the account,
 * made with a key that is kept with the text. So a cursor goes on with the very page that was read, is good
 * for the account alone that got it, also after a restart, and cannot be made up.
 *
 * Kept in the page cache, where it is bounded with the rest by cache_bytes, or, when there is none or it
 * does not take the text, on a shelf in memory (cursor_memory_bytes). For cursor_ms, unless room runs out.
 */
#ifndef SCRAPE_CURSOR_H
#define SCRAPE_CURSOR_H

#include "base/call.h"
#include "scrape/scrape.h"

enum { MAX_TOKENS_LEAST = 200, MAX_TOKENS_MOST = 1000000, CURSOR_MOST = 100 };

/* What may come besides the text, so that both keep within max_tokens: three quarters of them, less what is said of the end
 * of a part. 0: no limit. */
size_t cursor_besides(int64_t max_tokens);
/* Leaves the first part of Markdown and HTML in *out, when the two have more than max_tokens. */
void cursor_first(
	struct call *call, const char *account, int64_t max_tokens, struct scrape_result *out);
/* Fills *out with the part that o->cursor names. false: ERR_INVALID_REQUEST naming `cursor`. */
bool cursor_next(struct call *call, const struct scrape_opts *o, struct scrape_result *out,
	struct err *e);

#endif
