/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings from one table (conf_table.h). Precedence: flag, environment, file, default. An unknown
 * or bad setting is an error that names it and says what is accepted.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define CONF_C_TEXT const char *
#define CONF_C_SECRET const char *
#define CONF_C_INT int64_t
#define CONF_C_BYTES int64_t
#define CONF_C_MS int64_t
#define CONF_C_BOOL bool

/* Constant after conf_load; text lives as long as the arena given there. */
struct conf {
#define CONF_ROW(name, type, fallback, min, max, about) CONF_C_##type name;
#include "base/conf_table.h"
#undef CONF_ROW
	const char *file; /* the settings file that was read, or NULL */
	bool data_given; /* `data` is not the default */
};

/* flags: pairs "name=value" as the command line gave them (see conf_flag), NULL-ended.
 * file: the settings file; NULL: SCRAPED_CONFIG if set, else none. environ is read for SCRAPED_*. */
bool conf_load(struct conf *c, struct arena *a, const char *file, char **flags,
	char **environment, struct err *e);
/* Recognises --name VALUE and --name=VALUE in argv at *i; on a hit appends "name=value" to *flags
 * (arena) and moves *i past it. false without an error: not a setting. */
bool conf_flag(struct arena *a, int argc, char **argv, int *i, char ***flags, struct err *e);
/* Every setting with value, source and meaning, in the form of a settings file; secrets as "(set)". */
void conf_print(const struct conf *c, struct buf *b);
/* The settings as a Markdown table (the README's). */
void conf_print_table(struct buf *b);

#endif
