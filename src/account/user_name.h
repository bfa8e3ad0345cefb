/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about people share: names as they are compared, and rows as they are shown. */
#ifndef ACCOUNT_USER_NAME_H
#define ACCOUNT_USER_NAME_H

#include "account/user.h"
#include "store/users.h"

/* The name in lower case (ASCII). false: it cannot be anybody's, out is "". */
bool user_name_fold(struct str name, char out[USER_NAME_MAX + 1]);
void user_of_row(const struct users_row *row, struct user *out); /* text stays the row's */

#endif
