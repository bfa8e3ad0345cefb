/* SPDX-License-Identifier: Apache-2.0 */
/* What the door reads out of a head before a step sees it. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "http/address.h"
#include "http/http.h"

/* Splits r->target into path (decoded) and query. Only "/..." and, for OPTIONS, "*". */
bool request_target(struct http_req *r, struct err *e);
/* r->peer: the connection's address, or what trusted proxies say about it (text: room for it). */
void request_peer(
	struct http_req *r, const struct address *socket_peer, char text[ADDRESS_TEXT]);

#endif
