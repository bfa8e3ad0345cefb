/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names in Host and which browser origins are accepted (mcp.md section 8: the walls against
 * DNS rebinding and against pages that use a visitor's browser). Built once from the settings
 * public_url, allowed_hosts and allowed_origins.
 */
#ifndef HTTP_HOSTLIST_H
#define HTTP_HOSTLIST_H

#include "base/conf.h"

struct host_rule {
	struct str host;
	int port; /* 0: any */
};
struct hostlist {
	struct host_rule *hosts;
	size_t n_hosts;
	struct str *origins; /* lower case, as a browser writes them */
	size_t n_origins;
	bool any_host, any_origin;
	bool loopback; /* bound to loopback: its names are accepted too */
};

/* The text lives as long as the settings. */
bool hostlist_build(struct hostlist *l, const struct conf *c, bool loopback, struct arena *a,
	struct err *e);
bool hostlist_empty(const struct hostlist *l); /* no Host at all would be accepted */
bool hostlist_has(const struct hostlist *l, struct str host); /* value of Host */
bool hostlist_origin(const struct hostlist *l, struct str origin); /* value of Origin */

#endif
