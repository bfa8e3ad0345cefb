/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a DPoP proof: never good twice, and never for another place than the request's. */
#include "fuzz/jose/common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *jkt, *why;
	fuzz_start();
	struct arena *a = arena_new(0);
	struct dpop_seen *seen = dpop_seen_new();
	struct dpop_proof p = { { (const char *)data, size }, "POST", "https://rs.example/mcp",
		seen };
	bool good = dpop_check(&p, a, &jkt, &why);
	CHECK(good == (jkt != NULL));
	if (good) {
		CHECK(strlen(jkt) == 43);
		CHECK(!dpop_check(&p, a, &jkt, &why));
		CHECK(strcmp(why, "the proof was used before") == 0);
		p.method = "GET";
		CHECK(!dpop_check(&p, a, &jkt, &why));
	}
	dpop_seen_free(&seen);
	arena_free(&a);
	return 0;
}
