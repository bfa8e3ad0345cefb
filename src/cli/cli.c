/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop reads every command's line: what looks like an option is looked for in the command's
 * own table, then among the settings (conf_table.h), which every command takes as flags.
 */
#include "cli/cli.h"
#include "cli/put.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

enum { OPTIONS_MAX = 16 };

static const struct command *const commands[] = {
	&cmd_serve,
	&cmd_scrape,
	&cmd_convert,
	&cmd_mcp,
	&cmd_jobs_create,
	&cmd_jobs_list,
	&cmd_jobs_show,
	&cmd_jobs_results,
	&cmd_jobs_cancel,
	&cmd_jobs_watch,
	&cmd_key_create,
	&cmd_key_list,
	&cmd_key_revoke,
	&cmd_user_add,
	&cmd_user_passwd,
	&cmd_user_list,
	&cmd_user_disable,
	&cmd_user_enable,
	&cmd_user_role,
	&cmd_user_invite,
	&cmd_client_create,
	&cmd_client_list,
	&cmd_client_revoke,
	&cmd_signing_key_list,
	&cmd_signing_key_rotate,
	&cmd_token_inspect,
	&cmd_doctor,
	&cmd_config,
};

bool cli_told(const struct err *fault, struct err *e)
{
	*e = *fault;
	return fault->code == ERR_NONE;
}

const char *cli_time(int64_t ms, const char *never, char iso[ISO_SIZE])
{
	return ms ? iso_print(ms, iso) : never;
}

struct str cli_base_url(const char *url)
{
	struct str base = str_of(url);
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	return base;
}

int cli_fail(int code, const char *format, ...)
{
	char text[8192];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fputs("scraped: ", stderr);
	put_lines(stderr, str_of(text));
	fputc('\n', stderr);
	return code;
}

static void print_usage(FILE *to)
{
	fprintf(to,
		"scraped %s: web pages as clean Markdown, for agents and programs\n\n"
		"usage: scraped COMMAND [OPTION...] [ARGUMENT...]\n\ncommands:\n",
		SCRAPED_VERSION);
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		fprintf(to, "  %-12s %s\n", commands[i]->name, commands[i]->about);
	fputs("\n`scraped COMMAND --help` tells a command's options; `scraped --version` the "
	      "version.\n"
	      "Every setting is also a flag (--listen), a variable (SCRAPED_LISTEN) and a line "
	      "of a\n"
	      "settings file (SCRAPED_CONFIG names it); `scraped config` lists them all.\n",
		to);
}

static void print_help(const struct command *c)
{
	printf("usage: scraped %s [OPTION...]%s%s\n\n%s.\n", c->name, c->arguments ? " " : "",
		c->arguments ? c->arguments : "", c->about);
	if (c->more)
		printf("\n%s", c->more);
	if (c->options && c->options->name)
		puts("\noptions:");
	for (const struct cli_option *o = c->options; o && o->name; o++)
		printf("  --%s%s%s\n        %s\n", o->name, o->value ? " " : "",
			o->value ? o->value : "", o->about);
	puts("\nSettings may be given as flags too, such as --log-level debug; see `scraped "
	     "config`.");
}

/* The command that argv[1] (and argv[2]) name; *words tells how many of them it took. */
static const struct command *find(int argc, char **argv, int *words)
{
	char two[64] = "";
	if (argc > 2)
		snprintf(two, sizeof two, "%s %s", argv[1], argv[2]);
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		*words = strcmp(commands[i]->name, two) == 0 ? 2 : 1;
		if (*words == 2 || strcmp(commands[i]->name, argv[1]) == 0)
			return commands[i];
	}
	return NULL;
}

/* An option of the command's own at argv[*i]. 1: taken, 0: none of ours, -1: its value is missing. */
static int take_option(struct cli *cli, int argc, char **argv, int *i, const char **values)
{
	const struct command *c = cli->command;
	struct str name, value = str_of(argv[*i] + 2);
	str_cut(&value, '=', &name);
	for (int k = 0; c->options && c->options[k].name; k++) {
		const struct cli_option *o = &c->options[k];
		if (!str_eq(name, str_of(o->name)))
			continue;
		const char *before = o->many ? values[k] : NULL;
		if (!o->value) {
			if (value.p)
				return -1;
			values[k] = "on";
		} else if (value.p) {
			values[k] = value.p; /* the tail of an argument: ended by NUL */
		} else if (*i + 1 < argc) {
			values[k] = argv[++*i];
		} else {
			return -1;
		}
		if (before)
			values[k] = arena_printf(cli->arena, "%s\n%s", before, values[k]);
		++*i;
		return 1;
	}
	return 0;
}

static int usage_error(const struct command *c, const char *what, const char *which)
{
	return cli_fail(EXIT_USAGE, "%s%s%s; see `scraped %s --help`", what, *which ? " " : "",
		which, c->name);
}

/* Splits the line into options, settings and arguments. 0, or the exit code. */
static int read_line(
	struct cli *cli, int argc, char **argv, int i, const char **values, char ***flags)
{
	struct err e = { 0 };
	bool only_arguments = false;
	cli->args = ARENA_ARRAY(cli->arena, char *, (size_t)argc + 1);
	while (i < argc) {
		bool option = !only_arguments && strncmp(argv[i], "--", 2) == 0;
		int taken = option && argv[i][2] ? take_option(cli, argc, argv, &i, values) : 0;
		if (taken > 0)
			continue;
		if (taken < 0)
			return usage_error(cli->command, "wrong use of option", argv[i]);
		if (option && !argv[i][2]) {
			only_arguments = true;
			i++;
		} else if (option) {
			if (conf_flag(cli->arena, argc, argv, &i, flags, &e))
				continue;
			return e.code ? usage_error(cli->command, e.msg, "")
				      : usage_error(cli->command, "unknown option", argv[i]);
		} else {
			cli->args[cli->n_args++] = argv[i++];
		}
	}
	if (cli->n_args < cli->command->min_args)
		return usage_error(cli->command, "missing argument:", cli->command->arguments);
	if (cli->n_args > cli->command->max_args)
		return usage_error(cli->command,
			"one argument too many:", cli->args[cli->command->max_args]);
	return 0;
}

static int run_command(struct cli *cli, int argc, char **argv, int first, char **environment)
{
	const char *values[OPTIONS_MAX] = { 0 };
	char **flags = NULL;
	struct err e;
	int code = read_line(cli, argc, argv, first, values, &flags);
	if (code)
		return code;
	if (!conf_load(&cli->conf, cli->arena, NULL, flags, environment, &e))
		return cli_fail(EXIT_USAGE, "%s", e.msg);
	static const char *const levels[] = { "debug", "info", "warn", "error", "off" };
	for (size_t i = 0; i < COUNT_OF(levels); i++)
		if (strcmp(cli->conf.log_level, levels[i]) == 0) {
			log_level((enum log_level)i);
			return cli->command->run(cli, values);
		}
	return cli_fail(EXIT_USAGE,
		"setting log_level: \"%s\" is not debug, info, warn, error or off",
		cli->conf.log_level);
}

static bool asks_for_help(int argc, char **argv, int first)
{
	for (int i = first; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

int cli_main(int argc, char **argv, char **environment)
{
	int words = 1;
	if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
		puts("scraped " SCRAPED_VERSION);
		return 0;
	}
	bool help = argc > 1 && strcmp(argv[1], "help") == 0;
	if (help) {
		argc--;
		argv++;
	}
	if (argc < 2 || argv[1][0] == '-') {
		bool asked = help || (argc > 1 && asks_for_help(argc, argv, 1));
		print_usage(asked ? stdout : stderr);
		return asked ? 0 : EXIT_USAGE;
	}
	struct cli cli = { .command = find(argc, argv, &words) };
	if (!cli.command)
		return cli_fail(EXIT_USAGE,
			"there is no command \"%.60s\"; see `scraped --help`", argv[1]);
	if (help || asks_for_help(argc, argv, words + 1)) {
		print_help(cli.command);
		return 0;
	}
	cli.arena = arena_new(0);
	int code = run_command(&cli, argc, argv, words + 1, environment);
	arena_free(&cli.arena);
	return code;
}
