/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a packed body: no more than the cap comes out, and memory follows the cap. The first
 * byte picks the packing and the cap. */
#include "base/check.h"
#include "base/mem.h"
#include "net/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum packing kinds[] = { PACKED_GZIP, PACKED_DEFLATE, PACKED_BR,
		PACKED_ZSTD };
	struct err e = { 0 };
	struct str out;
	if (!size)
		return 0;
	size_t max = (size_t)1 << (data[0] >> 2 & 31) % 22;
	struct str in = { (const char *)data + 1, size - 1 };
	if (body_decode(kinds[data[0] & 3], in, max, &out, &e)) {
		CHECK(out.n <= max && (out.p || !out.n));
		mem_free((void *)out.p);
	} else {
		CHECK(!out.p && e.code == ERR_FETCH && e.msg[0]);
	}
	return 0;
}
