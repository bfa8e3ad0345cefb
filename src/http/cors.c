/* SPDX-License-Identifier: Apache-2.0 */
#include "http/cors.h"
#include "http/h1.h"

/* Headers that our doors read. The preflight's mcp-param-* names are added when it asks for them. */
static const char allowed[] = "authorization, content-type, accept, mcp-protocol-version, "
			      "mcp-session-id, mcp-method, "
			      "mcp-name, last-event-id, x-api-key, idempotency-key, dpop";
static const char exposed[] =
	"WWW-Authenticate, Mcp-Session-Id, Mcp-Protocol-Version, X-Request-Id, Retry-After, "
	"Content-Disposition, Location, Idempotency-Replayed, X-Result-Count";
enum { PARAMS_MAX = 32 };

void cors_lines(enum cors cors, struct str origin, struct buf *out)
{
	if (cors == CORS_NONE)
		return;
	if (cors == CORS_ANY)
		buf_text(out, "Access-Control-Allow-Origin: *\r\n");
	else
		buf_addf(out, "Access-Control-Allow-Origin: %.*s\r\nVary: Origin\r\n",
			STR_ARG(origin));
	buf_addf(out, "Access-Control-Expose-Headers: %s\r\n", exposed);
}

void cors_preflight_lines(const struct http_req *r, struct str methods, struct buf *out)
{
	struct str wanted = http_header(r, "Access-Control-Request-Headers"), name;
	int params = 0;
	buf_addf(out, "Access-Control-Allow-Methods: %.*s\r\nAccess-Control-Allow-Headers: %s",
		STR_ARG(methods), allowed);
	while (params < PARAMS_MAX && str_cut(&wanted, ',', &name)) {
		name = str_trim(name);
		if (str_istarts(name, STR("mcp-param-")) && h1_token(name)) {
			buf_addf(out, ", %.*s", STR_ARG(name));
			params++;
		}
	}
	buf_text(out, "\r\nAccess-Control-Max-Age: 600\r\n");
}
