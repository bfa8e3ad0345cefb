/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed keys that the seeds of this folder were signed with (seeds.mjs made them). */
#ifndef TESTS_FUZZ_JOSE_COMMON_H
#define TESTS_FUZZ_JOSE_COMMON_H

#include "auth/jose/verify.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#define FUZZ_JWKS                                                                              \
	"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\","                         \
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                               \
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"                              \
	"{\"kty\":\"RSA\",\"kid\":\"rsa\",\"e\":\"AQAB\",\"n\":\"" FUZZ_RSA_N "\"}]}"
/* RFC 7515 appendix A.2 */
#define FUZZ_RSA_N                                                                             \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-"                    \
	"Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_"                              \
	"YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rex"                    \
	"MdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5"                    \
	"ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs9"                    \
	"1kzk2PAcDTW9gb54h4FRWyuXpoQ"

/* Once: the libraries, and a clock at which the seeds have not expired. */
static inline void fuzz_start(void)
{
	static bool started;
	if (started)
		return;
	started = true;
	mem_init();
	jose_start();
	clock_fake(1700000000000, 1000);
}

#endif
