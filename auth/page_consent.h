/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization request that a browser is in the middle of. */
#ifndef AUTH_PAGE_CONSENT_H
#define AUTH_PAGE_CONSENT_H

#include "auth/page.h"

/* That of the session's state, with its client. false: none, or it is over. */
bool page_pending(struct page *p, struct auth_request *request, struct client *client);

#endif
