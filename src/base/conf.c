/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each source is read into one array of raw texts, weakest first, so a stronger one simply writes
 * over it; values are checked once at the end, when it is known where each came from.
 */
#include "base/conf.h"
#include "base/check.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

enum type { TEXT, SECRET, INT, BYTES, MS, BOOL };
enum source { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG };
static const char *const source_words[] = { "default", "file", "environment", "flag" };

struct row {
	const char *name;
	enum type type;
	const char *fallback;
	int64_t min, max;
	const char *about;
	size_t at;
};
static const struct row rows[] = {
#define CONF_ROW(name, type, fallback, min, max, about)                                        \
	{ #name, type, fallback, min, max, about, offsetof(struct conf, name) },
#include "base/conf_table.h"
#undef CONF_ROW
};
enum { ROWS = sizeof rows / sizeof rows[0], FILE_MAX = 1 << 20 };

struct raw {
	const char *value[ROWS];
	enum source source[ROWS];
};
_Static_assert(ROWS < 128, "conf_print remembers sources in a byte each");

/* The sources of the one configuration a process loads, for conf_print; written by conf_load. */
static unsigned char sources[ROWS];

/* Dashes of a flag and capitals of the environment count as the table's letters. */
static int find(struct str name)
{
	for (int i = 0; i < ROWS; i++) {
		size_t n = strlen(rows[i].name);
		bool same = n == name.n;
		for (size_t k = 0; same && k < n; k++) {
			char c = name.p[k] == '-' ? '_' : str_lower(name.p[k]);
			same = c == rows[i].name[k];
		}
		if (same)
			return i;
	}
	return -1;
}

static bool set(struct raw *raw, struct arena *a, struct str name, struct str value,
	enum source from, struct err *e)
{
	int i = find(name);
	if (i < 0)
		return err_set(e, ERR_INVALID_REQUEST,
			"unknown setting \"%.*s\" (%s); `scraped config` lists all",
			STR_ARG(name), source_words[from]);
	raw->value[i] = arena_text(a, value);
	raw->source[i] = from;
	return true;
}

static bool read_file(struct raw *raw, struct arena *a, const char *path, struct err *e)
{
	FILE *f = fopen(path, "r");
	if (!f)
		return err_set(e, ERR_INVALID_REQUEST, "settings file %s cannot be read: %s",
			path, strerror(errno));
	struct stat st;
	if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		fclose(f);
		return err_set(e, ERR_INVALID_REQUEST,
			"settings file %s is no ordinary file of at most 1 MiB", path);
	}
	char *text = arena_raw(a, (size_t)st.st_size + 1);
	struct str rest = { text, fread(text, 1, (size_t)st.st_size, f) }, line;
	fclose(f);
	for (int number = 1; str_cut(&rest, '\n', &line); number++) {
		struct str name, value = str_trim(line);
		if (!value.n || value.p[0] == '#')
			continue;
		str_cut(&value, '=', &name);
		if (!value.p)
			return err_set(e, ERR_INVALID_REQUEST,
				"%s:%d: not of the form `name = value`", path, number);
		if (!set(raw, a, str_trim(name), str_trim(value), FROM_FILE, e))
			return false;
	}
	return true;
}

/* SCRAPED_CONFIG names the file, _URL and _API_KEY are what clients use, _KEY is for `scraped jobs`; the
 * rest is the tests'. */
static const char *const no_settings[] = { "CONFIG", "URL", "API_KEY", "KEY", "BIN", "CORPUS",
	"DRIVERS", "RELEASE", "FUZZ_SECONDS" };

static bool is_no_setting(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(no_settings); i++)
		if (str_eq(name, str_of(no_settings[i])))
			return true;
	return false;
}

static bool read_environment(
	struct raw *raw, struct arena *a, char **environment, struct err *e)
{
	for (; environment && *environment; environment++) {
		struct str name, value = str_of(*environment);
		if (!str_starts(value, STR("SCRAPED_")))
			continue;
		str_cut(&value, '=', &name);
		name = (struct str) { name.p + 8, name.n - 8 };
		if (!is_no_setting(name) &&
			!set(raw, a, name, value.p ? value : STR(""), FROM_ENVIRONMENT, e))
			return false;
	}
	return true;
}

static bool number_with_unit(struct str s, enum type type, int64_t *out)
{
	static const struct {
		enum type type;
		const char *unit;
		int64_t factor;
	} units[] = { { BYTES, "K", 1 << 10 }, { BYTES, "M", 1 << 20 }, { BYTES, "G", 1 << 30 },
		{ MS, "ms", 1 }, { MS, "s", 1000 }, { MS, "m", 60000 }, { MS, "h", 3600000 } };
	int64_t factor = 1;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		struct str unit = str_of(units[i].unit);
		bool digit_before = s.n > unit.n && s.p[s.n - unit.n - 1] >= '0' &&
				    s.p[s.n - unit.n - 1] <= '9';
		if (units[i].type == type && digit_before && str_ends(s, unit)) {
			factor = units[i].factor;
			s.n -= unit.n;
			break;
		}
	}
	return str_to_int(s, out) && !__builtin_mul_overflow(*out, factor, out);
}

static const char *accepted(const struct row *r, struct arena *a)
{
	static const char *const units[] = { [INT] = "",
		[BYTES] = " (K, M, G may follow)",
		[MS] = " milliseconds (or 5s, 2m, 1h)" };
	return arena_printf(a, "a whole number from %lld to %lld%s%s", (long long)r->min,
		(long long)r->max, units[r->type], r->min == 0 ? ", or off" : "");
}

static bool check_bool(const char *text, bool *out)
{
	static const char *const words[2][4] = { { "off", "no", "false", "0" },
		{ "on", "yes", "true", "1" } };
	for (int i = 0; i < 8; i++)
		if (str_ieq(str_of(text), str_of(words[i / 4][i % 4]))) {
			*out = i >= 4;
			return true;
		}
	return false;
}

static bool check(struct conf *c, struct arena *a, const struct row *r, const char *text,
	enum source from, struct err *e)
{
	void *at = (char *)c + r->at;
	int64_t number;
	if (r->type == TEXT || r->type == SECRET) {
		*(const char **)at = text;
		return true;
	}
	if (r->type == BOOL) {
		if (check_bool(text, at))
			return true;
		return err_set(e, ERR_INVALID_REQUEST,
			"setting %s (%s): \"%s\" is not on or off", r->name, source_words[from],
			text);
	}
	if (r->min == 0 && str_ieq(str_of(text), STR("off")))
		number = 0;
	else if (!number_with_unit(str_of(text), r->type, &number) || number < r->min ||
		 number > r->max)
		return err_set(e, ERR_INVALID_REQUEST, "setting %s (%s): \"%s\" is not %s",
			r->name, source_words[from], text, accepted(r, a));
	*(int64_t *)at = number;
	return true;
}

bool conf_load(struct conf *c, struct arena *a, const char *file, char **flags,
	char **environment, struct err *e)
{
	struct raw raw = { 0 };
	*c = (struct conf) { 0 };
	for (int i = 0; i < ROWS; i++)
		raw.value[i] = rows[i].fallback;
	for (char **v = environment; !file && v && *v; v++)
		if (str_starts(str_of(*v), STR("SCRAPED_CONFIG=")))
			file = *v + strlen("SCRAPED_CONFIG=");
	if (file && *file && !read_file(&raw, a, file, e))
		return false;
	if (!read_environment(&raw, a, environment, e))
		return false;
	for (; flags && *flags; flags++) {
		struct str name, value = str_of(*flags);
		str_cut(&value, '=', &name);
		if (!set(&raw, a, name, value.p ? value : STR(""), FROM_FLAG, e))
			return false;
	}
	c->data_given = raw.source[find(STR("data"))] != FROM_DEFAULT;
	c->file = file && *file ? arena_text(a, str_of(file)) : NULL;
	for (int i = 0; i < ROWS; i++) {
		sources[i] = (unsigned char)raw.source[i];
		if (!check(c, a, &rows[i], raw.value[i], raw.source[i], e))
			return false;
	}
	return true;
}

bool conf_flag(struct arena *a, int argc, char **argv, int *i, char ***flags, struct err *e)
{
	struct str name, value = str_of(argv[*i]);
	if (!str_starts(value, STR("--")))
		return false;
	value = (struct str) { value.p + 2, value.n - 2 };
	str_cut(&value, '=', &name);
	int row = find(name);
	if (row < 0)
		return false;
	if (!value.p) {
		if (*i + 1 >= argc)
			return err_set(
				e, ERR_INVALID_REQUEST, "--%.*s needs a value", STR_ARG(name));
		value = str_of(argv[++*i]);
	}
	++*i;
	size_t n = 0;
	while (*flags && (*flags)[n])
		n++;
	char **more = ARENA_ARRAY(a, char *, n + 2);
	if (n)
		memcpy(more, *flags, n * sizeof *more);
	more[n] = arena_printf(a, "%s=%.*s", rows[row].name, STR_ARG(value));
	*flags = more;
	return true;
}

static void print_value(const struct row *r, const void *at, struct buf *b)
{
	switch (r->type) {
	case TEXT:
		buf_text(b, *(const char *const *)at);
		break;
	case SECRET:
		buf_text(b, **(const char *const *)at ? "(set)" : "");
		break;
	case BOOL:
		buf_text(b, *(const bool *)at ? "on" : "off");
		break;
	case INT:
	case BYTES:
	case MS:
		buf_addf(b, "%lld", (long long)*(const int64_t *)at);
		break;
	}
}

void conf_print(const struct conf *c, struct buf *b)
{
	for (int i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		buf_addf(b, "%s# %s\n# from: %s", i ? "\n" : "", r->about,
			source_words[sources[i]]);
		if (r->max > 1)
			buf_addf(b, "; accepted: %lld to %lld", (long long)r->min,
				(long long)r->max);
		buf_addf(b, "\n%s = ", r->name);
		print_value(r, (const char *)c + r->at, b);
		buf_char(b, '\n');
	}
}

void conf_print_table(struct buf *b)
{
	buf_text(b, "| setting | default | meaning |\n| --- | --- | --- |\n");
	for (int i = 0; i < ROWS; i++)
		buf_addf(b, "| `%s` | %s%s%s | %s |\n", rows[i].name,
			rows[i].fallback[0] ? "`" : "", rows[i].fallback,
			rows[i].fallback[0] ? "`" : "", rows[i].about);
}
