/* SPDX-License-Identifier: Apache-2.0 */
/* The REST door: every dialect's routes, their error bodies, and what surrounds them. */
#ifndef REST_REST_H
#define REST_REST_H

#include "http/http.h"
#include "job/hook.h"

struct rest_setup {
	const char *public_url; /* for the OpenAPI document; NULL or "": relative */
	/* May the service take work (the store answers, the writer runs)? It runs on a desk and may
	 * do I/O. false with *e: a sentence for whoever asked. NULL: always ready. */
	bool (*ready)(void *arg, struct err *e);
	void *ready_arg;
};
/* Once, before the doors open. The setup's memory must outlive the doors. */
void rest_start(const struct rest_setup *s);
/* Lists for http_setup.routes, ended by NULL. */
const struct http_route *const *rest_routes(void);
/* http_error_fn for the prefixes of REST and for every path that nobody else has. */
http_error_fn rest_print_error;
/* Words a job for its webhook: as GET of it does, results inside. */
hook_print_fn rest_print_job;
/* http_setup.draining: health and readiness answer 503 from now on. From any thread. */
void rest_draining(void *unused);

#endif
