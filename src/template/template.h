/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML pages from templates that a person can edit: a subset of Mustache
 * (https://mustache.github.io/mustache.5.html) with one change: every value is escaped, in text and
 * in attributes alike; there is no unescaped form at all.
 *
 *	{{name}}            the value, escaped; {{a.b}} looks inside; numbers as they are; absent: ""
 *	{{#name}}..{{/name}} for each item of an array; once, inside it, for an object; once for any
 *			    other value that is not false, null, "" or absent
 *	{{^name}}..{{/name}} when {{#name}} would print nothing
 *	{{>name}}           the template of that name, in the same context
 *	{{! comment }}
 * A name is looked up in the innermost context first, then outwards. {{.}} is the item itself.
 */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

enum { TEMPLATE_DEPTH = 16 };

struct template_file {
	const char *name; /* file name without .html */
	const char *text;
	size_t size;
}; /* a list ends with a NULL name */

/* Appends the page to b (whose ceiling holds). The templates are the program's own, so one that does
 * not parse, a partial or section that is missing or nested too deeply is a defect:
 * false with ERR_INTERNAL, found by the test that renders every file. */
bool template_render(const struct template_file *files, const char *name, const json_t *data,
	struct buf *b, struct err *e);
/* Appends text with & < > " ' as character references. */
void html_escape(struct str text, struct buf *b);

#endif
