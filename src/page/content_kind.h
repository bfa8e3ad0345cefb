/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of page it is: article, documentation, service, forum, collection, listing, product. */
#ifndef PAGE_CONTENT_KIND_H
#define PAGE_CONTENT_KIND_H

#include "page/content_in.h"

enum content_evidence {
#define EVIDENCE_ROW(id, word) E_##id,
#include "page/content_kind_table.h"
#undef EVIDENCE_ROW
	E_COUNT
};

/* Learnt weights (content_gen.c), in hundredths of a logit. */
enum { EVIDENCE_BINS = 16 };
extern const int16_t content_kind_bias[KIND_COUNT];
extern const int16_t content_kind_weight[KIND_COUNT][E_COUNT][EVIDENCE_BINS];

/* The answers; the kind that they speak for, with the points of each kind. */
void content_evidence(
	const struct content_map *map, const struct content_hint *hint, uint8_t e[E_COUNT]);
enum content_kind content_kind_of(const uint8_t e[E_COUNT], int points[KIND_COUNT]);

#endif
