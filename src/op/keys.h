/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doors see of the operations on API keys: arguments and answers. All need the scope
 * keys:manage and know no keys but those of the caller's account. No tools: a model that makes
 * keys is a hole.
 */
#ifndef OP_KEYS_H
#define OP_KEYS_H

#include "account/key.h"
#include "op/op.h"

/* Once, before the doors open; both outlive every call. Without it they answer ERR_NOT_IMPLEMENTED. */
void op_keys_start(struct keys *keys, struct store *store);

struct key_list_out {
	struct field_list keys; /* of struct key_row, oldest first */
};
struct key_create_args {
	const char *name; /* NULL: none */
	struct strs scopes; /* at least one, none that the caller lacks (ERR_SCOPE) */
	const char *expires_at; /* RFC 3339; NULL: never */
};
struct key_create_out {
	struct key_row row;
	const char *text; /* the key itself: shown only here */
};
/* Revoking is for good, counts at once, and a second time is no error; a key may revoke itself.
 * ERR_FORBIDDEN for the last living key of the account that may manage keys; ERR_NOT_FOUND. */
struct key_revoke_args {
	const char *id;
};
struct key_revoke_out {
	const char *message;
};
extern const struct op op_key_list, op_key_create, op_key_revoke;
/* struct key_row with its times as RFC 3339 text, null for never. */
extern const struct field key_view[];

#endif
