/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of each file, brought up to what this program knows. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/db.h"

enum schema_file { SCHEMA_MAIN, SCHEMA_CACHE };

/* Takes the missing steps in one transaction. ERR_INVALID_REQUEST when a newer program has already
 * changed the file: it is left as it is. */
bool schema_upgrade(struct db *d, enum schema_file file, struct err *e);

#endif
