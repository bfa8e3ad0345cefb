/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packed result, byte by byte:
 *
 *	version (1) | flags | parts: a bit for each that is there | a 32-bit little-endian length
 *	for each of them | their bytes, one after the other, as one zstd frame with a checksum
 *
 * For the packer, the reader and their tests only.
 */
#ifndef JOB_OUTCOME_IN_H
#define JOB_OUTCOME_IN_H

enum { OUTCOME_VERSION = 1, OUTCOME_HEAD = 3, OUTCOME_LENGTH = 4 };
enum { OUTCOME_CACHED = 1, OUTCOME_FLAGS = OUTCOME_CACHED };
enum outcome_part {
	PART_TITLE,
	PART_METADATA,
	PART_DATA,
	PART_EXTRACT,
	PART_MARKDOWN,
	PART_HTML,
	PART_WARNINGS,
	PART_COUNT
};

#endif
