/* SPDX-License-Identifier: Apache-2.0 */
/* The questions that are asked about each block, and their answers as small numbers. */
#ifndef PAGE_CONTENT_FEATURE_H
#define PAGE_CONTENT_FEATURE_H

#include "page/content_in.h"

enum content_feature {
#define FEATURE_ROW(id, word) F_##id,
#include "page/content_feature_table.h"
#undef FEATURE_ROW
	/* one for each group of names: 0 not said, 1 by itself, 2 near, 3 farther above */
	F_NAMES,
	F_COUNT = F_NAMES + NAME_COUNT
};
/* Learnt weights (content_gen.c), in hundredths of a logit. Kinds that look alike share a table. */
enum { CONTENT_BINS = 16, CONTENT_TABLES = 6 };
extern const uint8_t content_table_of[KIND_COUNT];
extern const int16_t content_bias;
extern const int16_t content_weight[F_COUNT][CONTENT_BINS];
extern const int16_t content_weight_kind[CONTENT_TABLES][F_COUNT][CONTENT_BINS];

/* Of block i. */
void content_features(const struct content_map *map, size_t i, uint8_t f[F_COUNT]);

#endif
