/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that are not public: the special-purpose registries of IANA (RFC 6890 and its heirs),
 * and addresses that look public and are not. RANGE4(a, b, c, d, bits, why): not allowed.
 * RANGE6(w0 .. w3 (16 bits each), bits, why): not allowed although within 2000::/3, the only part
 * of IPv6 that is allowed at all. An X-macro table: define what is wanted, then include.
 */
#ifndef RANGE4
#define RANGE4(a, b, c, d, bits, why)
#endif
#ifndef RANGE6
#define RANGE6(w0, w1, w2, w3, bits, why)
#endif
RANGE4(0,   0,   0,   0,  8,  "this network (RFC 791)")
RANGE4(10,  0,   0,   0,  8,  "private (RFC 1918)")
RANGE4(100, 64,  0,   0,  10, "shared by carriers (RFC 6598)")
RANGE4(127, 0,   0,   0,  8,  "loopback (RFC 1122)")
RANGE4(168, 63,  129, 16, 32, "the wire server of Azure's hosts")
RANGE4(169, 254, 0,   0,  16, "link-local (RFC 3927), metadata of clouds")
RANGE4(172, 16,  0,   0,  12, "private (RFC 1918)")
RANGE4(192, 0,   0,   0,  24, "protocol assignments (RFC 6890)")
RANGE4(192, 0,   2,   0,  24, "documentation (RFC 5737)")
RANGE4(192, 88,  99,  0,  24, "6to4 relays (RFC 7526)")
RANGE4(192, 168, 0,   0,  16, "private (RFC 1918)")
RANGE4(198, 18,  0,   0,  15, "benchmarks (RFC 2544)")
RANGE4(198, 51,  100, 0,  24, "documentation (RFC 5737)")
RANGE4(203, 0,   113, 0,  24, "documentation (RFC 5737)")
RANGE4(224, 0,   0,   0,  3,  "multicast, reserved and broadcast (RFC 1112)")
RANGE6(0x2001, 0,      0, 0, 32, "Teredo (RFC 4380)")
RANGE6(0x2001, 0x0002, 0, 0, 48, "benchmarks (RFC 5180)")
RANGE6(0x2001, 0x0010, 0, 0, 28, "ORCHID (RFC 4843)")
RANGE6(0x2001, 0x0020, 0, 0, 28, "ORCHIDv2 (RFC 7343)")
RANGE6(0x2001, 0x0db8, 0, 0, 32, "documentation (RFC 3849)")
RANGE6(0x2002, 0,      0, 0, 16, "6to4 (RFC 3056)")
RANGE6(0x3fff, 0,      0, 0, 20, "documentation (RFC 9637)")
#undef RANGE4
#undef RANGE6
