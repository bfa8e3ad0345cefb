/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All dialects in one list. A dialect is a file of rows and tables and a line here; how its errors
 * read is a row of the dialects' table.
 */
#include "rest/rest.h"
#include "rest/dialect.h"
#include "rest/job_rows.h"
#include "rest/status.h"

static const struct http_route *const lists[] = { dialect_page, dialect_bulk, job_routes,
	job_stream_routes, dialect_hooks, dialect_goal_keys, dialect_goal_auth,
	dialect_goal_logout, status_routes, NULL };

void rest_start(const struct rest_setup *s)
{
	status_start(s);
}

const struct http_route *const *rest_routes(void)
{
	return lists;
}

void rest_draining(void *unused)
{
	(void)unused;
	status_draining();
}

void rest_print_error(struct http_req *r, const struct err *e)
{
	const struct dialect *d = dialect_of(r->path);
	struct buf *b = &r->res.body;
	buf_char(b, '{');
	dialect_put_error(d, r, e, b);
	dialect_put_head(d, r, b);
	buf_char(b, '}');
}
