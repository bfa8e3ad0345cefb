/* SPDX-License-Identifier: Apache-2.0 */
/* The pages' steps, one list for each form or view: page_routes.c hangs them. */
#ifndef AUTH_PAGE_ROWS_H
#define AUTH_PAGE_ROWS_H

#include "auth/page.h"

/* page_login.c */
extern const struct flow_step login_show[], login_post[], logout_post[];
const char *page_provider(struct arena *a); /* what the outside sign-in is called */
/* page_join.c */
extern const struct flow_step setup_show[], setup_post[], join_show[], join_post[],
	signup_show[], signup_post[];
/* page_consent.c */
extern const struct flow_step consent_show[], consent_post[];
/* page_device.c */
extern const struct flow_step device_show[], device_post[], device_confirm_show[],
	device_confirm_post[];
/* page_settings.c, page_key.c, page_password.c */
extern const struct flow_step settings_show[], client_revoke_post[], session_end_post[],
	key_make_post[], key_revoke_post[], password_post[];
/* page_admin.c, page_admin_do.c */
extern const struct flow_step admin_show[], admin_clients_show[], admin_audit_show[],
	user_role_post[], user_disable_post[], user_enable_post[], invite_post[],
	invite_withdraw_post[], signup_switch_post[], admin_client_revoke_post[],
	signing_key_post[];

#endif
