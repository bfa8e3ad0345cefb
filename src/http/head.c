/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an answer: what every answer carries, then what the step has set. */
#include "base/check.h"
#include "http/server.h"

#include <time.h>

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

static const char *reason_of(int status)
{
	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Answer"; /* clients read the number */
}

/* RFC 9110 section 5.6.7; the names are fixed, so no locale. */
static void date_line(struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm t;
	time_t now = time(NULL);
	gmtime_r(&now, &t);
	buf_addf(out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + 3 * t.tm_wday,
		t.tm_mday, months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min,
		t.tm_sec);
}

static void body_lines(const struct exchange *x, struct buf *out, int64_t length)
{
	const struct http_res *res = &x->r.res;
	if (res->status == 204 || res->status == 304)
		return;
	if (length != 0)
		buf_addf(out, "Content-Type: %s\r\n",
			res->type ? res->type : "application/json");
	if (length >= 0)
		buf_addf(out, "Content-Length: %lld\r\n", (long long)length);
}

static void connection_line(const struct exchange *x, struct buf *out, bool keep)
{
	if (!keep)
		buf_text(out, "Connection: close\r\n");
	else if (!x->v11)
		buf_text(out, "Connection: keep-alive\r\n");
}

void head_print(struct exchange *x, struct buf *out, int64_t length, bool keep)
{
	struct http_res *res = &x->r.res;
	bool get = str_eq(x->r.method, STR("GET")) || x->head_only;
	if (!res->status)
		res->status = 200;
	buf_addf(out, "HTTP/1.1 %d %s\r\n", res->status, reason_of(res->status));
	date_line(out);
	body_lines(x, out, length);
	buf_addf(out, "X-Request-Id: %s\r\nX-Content-Type-Options: nosniff\r\n", x->request_id);
	if ((!get || length < 0 || res->status >= 400) &&
		!head_has(&res->head, "Cache-Control"))
		buf_text(out, "Cache-Control: no-store\r\n");
	cors_lines(x->cors, x->origin, out);
	buf_add_str(out, buf_str(&res->head));
	connection_line(x, out, keep);
	buf_text(out, "\r\n");
}
