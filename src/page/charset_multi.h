/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The multi-byte encodings of East Asia as the Encoding Standard decodes them (sections 10 to 13). For
 * charset_decode.c; the tables are of charset_index_gen.c.
 */
#ifndef PAGE_CHARSET_MULTI_H
#define PAGE_CHARSET_MULTI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CHARSET_RANGES = 211,
	CHARSET_BAD = 0xFFFD,
	CHARSET_MARK_SHIFT = 21 /* a second code point stands above the first, in Big5 only */
};
struct charset_range {
	uint16_t pointer, point;
};
extern const uint16_t charset_jis0208[11104], charset_jis0212[8836], charset_euc_kr[23940],
	charset_gb18030[23940], charset_big5[19782];
extern const uint8_t charset_big5_wide[2473];
extern const struct charset_range charset_gb18030_ranges[CHARSET_RANGES];

/* Decodes what stands at p, n bytes at most, n > 0: returns how many bytes it took. *point is
 * CHARSET_BAD for what is no character.
 */
typedef size_t charset_step(const unsigned char *p, size_t n, uint32_t *point);
charset_step charset_step_big5, charset_step_euc_jp, charset_step_euc_kr, charset_step_gb18030,
	charset_step_shift_jis;

/* ISO-2022-JP has modes: one step takes one byte or an escape. */
struct charset_2022 {
	enum { MODE_ASCII, MODE_ROMAN, MODE_KATAKANA, MODE_TWO } mode;
	bool escaped; /* an escape came and no character since */
};
/* *point is CHARSET_NO_POINT for an escape. */
enum { CHARSET_NO_POINT = 0x110000 };
size_t charset_step_2022(
	struct charset_2022 *state, const unsigned char *p, size_t n, uint32_t *point);

#endif
