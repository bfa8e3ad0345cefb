#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/page/entity_gen.c: the named character references of the HTML standard (13.5).

The names come from Python's html.entities.html5, which is the standard's own list. Each name stands
once, without its semicolon; `legacy` says that it also counts without one.
Slots are an open-addressed hash (FNV-1a of the name) of numbers into the rows, 0 being empty.
"""
import html.entities
import os

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "page", "entity_gen.c")
table = html.entities.html5
names = sorted(n[:-1] for n in table if n.endswith(";"))
assert all(n.rstrip(";") in names for n in table)
assert all(n.isalnum() and n.isascii() for n in names)

BITS = 13
slots = [0] * (1 << BITS)


def fnv(name):
    h = 0x811C9DC5
    for b in name.encode():
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return h


out = ["/* SPDX-License-Identifier: Apache-2.0 */",
       "/* Written by script/gen/entities.py from the standard's list of named character references: do not edit. */",
       '#include "page/entity.h"', "", "/* clang-format off */",
       "const struct entity_row entity_rows[] = {", '\t{ "", "", 0, 0, false },']
probes = 0
for i, name in enumerate(names, 1):
    text = table[name + ";"].encode()
    legacy = "true" if name in table else "false"
    c = "".join(f"\\x{b:02x}" for b in text)
    out.append(f'\t{{ "{name}", "{c}", {len(name)}, {len(text)}, {legacy} }},')
    h = fnv(name)
    at = (h ^ (h >> 16)) & ((1 << BITS) - 1)
    n = 1
    while slots[at]:
        at = (at + 1) & ((1 << BITS) - 1)
        n += 1
    probes = max(probes, n)
    slots[at] = i
out.append("};")
out.append(f"const uint16_t entity_slots[{1 << BITS}] = {{")
for i in range(0, len(slots), 16):
    out.append("\t" + " ".join(f"{s}," for s in slots[i:i + 16]))
out.append("};")
open(path, "w").write("\n".join(out) + "\n")
print(len(names), "names, longest", max(map(len, names)), "legacy longest",
      max(len(n) for n in table if not n.endswith(";")), "most probes", probes,
      "longest text", max(len(table[n].encode()) for n in table))
