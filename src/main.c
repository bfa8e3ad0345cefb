/* SPDX-License-Identifier: Apache-2.0 */
/* The roof: memory first, then the command that was asked for. */
#include "base/mem.h"
#include "cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	mem_init();
	setlocale(LC_CTYPE, "C.UTF-8"); /* for IDNA; numbers stay as in C */
	signal(SIGPIPE, SIG_IGN);
	return cli_main(argc, argv, environ);
}
