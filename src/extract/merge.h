/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers for the pieces of a long page, put together without asking anybody:
 *	null or empty with anything	the other
 *	arrays				one after the other, exact repetitions dropped
 *	objects				member by member, by these rules
 *	members of any other kinds	the first that is not null or ""
 */
#ifndef EXTRACT_MERGE_H
#define EXTRACT_MERGE_H

#include "base/arena.h"

#include <jansson.h>

/* answers: an array in the order of the page; its items are changed. The result is one of them, with
 * the others' in it. NULL: their shapes differ (an object and an array) or are single values that
 * differ (two texts, two numbers), so that no rule is right. */
json_t *merge_answers(struct arena *a, const json_t *answers);

#endif
