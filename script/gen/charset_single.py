#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints src/page/charset_single_table.h: the upper halves of the single-byte encodings of the WHATWG Encoding Standard.

Python's codecs know most of it; OVERRIDES and the C1 rule below are where the standard differs from them.
"""

ENCODINGS = [  # name in the standard, Python's codec, undefined 80-9F become C1 controls
    ("IBM866", "cp866", False), ("ISO_8859_2", "iso8859_2", False), ("ISO_8859_3", "iso8859_3", False),
    ("ISO_8859_4", "iso8859_4", False), ("ISO_8859_5", "iso8859_5", False), ("ISO_8859_6", "iso8859_6", False),
    ("ISO_8859_7", "iso8859_7", False), ("ISO_8859_8", "iso8859_8", False), ("ISO_8859_10", "iso8859_10", False),
    ("ISO_8859_13", "iso8859_13", False), ("ISO_8859_14", "iso8859_14", False), ("ISO_8859_15", "iso8859_15", False),
    ("ISO_8859_16", "iso8859_16", False), ("KOI8_R", "koi8_r", False), ("KOI8_U", "koi8_u", False),
    ("MACINTOSH", "mac_roman", False), ("WINDOWS_874", "cp874", True), ("WINDOWS_1250", "cp1250", True),
    ("WINDOWS_1251", "cp1251", True), ("WINDOWS_1252", "cp1252", True), ("WINDOWS_1253", "cp1253", True),
    ("WINDOWS_1254", "cp1254", True), ("WINDOWS_1255", "cp1255", True), ("WINDOWS_1256", "cp1256", True),
    ("WINDOWS_1257", "cp1257", True), ("WINDOWS_1258", "cp1258", True), ("X_MAC_CYRILLIC", "mac_cyrillic", False),
]
OVERRIDES = {
    ("KOI8_U", 0xAE): 0x045E, ("KOI8_U", 0xBE): 0x040E,
    ("WINDOWS_1255", 0xCA): 0x05BA,
    ("X_MAC_CYRILLIC", 0xA2): 0x0490, ("X_MAC_CYRILLIC", 0xB6): 0x0491, ("X_MAC_CYRILLIC", 0xFF): 0x20AC,
}


def point(name, codec, c1, byte):
    if (name, byte) in OVERRIDES:
        return OVERRIDES[name, byte]
    try:
        return ord(bytes([byte]).decode(codec))
    except UnicodeDecodeError:
        return byte if c1 and byte < 0xA0 else 0xFFFD


print("/* SPDX-License-Identifier: Apache-2.0 */")
print("/* Made by script/gen/charset_single.py: code points of the bytes 80 to FF (FFFD: undefined). */")
for name, codec, c1 in ENCODINGS:
    print(f"SINGLE_ROW({name},")
    points = [point(name, codec, c1, byte) for byte in range(0x80, 0x100)]
    for at in range(0, 128, 12):
        row = ", ".join(f"0x{p:04X}" for p in points[at:at + 12])
        print(f"\t{row}" + (")" if at + 12 >= 128 else ","))
