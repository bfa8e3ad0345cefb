/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row of a REST dialect: a path bound to an operation, with the spelling of its request and
 * its answer. Every row runs through the same steps (row.c); a dialect's file holds only rows,
 * field tables and words. An operation whose target failed (op->fault) gives its answer all the
 * same, with the status of the fault and the error's members beside its own (apis.md S4-43).
 */
#ifndef REST_ROW_H
#define REST_ROW_H

#include "auth/bearer.h"
#include "http/http.h"
#include "op/op.h"

struct rest_row {
	const struct op *op; /* NULL: the route answers by itself, the row describes it */
	const struct field *in, *out; /* NULL: the operation's own */
	int status; /* of a good answer; 0: 200 */
	bool open; /* needs no key */
	bool bare; /* the answer is the value of the first field of `out`, such as an array */
	/* What stands elsewhere in the request than in its body: into the arguments. */
	bool (*add_args)(struct http_req *r, json_t *args, struct err *e);
	/* Writes the members of an answer that no table can say, and may set the status. */
	bool (*put)(struct http_req *r, const void *out, struct buf *b, struct err *e);
	/* For the OpenAPI document. */
	const char *id, *summary, *about;
	const char *example_in, *example_out; /* JSON; NULL: none */
	const char *type; /* of the answer; NULL: application/json */
	const char *refusals; /* the statuses it may refuse with, such as "400 401 503" */
	const struct rest_also *also; /* another good answer; NULL: none */
};
struct rest_also {
	int status;
	const struct field *out; /* NULL: no body */
	const char *example;
};

/* The route of a row that runs an operation. */
#define REST_ROUTE(method, path, row_)                                                         \
	{                                                                                      \
		method, path, .steps = row_steps, .admit = bearer_admit, .row = &row_          \
	}

/* self is the struct http_req, its route's row is a struct rest_row. */
extern const struct flow_step row_steps[];
/* The parts of it, for routes whose answer may be a stream: row_run runs the row's operation, whose
 * call is then row_call; row_answer (a step that is `always`) answers or refuses, but leaves a
 * stream that was opened alone. */
flow_step_fn row_run, row_answer;
struct op_call *row_call(const struct http_req *r);

#endif
