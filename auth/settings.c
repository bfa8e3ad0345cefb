/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/settings.h"
#include "account/principal.h"
#include "auth/jose/verify.h"

static bool scopes_ok(const char *setting, const char *value, bool needed, struct err *e)
{
	unsigned scopes;
	struct err why;
	if (!scopes_parse(str_of(value), &scopes, &why))
		return err_set(e, ERR_INVALID_REQUEST, "%s: %s", setting, why.msg);
	return scopes || !needed ||
	       err_set(e, ERR_INVALID_REQUEST, "%s: at least one scope is needed", setting);
}

static bool algs_ok(const char *value, struct err *e)
{
	struct str rest = str_of(value), word;
	while (str_cut(&rest, ',', &word)) {
		word = str_trim(word);
		if (!jose_alg_find(word))
			return err_set(e, ERR_INVALID_REQUEST,
				"issuer_algs: \"%.*s\" is not one of ES256, RS256, PS256",
				(int)(word.n < 60 ? word.n : 60), word.p);
	}
	return true;
}

static bool registration_ok(const struct conf *c, struct err *e)
{
	if (strcmp(c->registration, "token") == 0)
		return *c->registration_token ||
		       err_set(e, ERR_INVALID_REQUEST,
			       "registration=token needs registration_token");
	return strcmp(c->registration, "open") == 0 || strcmp(c->registration, "off") == 0 ||
	       err_set(e, ERR_INVALID_REQUEST, "registration: use open, token or off");
}

bool auth_settings_ok(const struct conf *c, struct err *e)
{
	if (*c->signin_issuer && !*c->signin_client_id)
		return err_set(
			e, ERR_INVALID_REQUEST, "signin_issuer needs signin_client_id as well");
	return registration_ok(c, e) && scopes_ok("oauth_scopes", c->oauth_scopes, true, e) &&
	       scopes_ok("issuer_scopes", c->issuer_scopes, false, e) &&
	       algs_ok(c->issuer_algs, e);
}
