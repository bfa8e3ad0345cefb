/* SPDX-License-Identifier: Apache-2.0 */
/* The command: what is looked at, in which order, and how it is told. */
#include "cli/doctor.h"
#include "base/check.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { URL };
static const struct cli_option options[] = {
	[URL] = { "url", "URL",
		"where clients come to, such as https://scrape.example (default: public_url, "
		"else listen)" },
	{ NULL },
};

void doctor_say(struct doctor *d, enum verdict v, const char *what, const char *format, ...)
{
	static const char *const words[] = { "ok   ", "warn ", "FAIL " };
	va_list args;
	d->failed += v == VERDICT_FAIL;
	d->warned += v == VERDICT_WARN;
	printf("%s %s: ", words[v], what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void doctor_mend(const char *format, ...)
{
	va_list args;
	printf("      -> ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* https://host:port without /mcp and the slash at its end; NULL: it is no URL. */
static const char *base_of(const char *text, struct arena *a)
{
	struct url u;
	struct err e;
	if (!url_parse(str_of(text), true, a, &u, &e))
		return NULL;
	struct str base = { u.text, (size_t)(u.path.p - u.text) };
	if (!str_eq(u.path, STR("/")) && !str_eq(u.path, STR("/mcp")) &&
		!str_eq(u.path, STR("/mcp/")))
		return NULL;
	return arena_text(a, base);
}

static const char *url_of(const struct conf *c, const char *given, struct arena *a)
{
	struct str listen = str_of(c->listen);
	if (given || *c->public_url)
		return base_of(given ? given : c->public_url, a);
	if (str_starts(listen, STR("0.0.0.0:")))
		listen = str_of(arena_printf(a, "127.0.0.1%s", c->listen + 7));
	else if (str_starts(listen, STR("[::]:")))
		listen = str_of(arena_printf(a, "[::1]%s", c->listen + 4));
	return base_of(
		arena_printf(a, "http%s://%.*s", *c->tls_cert ? "s" : "", STR_ARG(listen)), a);
}

static void look(struct doctor *d)
{
	struct err e;
	doctor_settings(d);
	d->fetcher = fetcher_start(d->conf, &e);
	if (!d->fetcher) {
		doctor_say(d, VERDICT_FAIL, "settings", "%s", e.msg);
		return;
	}
	d->desks = desks_start(2, 4, NULL, NULL, NULL);
	if (doctor_wire(d))
		doctor_flow(d);
	fetcher_close(d->fetcher);
	desks_stop(&d->desks);
}

static int run(struct cli *cli, const char *const *values)
{
	struct doctor d = { .conf = &cli->conf, .url_given = values[URL] != NULL };
	if (strcmp(cli->conf.log_level, "info") == 0)
		log_level(LOG_ERROR); /* standard error is the person's here */
	d.arena = arena_new((size_t)256 << 20);
	d.url = url_of(d.conf, values[URL], d.arena);
	if (!d.url) {
		arena_free(&d.arena);
		return cli_fail(EXIT_USAGE, "%s is not a URL with http or https, host and port",
			values[URL] ? "--url" : "public_url");
	}
	look(&d);
	arena_free(&d.arena); /* transfers end with it */
	fetcher_stop(&d.fetcher);
	store_close(&d.store);
	printf("\n%d to mend, %d to look at\n", d.failed, d.warned);
	return d.failed ? EXIT_FAILED : 0;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.about = "Look at the settings and at the server as a client would, and say what to "
		 "mend",
	.more = "Run it with the server's settings, as its user, while it runs. It signs in "
		"once "
		"with a user\nand a client of its own, which it removes again. Status 1: "
		"something is to be mended.\n",
	.options = options,
	.run = run,
};
