#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints src/page/unicode_fold_table.h: which code points above ASCII are the same letter but for case (one for one)."""
import unicodedata


def fold(cp):
    """Simple case folding: Python has only the full one, which makes several letters of some."""
    for made in (chr(cp).casefold(), chr(cp).lower()):
        if len(made) == 1:
            return ord(made)
    return cp


def rows():
    row = None
    for cp in range(0x80, 0x110000):
        more = fold(cp) - cp
        if not more:
            continue
        if row and row[3] == more and cp - row[1] in ((1, 2) if row[0] == row[1] else (row[2],)):
            row = (row[0], cp, cp - row[1], more)
            continue
        if row:
            yield row
        row = (cp, cp, 1, more)
    yield row


print("/* SPDX-License-Identifier: Apache-2.0 */")
print(f"/* Made by script/gen/unicode_fold.py from Unicode {unicodedata.unidata_version}: ascending; first, last, the step between them, what is added. */")
print("/* clang-format off */")
made = [f"FOLD_ROW(0x{first:X}, 0x{last:X}, {step}, {more})" for first, last, step, more in rows()]
for at in range(0, len(made), 4):
    print(" ".join(made[at:at + 4]))
print("/* clang-format on */")
