#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/page/name_gen.c: perfect hashes of the names in tag_table.h and attr_table.h, and of the small-letter
forms of the attribute names with capitals.

A name of at most 16 bytes is two little-endian words, k0 and k1. Two odd numbers are searched so that
(k0 * M0 ^ k1 * M1) >> SHIFT is different for every name; the slot holds the id, the id's row the words.
Run it again whenever a table has changed:  script/gen/names.py
"""
import os
import random
import re

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "page")


def rows(path, macro, kinds="ROW|CASED"):
    """The table's names in their order, numbered from 1."""
    found = re.findall(r"^(" + macro + r"_(?:" + kinds + r"))\(\w+,\s*\"([^\"]+)\"",
                       open(os.path.join(root, path)).read(), re.M)
    return [(i, name.encode(), kind) for i, (kind, name) in enumerate(found, 1)]


def plain(path, macro):
    return [(i, name) for i, name, kind in rows(path, macro) if kind.endswith("_ROW")]


def cased(path, macro):
    """Names with capitals by their small letters, numbered from 1; those too long for a key get none."""
    return [(i, name.lower() if len(name) <= 16 else None) for i, name, _ in rows(path, macro, "CASED")]


def words(name):
    assert len(name) <= 16, name
    padded = name.ljust(16, b"\0")
    return int.from_bytes(padded[:8], "little"), int.from_bytes(padded[8:], "little")


def search(names, bits):
    keys = [words(n) for _, n in names if n]
    rnd = random.Random(1)
    while True:
        m0, m1 = rnd.getrandbits(64) | 1, rnd.getrandbits(64) | 1
        seen = set()
        for k0, k1 in keys:
            h = (((k0 * m0) ^ (k1 * m1)) & (2**64 - 1)) >> (64 - bits)
            if h in seen:
                break
            seen.add(h)
        else:
            return m0, m1


def table(out, what, names, bits):
    m0, m1 = search(names, bits)
    slots = [0] * (1 << bits)
    for ident, name in names:
        if not name:
            continue
        k0, k1 = words(name)
        slots[(((k0 * m0) ^ (k1 * m1)) & (2**64 - 1)) >> (64 - bits)] = ident
    out.append(f"static const struct name_key {what}_keys[] = {{")
    last = 0
    for ident, name in names:
        assert ident == last + 1
        last = ident
    out.append("\t{ 0, 0 },")
    for ident, name in names:
        if not name:
            out.append("\t{ 0, 0 },")
            continue
        k0, k1 = words(name)
        out.append(f"\t{{ 0x{k0:016x}, 0x{k1:016x} }}, /* {name.decode()} */")
    out.append("};")
    out.append(f"static const uint16_t {what}_slots[{1 << bits}] = {{")
    for i in range(0, len(slots), 16):
        out.append("\t" + " ".join(f"{s}," for s in slots[i:i + 16]))
    out.append("};")
    out.append(f"const struct name_table {what}_names = {{ 0x{m0:016x}, 0x{m1:016x}, "
               f"{64 - bits}, {what}_slots, {what}_keys }};")
    out.append("")


out = ["/* SPDX-License-Identifier: Apache-2.0 */",
       "/* Written by script/gen/names.py from tag_table.h and attr_table.h: do not edit. */",
       '#include "page/name.h"', "", "/* clang-format off */"]
table(out, "tag", plain("tag_table.h", "TAG"), 11)
table(out, "attr", plain("attr_table.h", "ATTR"), 10)
table(out, "cased_attr", cased("attr_table.h", "ATTR"), 9)
open(os.path.join(root, "name_gen.c"), "w").write("\n".join(out[:-1]) + "\n")
