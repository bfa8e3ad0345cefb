/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/json.h"
#include "http/exchange.h"

#include <strings.h>

enum { RETRY_LEAST_S = 1, RETRY_SPREAD = 3 };

void http_set_header(struct http_req *r, const char *name, const char *value)
{
	CHECK(h1_token(str_of(name)));
	for (const char *p = value; *p; p++)
		CHECK(((unsigned char)*p >= 0x20 || *p == '\t') && *p != 0x7F);
	buf_addf(&r->res.head, "%s: %s\r\n", name, value);
}

/* Is there a line of this name among those that were set? */
bool head_has(const struct buf *head, const char *name)
{
	struct str rest = buf_str(head), line, want = str_of(name), got;
	while (rest.n && str_cut(&rest, '\n', &line))
		if (str_cut(&line, ':', &got) && str_ieq(got, want))
			return true;
	return false;
}

static void print_default(struct http_req *r, const struct err *e)
{
	struct buf *b = &r->res.body;
	buf_text(b, "{\"error\":{\"code\":");
	json_put_text(b, err_name(e->code));
	buf_text(b, ",\"message\":");
	json_put_text(b, e->msg);
	buf_text(b, "},\"requestId\":");
	json_put_text(b, r->call.request_id);
	buf_char(b, '}');
}

/* The wording of the longest prefix that stands at the front of the path. */
static http_error_fn *wording(const struct http_req *r)
{
	struct str path = r->path.p ? r->path : STR("/");
	http_error_fn *print = print_default;
	size_t longest = 0;
	for (const struct http_errors *w = r->server->setup.errors; w && w->prefix; w++) {
		struct str prefix = str_of(w->prefix);
		if (prefix.n >= longest && str_starts(path, prefix)) {
			longest = prefix.n;
			print = w->print;
		}
	}
	return print;
}

void http_retry_after(struct http_req *r, int seconds)
{
	http_set_header(r, "Retry-After", arena_printf(r->arena, "%d", seconds));
}

/* As long as the limit says, if it does. Else refused clients come back at different times, not all
 * in the same moment. */
static void set_retry_after(struct http_req *r)
{
	unsigned char random;
	if (head_has(&r->res.head, "Retry-After"))
		return;
	random_bytes(&random, 1);
	http_retry_after(r, r->call.retry_after_s > 0 ? r->call.retry_after_s
						      : RETRY_LEAST_S + random % RETRY_SPREAD);
}

void http_error(struct http_req *r, const struct err *e)
{
	if (r->res.streaming)
		return; /* the status has left already */
	CHECK(e->code != ERR_NONE);
	r->res.status = err_http(e->code);
	r->res.type = NULL;
	buf_clear(&r->res.body);
	if (err_retry(e->code) && (r->res.status == 503 || r->res.status == 429))
		set_retry_after(r);
	wording(r)(r, e);
}

void http_see_other(struct http_req *r, const char *url)
{
	r->res.status = 303;
	http_set_header(r, "Location", url);
}
