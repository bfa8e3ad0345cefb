/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of the form reader: limits hold, what comes out is UTF-8 without NUL, and a form printed
 * again from its fields (everything percent-encoded) is read the same.
 */
#include "base/mem.h"
#include "http/form.h"

#define MUST(cond) ((cond) ? (void)0 : __builtin_trap())

static void put_encoded(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_addf(b, "%%%02X", (unsigned char)s.p[i]);
}

static void check_field(const struct form_field *f)
{
	MUST(str_utf8_ok(f->name) && str_utf8_ok(f->value));
	MUST(!memchr(f->name.p, 0, f->name.n) && !memchr(f->value.p, 0, f->value.n));
}

static void check_again(const struct form *form, struct arena *a)
{
	struct form *again = ARENA_NEW(a, struct form);
	struct buf b;
	struct err e;
	buf_init(&b, 4 * FORM_BYTES);
	for (size_t i = 0; i < form->n; i++) {
		check_field(&form->fields[i]);
		put_encoded(&b, form->fields[i].name);
		buf_char(&b, '=');
		put_encoded(&b, form->fields[i].value);
		buf_char(&b, '&');
	}
	if (b.len <= FORM_BYTES) {
		MUST(form_parse(buf_str(&b), a, again, &e) && again->n == form->n);
		for (size_t i = 0; i < form->n; i++) {
			MUST(str_eq(form->fields[i].name, again->fields[i].name));
			MUST(str_eq(form->fields[i].value, again->fields[i].value));
		}
	}
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct form *form = ARENA_NEW(a, struct form);
	struct err e;
	char *exact = mem_raw(size + (size == 0));
	memcpy(exact, data, size);
	if (form_parse((struct str) { exact, size }, a, form, &e)) {
		MUST(form->n <= FORM_FIELDS && size <= FORM_BYTES);
		struct str twice = form_repeated(form, NULL), id = form_get(form, "client_id");
		MUST(!twice.p || form->n > 1);
		MUST(!id.p || id.n > 0);
		check_again(form, a);
	} else {
		MUST(e.code == ERR_INVALID_REQUEST);
	}
	mem_free(exact);
	arena_free(&a);
	return 0;
}
