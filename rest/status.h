/* SPDX-License-Identifier: Apache-2.0 */
/* What surrounds the operations: health, readiness, metrics, and the list of what is here. */
#ifndef REST_STATUS_H
#define REST_STATUS_H

#include "rest/rest.h"

extern const struct http_route status_routes[];
void status_start(const struct rest_setup *s);
void status_draining(void);

#endif
