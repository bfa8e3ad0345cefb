/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revisions of the protocol that are served, oldest first.
 * REVISION_ROW(id, "name", modern, batches, structured): modern: stateless, each request carries
 * its own revision; batches: arrays of messages are accepted; structured: tools may have an output
 * schema and structured content.
 */
REVISION_ROW(2025_03_26, "2025-03-26", false, true,  false)
REVISION_ROW(2025_06_18, "2025-06-18", false, false, true)
REVISION_ROW(2025_11_25, "2025-11-25", false, false, true)
REVISION_ROW(2026_07_28, "2026-07-28", true,  false, true)
