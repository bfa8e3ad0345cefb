/* SPDX-License-Identifier: Apache-2.0 */
/* Named selectors as the caller gave them to a pick: every fault names its key. */
#include "page/pick_in.h"
#include "base/json.h"

static const char *const types[] = { "text", "html", "markdown", "number", "url" };

static bool fault(struct err *e, const struct pick_name *p, const char *what)
{
	return err_set(e, ERR_INVALID_REQUEST, "selectors.%.*s: %s", STR_ARG(p->name), what);
}

static bool read_css(struct arena *a, const json_t *j, struct pick_name *p, struct err *e)
{
	struct err inner;
	if (!json_is_string(j))
		return fault(e, p, "expected a CSS selector as a string");
	p->css = selector_compile(a, json_str(j), &inner);
	if (!p->css)
		return err_set(
			e, inner.code, "selectors.%.*s: %s", STR_ARG(p->name), inner.msg);
	p->take = selector_takes(p->css, &p->attr);
	return true;
}

static bool read_attr(struct arena *a, const json_t *j, struct pick_name *p, struct err *e)
{
	struct str attr = json_str(j);
	if (!json_is_string(j) || !attr.n || attr.n > PICK_NAME_BYTES)
		return fault(e, p, "attr: expected the name of an attribute");
	if (p->take != TAKE_NODE)
		return fault(e, p, "attr does not go with ::text or ::attr() in css");
	p->take = TAKE_ATTR;
	p->attr = (struct str) { arena_text(a, attr), attr.n };
	return true;
}

static bool read_type(const json_t *j, struct pick_name *p, struct err *e)
{
	struct str type = json_str(j);
	for (size_t i = 0; type.p && i < sizeof types / sizeof *types; i++) {
		if (!str_eq(type, str_of(types[i])))
			continue;
		p->type = (enum pick_type)i;
		if (p->take != TAKE_NODE && (i == PICK_HTML || i == PICK_MARKDOWN))
			return fault(e, p,
				"type html and markdown go with elements, not with an "
				"attribute or ::text");
		return true;
	}
	return fault(e, p, "type: expected text, html, markdown, number or url");
}

static bool known_members(const json_t *j, const struct pick_name *p, struct err *e)
{
	static const char *const members[] = { "css", "attr", "all", "type" };
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)j, key, value)
	{
		bool known = false;
		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			known |= str_eq(str_of(key), str_of(members[i]));
		if (str_eq(str_of(key), STR("xpath")))
			return fault(e, p, "xpath is not supported: use css");
		if (!known)
			return err_set(e, ERR_INVALID_REQUEST,
				"selectors.%.*s: unknown member \"%.40s\"; css, attr, all and "
				"type are known",
				STR_ARG(p->name), str_has_control(str_of(key)) ? "?" : key);
	}
	return true;
}

static bool read_value(struct arena *a, const json_t *j, struct pick_name *p, struct err *e)
{
	if (json_is_string(j))
		return read_css(a, j, p, e);
	if (!json_is_object(j))
		return fault(
			e, p, "expected a CSS selector or an object {css, attr, all, type}");
	const json_t *attr = json_object_get(j, "attr"), *all = json_object_get(j, "all"),
		     *type = json_object_get(j, "type"), *css = json_object_get(j, "css");
	if (!known_members(j, p, e))
		return false;
	if (!css)
		return fault(e, p, "css is missing");
	if (all && !json_is_boolean(all))
		return fault(e, p, "all: expected true or false");
	p->all = json_is_true(all);
	return read_css(a, css, p, e) && (!attr || read_attr(a, attr, p, e)) &&
	       (!type || read_type(type, p, e));
}

static bool read_name(struct arena *a, struct str name, struct pick_name *p, struct err *e)
{
	if (!name.n || name.n > PICK_NAME_BYTES || str_has_control(name))
		return err_set(e, ERR_INVALID_REQUEST,
			"selectors: a name has 1 to %d bytes and no control characters",
			PICK_NAME_BYTES);
	p->name = (struct str) { arena_text(a, name), name.n };
	return true;
}

const struct pick *pick_compile(struct arena *a, const json_t *selectors, struct err *e)
{
	struct pick *pick = ARENA_NEW(a, struct pick);
	const char *key;
	json_t *value;
	size_t n = json_object_size(selectors);
	if (!json_is_object(selectors) || n == 0 || n > PICK_NAMES) {
		err_set(e, ERR_INVALID_REQUEST,
			"selectors: expected an object of 1 to %d names and CSS selectors",
			PICK_NAMES);
		return NULL;
	}
	pick->names = ARENA_ARRAY(a, struct pick_name, n);
	json_object_foreach((json_t *)selectors, key, value)
	{
		struct pick_name *p = &pick->names[pick->n++];
		if (!read_name(a, str_of(key), p, e) || !read_value(a, value, p, e))
			return NULL;
	}
	return pick;
}
