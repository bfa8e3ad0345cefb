#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints src/page/unicode_table.h: the ranges of code points above ASCII that CommonMark's flanking rules ask about."""
import unicodedata


def ranges(test):
    first = last = None
    for cp in range(0x80, 0x110000):
        if test(unicodedata.category(chr(cp))):
            if last is not None and cp == last + 1:
                last = cp
                continue
            if first is not None:
                yield first, last
            first = last = cp
    yield first, last


def table(macro, test):
    rows = [f"{macro}(0x{a:X}, 0x{b:X})" for a, b in ranges(test)]
    for at in range(0, len(rows), 4):
        print(" ".join(rows[at:at + 4]))


print("/* SPDX-License-Identifier: Apache-2.0 */")
print(f"/* Made by script/gen/unicode_class.py from Unicode {unicodedata.unidata_version}: ascending, inclusive. */")
print("/* clang-format off */")
print("#ifdef PUNCT_ROW /* categories P* */")
table("PUNCT_ROW", lambda c: c[0] == "P")
print("#endif\n#ifdef SYMBOL_ROW /* categories S* */")
table("SYMBOL_ROW", lambda c: c[0] == "S")
print("#endif\n/* clang-format on */")
