/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of an answer: what every answer carries, then what the step has set. Put together
 * without printf, which took half of the door's own work on a small answer.
 */
#include "base/check.h"
#include "http/exchange.h"

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
void head_date(time_t now, char out[HEAD_DATE_SIZE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm t;
	gmtime_r(&now, &t);
	snprintf(out, HEAD_DATE_SIZE, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT",
		days + 3 * t.tm_wday, t.tm_mday, months + 3 * t.tm_mon, t.tm_year + 1900,
		t.tm_hour, t.tm_min, t.tm_sec);
}

static void number(struct buf *out, int64_t n)
{
	char digits[24], *p = digits + sizeof digits;
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	buf_add(out, p, (size_t)(digits + sizeof digits - p));
}

static void line(struct buf *out, const char *name, const char *value)
{
	buf_text(out, name);
	buf_text(out, value);
	buf_text(out, "\r\n");
}

static void body_lines(const struct exchange *x, struct buf *out, int64_t length)
{
	const struct http_res *res = &x->r.res;
	if (res->status == 204 || res->status == 304)
		return;
	if (length != 0)
		line(out, "Content-Type: ", res->type ? res->type : "application/json");
	if (x->chunked)
		buf_text(out, "Transfer-Encoding: chunked\r\n");
	if (length < 0)
		return;
	buf_text(out, "Content-Length: ");
	number(out, length);
	buf_text(out, "\r\n");
}

static void connection_line(const struct exchange *x, struct buf *out, bool keep)
{
	if (!keep)
		buf_text(out, "Connection: close\r\n");
	else if (!x->v11)
		buf_text(out, "Connection: keep-alive\r\n");
}

void head_print(
	struct exchange *x, struct buf *out, int64_t length, bool keep, const char *date)
{
	struct http_res *res = &x->r.res;
	bool get = str_eq(x->r.method, STR("GET")) || x->head_only;
	if (!res->status)
		res->status = 200;
	buf_text(out, "HTTP/1.1 ");
	number(out, res->status);
	line(out, " ", reason_of(res->status));
	line(out, "Date: ", date);
	body_lines(x, out, length);
	line(out, "X-Request-Id: ", x->request_id);
	buf_text(out, "X-Content-Type-Options: nosniff\r\n");
	if ((!get || length < 0 || res->status >= 400) &&
		!head_has(&res->head, "Cache-Control"))
		buf_text(out, "Cache-Control: no-store\r\n");
	cors_lines(x->cors, x->origin, out);
	buf_add_str(out, buf_str(&res->head));
	connection_line(x, out, keep);
	buf_text(out, "\r\n");
}
