/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells a page that kills the process from a process that is killed while it reads a page. A signal
 * that the process raises itself (a bad access, an abort, a stack that is full) leaves a mark in the
 * place of the thread that raised it; kill(2) from outside and the kernel's SIGKILL leave none.
 */
#ifndef SCRAPE_DYING_H
#define SCRAPE_DYING_H

/* A place's last byte: not 0 when the process died by itself while the text before it stood there. */
enum { SUSPECT_BYTES = 64, SUSPECT_PLACES = 64, SUSPECT_DIED = SUSPECT_BYTES - 1 };

/* This thread's place from now on, and a stack for the handler (freed by dying_forget). The first
 * call sets the handlers of the process; those that a sanitizer has set stay. */
void dying_place(char *place);
void dying_forget(void); /* before the thread ends */

#endif
