/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdio.h>

static const struct cli_option options[] = {
	{ "markdown", NULL, "the table of settings as Markdown, as the README shows it" },
	{ NULL },
};

static int run(struct cli *cli, const char *const *values)
{
	struct buf b;
	buf_init(&b, 0);
	if (values[0])
		conf_print_table(&b);
	else
		conf_print(&cli->conf, &b);
	fwrite(b.p, 1, b.len, stdout);
	buf_release(&b);
	return 0;
}

const struct command cmd_config = {
	.name = "config",
	.about = "Print every setting with its value, where it came from and its meaning",
	.more = "The output has the form of a settings file. Secrets are shown as (set).\n",
	.options = options,
	.run = run,
};
