/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/page_rows.h"
#include "template/template.h"

extern const struct template_file page_files[];

static void asset(struct http_req *r, const char *name, const char *type)
{
	const struct template_file *file = page_files;
	while (file->name && !str_eq(str_of(file->name), str_of(name)))
		file++;
	r->res.type = type;
	http_set_header(r, "Cache-Control", "public, max-age=3600");
	buf_add(&r->res.body, file->text, file->size);
}
static void style(struct http_req *r)
{
	asset(r, "style.css", "text/css; charset=utf-8");
}
static void copy(struct http_req *r)
{
	asset(r, "copy.js", "text/javascript; charset=utf-8");
}
static void icon(struct http_req *r)
{
	asset(r, "icon.svg", "image/svg+xml");
}

#define GET_PAGE(path, list)                                                                   \
	{                                                                                      \
		"GET", path, ROUTE_PAGE, list                                                  \
	}
#define POST_PAGE(path, list)                                                                  \
	{                                                                                      \
		"POST", path, ROUTE_PAGE, list                                                 \
	}
#define ASSET(path, run)                                                                       \
	{                                                                                      \
		"GET", path, ROUTE_PAGE | ROUTE_ON_DOOR, .answer = run                         \
	}

const struct http_route page_routes[] = {
	GET_PAGE("/login", login_show),
	POST_PAGE("/login", login_post),
	POST_PAGE("/logout", logout_post),
	GET_PAGE("/consent/:id", consent_show),
	POST_PAGE("/consent/:id", consent_post),
	GET_PAGE("/device", device_show),
	POST_PAGE("/device", device_post),
	GET_PAGE("/device/confirm", device_confirm_show),
	POST_PAGE("/device/confirm", device_confirm_post),
	GET_PAGE("/setup", setup_show),
	POST_PAGE("/setup", setup_post),
	GET_PAGE("/join", join_show),
	POST_PAGE("/join", join_post),
	GET_PAGE("/signup", signup_show),
	POST_PAGE("/signup", signup_post),
	GET_PAGE("/settings", settings_show),
	POST_PAGE("/settings/keys", key_make_post),
	POST_PAGE("/settings/keys/:id/revoke", key_revoke_post),
	POST_PAGE("/settings/clients/:id/revoke", client_revoke_post),
	POST_PAGE("/settings/sessions/:id/end", session_end_post),
	POST_PAGE("/settings/password", password_post),
	GET_PAGE("/admin", admin_show),
	POST_PAGE("/admin/users/:id/role", user_role_post),
	POST_PAGE("/admin/users/:id/disable", user_disable_post),
	POST_PAGE("/admin/users/:id/enable", user_enable_post),
	POST_PAGE("/admin/invitations", invite_post),
	POST_PAGE("/admin/invitations/:id/withdraw", invite_withdraw_post),
	POST_PAGE("/admin/signup", signup_switch_post),
	GET_PAGE("/admin/clients", admin_clients_show),
	POST_PAGE("/admin/clients/revoke", admin_client_revoke_post),
	POST_PAGE("/admin/signing-keys", signing_key_post),
	GET_PAGE("/admin/audit", admin_audit_show),
	ASSET("/style.css", style),
	ASSET("/copy.js", copy),
	ASSET("/icon.svg", icon),
	{ 0 },
};
