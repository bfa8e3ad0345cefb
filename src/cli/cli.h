/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one table of commands. Answers go to stdout, errors to stderr.
 * Exit codes: 0 done; 1 the work failed (a page could not be had, a key is unknown); 2 the command
 * line or a setting is wrong; 3 the server could not start. Jobs that were watched have more
 * (cli/jobs.h).
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_START = 3 };

/* What a command has to work with. */
struct cli {
	struct arena *arena; /* of the whole run */
	struct conf conf;
	const struct command *command;
	char **args; /* what is left after settings and options, NULL-ended */
	int n_args;
};
struct cli_option {
	const char *name; /* "format": --format VALUE or --format=VALUE */
	const char *value; /* what the help calls the value; NULL: a switch */
	const char *about;
	bool many; /* may be given again: the values, with line feeds between */
};
struct command {
	const char *name; /* "key create": up to two words */
	const char *arguments; /* "URL" in the help's usage line; NULL: none */
	const char *about, *more; /* one line; further lines of the help, may be NULL */
	int min_args, max_args;
	const struct cli_option *options; /* NULL name ends */
	int (*run)(struct cli *cli,
		const char *const *values); /* an option's value, by its place in options */
};

int cli_main(int argc, char **argv, char **environment);
/* What a command of the store refused, moved into *e. false: it did refuse. */
bool cli_told(const struct err *fault, struct err *e);
/* A time for a table; 0: `never`. */
const char *cli_time(int64_t ms, const char *never, char iso[ISO_SIZE]);
/* A setting's or address's URL without a slash at its end, so that a path can follow. */
struct str cli_base_url(const char *url);
/* "scraped: message" on stderr; returns code. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

extern const struct command cmd_serve, cmd_scrape, cmd_convert, cmd_key_create, cmd_key_list,
	cmd_key_revoke, cmd_mcp, cmd_doctor, cmd_config;
extern const struct command cmd_user_add, cmd_user_passwd, cmd_user_list, cmd_user_disable,
	cmd_user_enable, cmd_user_role, cmd_user_invite;
extern const struct command cmd_client_create, cmd_client_list, cmd_client_revoke,
	cmd_signing_key_list, cmd_signing_key_rotate, cmd_token_inspect;
extern const struct command cmd_jobs_create, cmd_jobs_list, cmd_jobs_show, cmd_jobs_results,
	cmd_jobs_cancel, cmd_jobs_watch;

#endif
