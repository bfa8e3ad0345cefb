/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service can do, as a table: one struct op for each capability. MCP lists it as tools,
 * REST binds paths to it, the OpenAPI document prints it.
 *
 * The gate: op_enter is the only way to run an op, for every door. It checks scope, then rate and
 * concurrency, reads and decodes the arguments, runs the op's steps and logs one line.
 */
#ifndef OP_OP_H
#define OP_OP_H

#include "account/quota.h"
#include "base/field.h"
#include "base/flow.h"

enum op_flags {
	OP_TOOL = 1, /* offered as an MCP tool */
	OP_READONLY = 2,
	OP_DESTRUCTIVE = 4,
	OP_IDEMPOTENT = 8,
	OP_OPEN_WORLD = 16, /* MCP hints */
};
struct op {
	const char *name, *title;
	const char *about; /* for agents: when to use it, what comes back, limits */
	const struct field *in, *out;
	size_t args_size, out_size;
	unsigned scopes, flags;
	const struct flow_step *steps; /* self is the struct op_call */
	/* Text for a person or a model (the MCP content) into b; NULL: the JSON of `out`. */
	void (*text)(const void *out, struct buf *b);
	/* Blocks (JSON objects, comma between) of links to what `out` is about, for MCP; NULL: none. */
	void (*links)(const void *out, struct buf *b);
	/* What `out` tells of its target; code ERR_NONE: all is well. NULL: nothing of the kind. The
	 * operation has not failed then: doors show `out` and say that the target did. */
	const struct err *(*fault)(const void *out);
};
struct op_call {
	const struct op *op;
	void *args; /* args_size bytes, decoded */
	void *out; /* out_size bytes, filled by the steps */
	const char **unknown; /* paths of members that no row knew, NULL-ended */
	size_t n_unknown;
	const char *url; /* for the log line, set by the steps; NULL: none */
};

/* Once, before the doors open. NULL: no limits (the command line). q must outlive every call. */
void op_start(struct quota *q);

/* What a caller is told of an error, in any door: the message, or the code's meaning. What broke
 * inside is for the log alone (apis.md S4-69): the caller gets the request's id. In c's arena. */
const char *op_message(const struct call *c, const struct err *e);

extern const struct op *const ops[]; /* NULL-ended */
const struct op *op_find(struct str name);
/* Where arguments come from. A door that need not parse to know the op leaves that to `read`, which
 * runs only for callers within their limits. */
struct op_source {
	const struct field *in; /* NULL: the op's own table */
	const json_t *args; /* without read; NULL: {} */
	json_t *(*read)(
		void *from, struct err *e); /* an object of the arena; NULL: *e says why */
	void *from;
};
/* From a step: runs the gate and the op as steps of this flow.
 * The next step of the caller should be marked `always` to word a failure (f->err). *oc is filled
 * at once (arena); its out is valid when the flow goes on without an error.
 * With ERR_RATE_LIMITED f->call->retry_after_s says when to try again. */
enum flow_next op_enter(struct flow *f, const struct op *op, const struct op_source *source,
	struct op_call **oc);

#endif
