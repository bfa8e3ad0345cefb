#!/bin/sh
# What reviewers should not have to look for: format, ceilings, who may call what, licence lines, machine paths.
set -u
. "$(dirname "$0")/result.sh"
sources=$(git ls-files -co --exclude-standard 'src/*.[ch]' 'rest/*.[ch]' 'mcp/*.[ch]' 'auth/*.[ch]' 'tests/*.[ch]')
code=$(echo "$sources" | grep -vE '_table\.h$|_data\.[ch]$|_gen\.[ch]$')
product=$(echo "$code" | grep -v '^tests/')

# shellcheck disable=SC2086
result format "$(clang-format --dry-run -Werror $code 2>&1 | grep 'error:' | cut -d: -f1 | sort | uniq -c)"
# shellcheck disable=SC2086
result licence "$(grep -L '^/\* SPDX-License-Identifier: Apache-2.0 \*/' $sources)"
# shellcheck disable=SC2086
result file_sizes "$(wc -l $product | awk '$2 != "total" && $1 > ($2 ~ /\.h$/ ? 160 : 400) { print $2 " has " $1 " lines" }')"
# shellcheck disable=SC2086
result function_sizes "$(awk 'FNR == 1 { open = 0 } /^\{/ { open = FNR } /^\}/ && open { if (FNR - open > 61) print FILENAME ":" open " a function of " FNR - open - 1 " lines"; open = 0 }' $product)"
# shellcheck disable=SC2086
result unfinished "$(grep -nE 'TODO|FIXME|\bXXX\b|\b[Ff]or now\b' $product)"
result machine_paths "$(git grep -nE '/tmp/|/home/[a-z]|/root/|/work/' -- 'src' rest mcp auth README.md docs clients CMakeLists.txt cmake | head)"

# callers: pattern, who may, why it is one place
only() { # name, pattern, allowed files (regex)
	# shellcheck disable=SC2086
	result "only_$1" "$(grep -nE "$2" $product | grep -vE "^($3):" | grep -vE ':[0-9]+:[[:space:]]*(/?\*|//)')"
}
only malloc '\b(malloc|calloc|realloc|strdup|strndup|free) ?\(' 'src/base/mem\.c'
only curl '\bcurl_[a-z]+|CURLOPT_' 'src/net/.*'
only sockets '\b(getaddrinfo|connect|gethostbyname) ?\(' 'src/net/.*'
only libwebsockets '\blws_[a-z]+|\buv_[a-z]+' 'src/http/.*'
only liboauth2 '\boauth2_[a-z]+|\bcjose_[a-z]+' 'auth/jose/.*'
only argon2 '\bargon2[a-z]*_[a-z]+' 'src/account/password\.c'
only sqlite '\bsqlite3_?[a-z]+' 'src/store/db_sqlite\.c'
exit $failed
