/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a key: how one is made, and which texts cannot be one. */
#ifndef ACCOUNT_KEY_TEXT_H
#define ACCOUNT_KEY_TEXT_H

#include "account/key.h"

void key_text_new(char text[KEY_TEXT_SIZE]);
/* false: no key of ours or of anybody (our shape with a wrong checksum, too long, not printable). */
bool key_text_plausible(struct str text);

#endif
