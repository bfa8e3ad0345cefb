/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from elsewhere (names of jobs, URLs, pages, what servers answer) on a person's terminal: what
 * would steer the terminal is shown as "?": the controls of ASCII and of Latin 1 (U+0080 to U+009F).
 */
#ifndef CLI_PUT_H
#define CLI_PUT_H

#include "base/str.h"

#include <stdio.h>

/* One line of it: line ends and tabs are controls too. */
void put_line(FILE *to, struct str text);
/* Line ends and tabs stay. */
void put_lines(FILE *to, struct str text);
/* A page: put_lines for a terminal, else every byte as it is. */
void put_page(FILE *to, struct str text);

#endif
