/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How every row runs: who is it, through the gate, which asks for the arguments (one flat object
 * out of path, query and body) once scope and limits are known to allow the call, and the answer in
 * the dialect's words. The answer is encoded straight into what goes out: a page's text is copied
 * once.
 *
 * The first thing known of a wrong request is said: a stranger learns nothing about the body, and
 * a body that is no JSON nothing about fields.
 */
#include "rest/row.h"
#include "rest/dialect.h"
#include "rest/merge.h"

struct row_use {
	const struct rest_row *row;
	struct op_call *oc;
};

static struct row_use *use_of(struct http_req *r)
{
	if (!r->door_state) {
		struct row_use *use = ARENA_NEW(r->arena, struct row_use);
		use->row = r->route->row;
		r->door_state = use;
	}
	return r->door_state;
}

static json_t *read_args(void *from, struct err *e)
{
	struct http_req *r = from;
	const struct rest_row *row = r->route->row;
	json_t *args = merge_args(r, row->in ? row->in : row->op->in, e);
	return args && row->add_args && !row->add_args(r, args, e) ? NULL : args;
}

enum flow_next row_run(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct row_use *use = use_of(r);
	struct op_source source = { .in = use->row->in, .read = read_args, .from = r };
	return op_enter(f, use->row->op, &source, &use->oc);
}

struct op_call *row_call(const struct http_req *r)
{
	return ((const struct row_use *)r->door_state)->oc;
}

/* Members of a row's own making. */
static bool put_own(
	struct http_req *r, const struct rest_row *row, const void *out, struct err *e)
{
	struct buf *b = &r->res.body;
	r->res.status = row->status ? row->status : 200;
	buf_char(b, '{');
	dialect_put_head(dialect_of(r->path), r, b);
	if (!row->put(r, out, b, e))
		return false;
	buf_char(b, '}');
	return true;
}

static void put_answer(struct http_req *r, const struct rest_row *row, const void *out)
{
	const struct dialect *d = dialect_of(r->path);
	const struct err *fault = row->op->fault ? row->op->fault(out) : NULL;
	struct buf *b = &r->res.body;
	const struct field *table = row->out ? row->out : row->op->out;
	r->res.status = row->status ? row->status : 200;
	if (row->bare) {
		field_encode_value(table, out, b);
		return;
	}
	buf_char(b, '{');
	dialect_put_head(d, r, b);
	fields_encode_members(table, out, b);
	if (fault && fault->code != ERR_NONE) {
		r->res.status = err_http(fault->code);
		dialect_put_error(d, r, fault, b);
	}
	buf_char(b, '}');
}

static bool failed(const struct rest_row *row, const void *out)
{
	const struct err *fault = row->op->fault ? row->op->fault(out) : NULL;
	return fault && fault->code != ERR_NONE;
}

enum flow_next row_answer(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct row_use *use = use_of(r);
	if (r->res.streaming) /* its end is cut short if the flow has failed */
		return f->err.code == ERR_NONE ? FLOW_NEXT : FLOW_FAILED;
	if (f->err.code == ERR_NONE && use->row->put && !failed(use->row, use->oc->out))
		put_own(r, use->row, use->oc->out, &f->err);
	else if (f->err.code == ERR_NONE)
		put_answer(r, use->row, use->oc->out);
	if (r->res.body.full)
		err_set(&f->err, ERR_TOO_LARGE,
			"the answer is longer than %zu bytes: ask for one format",
			r->res.body.max);
	if (f->err.code != ERR_NONE)
		http_error(r, &f->err);
	f->err.code = ERR_NONE; /* it has been said */
	return FLOW_NEXT;
}

const struct flow_step row_steps[] = {
	HTTP_ADMIT,
	{ "op", row_run },
	{ "answer", row_answer, .always = true },
	{ 0 },
};
