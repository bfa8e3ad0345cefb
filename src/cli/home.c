/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/home.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Every folder on the way. One that is there stays as it is. */
static bool make(char *path)
{
	bool ok = true;
	for (char *at = path + 1; ok && (at = strchr(at, '/')); at++) {
		*at = 0;
		ok = mkdir(path, 0700) == 0 || errno == EEXIST;
		*at = '/';
	}
	return ok && (mkdir(path, 0700) == 0 || errno == EEXIST);
}

const char *home_folder(struct arena *a, struct err *e)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char *path = NULL;
	if (data &&
		data[0] == '/') /* relative ones are to be ignored, says the specification */
		path = arena_printf(a, "%s/scraped", data);
	else if (home && home[0] == '/')
		path = arena_printf(a, "%s/.local/share/scraped", home);
	if (path && make(path))
		return path;
	if (path)
		err_set(e, ERR_INTERNAL, "%s cannot be made: %s", path, strerror(errno));
	else
		err_set(e, ERR_INTERNAL, "HOME is not set");
	return NULL;
}
