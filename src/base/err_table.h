/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every error a caller can meet: internal name, documented code (apis.md S4-58 to S4-70), HTTP
 * status, whether trying again may help, meaning. An X-macro table: define ERR_ROW and include.
 */
/*      name              code                     http  retry  meaning */
ERR_ROW(NONE,             "",                       200, false, "no error")
ERR_ROW(INVALID_URL,      "INVALID_URL",            400, false, "the URL is malformed")
ERR_ROW(SCHEME,           "UNSUPPORTED_SCHEME",     400, false, "only http and https URLs are supported")
ERR_ROW(PRIVATE,          "PRIVATE_NETWORK_TARGET", 403, false, "the URL leads to a private or internal address")
ERR_ROW(TIMEOUT,          "TIMEOUT",                504, true,  "the request exceeded its time limit")
ERR_ROW(FETCH,            "FETCH_FAILED",           502, true,  "network error or non-2xx answer")
ERR_ROW(NOT_HTML,         "NON_HTML_RESPONSE",      422, false, "the answer's content type is not HTML")
ERR_ROW(TOO_MANY_URLS,    "TOO_MANY_URLS",          400, false, "more URLs than one request may have")
ERR_ROW(UNAUTHORIZED,     "UNAUTHORIZED",           401, false, "missing or invalid API key")
ERR_ROW(USER_DISABLED,    "USER_DISABLED",          403, false, "the account is disabled")
ERR_ROW(RATE_LIMITED,     "RATE_LIMITED",           429, true,  "too many requests")
ERR_ROW(NOT_FOUND,        "NOT_FOUND",              404, false, "no such job or resource")
ERR_ROW(INTERNAL,         "INTERNAL_ERROR",         500, true,  "unexpected error of the server")
/* Extensions: never a documented code with a new meaning (S4-70). */
ERR_ROW(INVALID_REQUEST,  "INVALID_REQUEST",        400, false, "a field of the request is missing or not acceptable")
ERR_ROW(SCOPE,            "INSUFFICIENT_SCOPE",     403, false, "the key does not have the scope this needs")
ERR_ROW(FORBIDDEN,        "FORBIDDEN",              403, false, "this is not allowed here")
ERR_ROW(METHOD,           "METHOD_NOT_ALLOWED",     405, false, "the path does not know this method")
ERR_ROW(NOT_ACCEPTABLE,   "NOT_ACCEPTABLE",         406, false, "no form that the caller accepts")
ERR_ROW(REQUEST_TIMEOUT,  "REQUEST_TIMEOUT",        408, true,  "the request did not arrive in time")
ERR_ROW(TOO_LARGE,        "PAYLOAD_TOO_LARGE",      413, false, "the body is larger than allowed")
ERR_ROW(URI_TOO_LONG,     "URI_TOO_LONG",           414, false, "the request target is longer than allowed")
ERR_ROW(MEDIA_TYPE,       "UNSUPPORTED_MEDIA_TYPE", 415, false, "the body is not JSON")
ERR_ROW(HEADERS_TOO_LARGE,"HEADERS_TOO_LARGE",      431, false, "the header block is larger than allowed")
ERR_ROW(NOT_IMPLEMENTED,  "NOT_IMPLEMENTED",        501, false, "this server does not offer that")
ERR_ROW(OVERLOADED,       "OVERLOADED",             503, true,  "the server is at its limit")
ERR_ROW(HTTP_VERSION,     "HTTP_VERSION",           505, false, "only HTTP/1.0 and HTTP/1.1")
ERR_ROW(CANCELLED,        "CANCELLED",              499, false, "the caller went away")
ERR_ROW(LLM_MISSING,      "LLM_NOT_CONFIGURED",     503, false, "no language model is configured")
ERR_ROW(LLM_FAILED,       "LLM_FAILED",             502, true,  "the language model gave no usable answer")
