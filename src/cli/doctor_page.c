/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enough of HTML to fill in the forms of this program's own pages as a person would: what they have
 * is known (quoted attributes, no scripts), only names and hidden values are not.
 */
#include "cli/doctor.h"

struct tag {
	struct str name, rest; /* rest: its attributes */
	struct str after; /* the text up to the next tag */
	bool closing;
};

/* The next tag of *from, which moves past it. */
static bool next_tag(struct str *from, struct tag *t)
{
	size_t i = str_find(*from, '<'), end, name;
	if (i == from->n)
		return false;
	struct str s = { from->p + i + 1, from->n - i - 1 };
	char quote = 0;
	for (end = 0; end < s.n && (quote || s.p[end] != '>'); end++)
		if (quote ? s.p[end] == quote : s.p[end] == '"' || s.p[end] == '\'')
			quote = quote ? 0 : s.p[end];
	if (end == s.n)
		return false;
	t->closing = end > 0 && s.p[0] == '/';
	for (name = t->closing; name < end && !strchr(" \t\r\n/", s.p[name]); name++)
		;
	t->name = (struct str) { s.p + t->closing, name - t->closing };
	t->rest = (struct str) { s.p + name, end - name };
	*from = (struct str) { s.p + end + 1, s.n - end - 1 };
	t->after = (struct str) { from->p, str_find(*from, '<') };
	return true;
}

/* The value of an attribute; "" for one without; p NULL: it is not there. */
static struct str attribute(const struct tag *t, const char *name)
{
	struct str rest = t->rest, key = str_of(name);
	while (rest.n) {
		size_t i = 0, n;
		while (i < rest.n && strchr(" \t\r\n/", rest.p[i]))
			i++;
		for (n = i; n < rest.n && !strchr(" \t\r\n/=", rest.p[n]); n++)
			;
		struct str found = { rest.p + i, n - i }, value = STR("");
		rest = (struct str) { rest.p + n, rest.n - n };
		if (rest.n && rest.p[0] == '=') {
			char quote = rest.n > 1 ? rest.p[1] : 0;
			bool quoted = quote == '"' || quote == '\'';
			rest = (struct str) { rest.p + 1 + quoted, rest.n - 1 - quoted };
			for (n = 0; n < rest.n && (quoted ? rest.p[n] != quote
							  : !strchr(" \t\r\n", rest.p[n]));
				n++)
				;
			value = (struct str) { rest.p, n };
			n += quoted && n < rest.n;
			rest = (struct str) { rest.p + n, rest.n - n };
		}
		if (found.n && str_ieq(found, key))
			return value;
	}
	return (struct str) { NULL, 0 };
}

static void add_field(struct page_form *f, struct str name, struct str value)
{
	if (!name.n || f->n == DOCTOR_FIELDS)
		return;
	f->fields[f->n].name = name;
	f->fields[f->n++].value = value;
}

static void read_input(const struct tag *t, struct page_form *f)
{
	struct str type = attribute(t, "type"), name = attribute(t, "name"),
		   value = attribute(t, "value");
	if (str_ieq(type, STR("password")))
		f->password_name = name;
	else if (str_ieq(type, STR("hidden")))
		add_field(f, name, value);
	else if (str_ieq(type, STR("checkbox")) || str_ieq(type, STR("radio"))) {
		if (attribute(t, "checked").p)
			add_field(f, name, value.n ? value : STR("on"));
	} else if (!type.p || str_ieq(type, STR("text")) || str_ieq(type, STR("email"))) {
		f->text_name = name;
	}
}

static bool has_word(struct str text, const char *word)
{
	struct str w = str_of(word);
	for (; text.n >= w.n && w.n; text.p++, text.n--)
		if (str_istarts(text, w))
			return true;
	return false;
}

static void read_button(const struct tag *t, const char *word, struct page_form *f)
{
	struct str value = attribute(t, "value");
	if (!word || f->button || !(has_word(value, word) || has_word(t->after, word)))
		return;
	f->button = true;
	add_field(f, attribute(t, "name"), value);
}

bool page_next_form(struct str *from, const char *word, struct page_form *out)
{
	struct tag t;
	bool inside = false;
	*out = (struct page_form) { 0 };
	while (next_tag(from, &t)) {
		if (!inside) {
			inside = !t.closing && str_ieq(t.name, STR("form"));
			out->action = inside ? attribute(&t, "action") : out->action;
		} else if (t.closing && str_ieq(t.name, STR("form"))) {
			return true;
		} else if (!t.closing && str_ieq(t.name, STR("input"))) {
			read_input(&t, out);
		} else if (!t.closing && str_ieq(t.name, STR("button"))) {
			read_button(&t, word, out);
		}
	}
	return false;
}
