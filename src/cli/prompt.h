/* SPDX-License-Identifier: Apache-2.0 */
/* A password from the person at the terminal, or from a pipe or file. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "base/err.h"
#include "base/str.h"

/* More than a password may have, so that what is too long is seen to be. */
enum { PROMPT_SIZE = 512 };
struct prompt {
	char text[PROMPT_SIZE];
	struct str line; /* what was typed, within text */
};
/* Asks twice on the terminal, without showing what is typed; from_stdin: takes the first line of
 * standard input as it is. Wipe it with prompt_wipe. */
bool prompt_password(struct prompt *p, bool from_stdin, struct err *e);
/* The first line of an open file. */
bool prompt_line(struct prompt *p, int fd, struct err *e);
void prompt_wipe(struct prompt *p);

#endif
