/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `scraped doctor`: looks at the settings and then at the server as a client would, and says in
 * plain words what to mend. One line for each thing: ok, warn or FAIL.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/json.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "store/store.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

struct doctor {
	const struct conf *conf;
	struct arena *arena; /* of the whole run */
	struct store *store; /* NULL: there is no database yet, or it does not open */
	struct fetcher *fetcher;
	struct desks *desks;
	const char *url; /* what clients type, without /mcp; no slash at the end */
	bool url_given; /* by --url: then somebody has to answer there */
	bool oauth; /* offered, as far as the settings tell */
	int failed, warned;
};

/* "FAIL  what: ..."; counts. */
void doctor_say(struct doctor *d, enum verdict v, const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A line below the last one: how to mend it. */
void doctor_mend(const char *format, ...) __attribute__((format(printf, 1, 2)));

void doctor_settings(struct doctor *d); /* without network; opens the store */
/* false: nobody answers, or it makes no sense to go on. */
bool doctor_wire(struct doctor *d);
void doctor_flow(struct doctor *d); /* signs a temporary user in through a temporary client */

/* --- asking (doctor_http.c) --- */

/* As ask_send, with 10 s and 4 MiB. All in d->arena. */
void doctor_ask(struct doctor *d, const struct ask *ask, struct reply *r);
void doctor_get(struct doctor *d, const char *path, struct reply *r); /* below d->url */
/* Appends "name=value" percent-encoded, with & in front where it is not the first. */
void form_add(struct buf *b, const char *name, struct str value);

/* --- reading our own pages (doctor_page.c) --- */

enum { DOCTOR_FIELDS = 24 };
struct page_form {
	struct str action;
	struct {
		struct str name, value;
	} fields[DOCTOR_FIELDS]; /* hidden ones, ticked boxes, and the button that was looked for */
	int n;
	struct str text_name,
		password_name; /* of the inputs that a person fills; p NULL: none */
	bool button; /* has a button with that word in its value or label */
};
/* The next form of the page at *from; moves *from past it. false: there is none. */
bool page_next_form(struct str *from, const char *word, struct page_form *out);

#endif
