#!/bin/sh
# Floors, not circles: a file includes its own floor and those that its row of CMakeLists.txt names, nothing else.
set -eu
cd "$(dirname "$0")/../.."
awk '
/^floor\(/ {
	line = $0; gsub(/^floor\(|\).*$/, "", line); n = split(line, w, /[ \t]+/)
	dir[w[1]] = w[2]; prefix = w[2]; sub(/^src\//, "", prefix); floor_of[prefix] = w[1]
	for (i = 3; i <= n; i++) may[w[1], w[i]] = 1
	may[w[1], w[1]] = 1; order[++floors] = w[1]
}
END {
	for (k = 1; k <= floors; k++) {
		name = order[k]; bad = ""
		cmd = "ls " dir[name] "/*.c " dir[name] "/*.h 2>/dev/null"
		while ((cmd | getline file) > 0) {
			while ((getline text < file) > 0) if (text ~ /^#include "/) {
				split(text, q, "\""); p = q[2]; sub(/\/[^\/]*$/, "", p)
				to = floor_of[p]
				if (!((name, to) in may)) bad = bad "# " file " includes " q[2] "\n"
			}
			close(file)
		}
		close(cmd)
		printf "%s - floors.%s\n%s", bad == "" ? "ok" : "not ok", name, bad
		if (bad != "") failed = 1
	}
	exit failed
}' CMakeLists.txt
