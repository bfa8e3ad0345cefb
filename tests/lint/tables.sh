#!/bin/bash
# What is declared is used: every setting is read, every error told, every word of advice has its error, every function of a
# header called, every operation called in a test over the wire.
set -u
. "$(dirname "$0")/result.sh"
mapfile -t product < <(git ls-files -co --exclude-standard 'src/*.[ch]' 'rest/*.[ch]' 'mcp/*.[ch]' 'auth/*.[ch]')
mapfile -t code < <(printf '%s\n' "${product[@]}" | grep -vE '_table\.h$')
rows() { sed -n "s/^$1(\([a-zA-Z0-9_]*\),.*/\1/p" "$2"; }

# Those words of stdin that no file has behind the prefix (a regex).
unread() { sort -u | comm -23 - <(grep -ohE "$1[a-zA-Z0-9_]+" "${code[@]}" | sed -E "s/^$1//" | sort -u); }
result settings_read "$(rows CONF_ROW src/base/conf_table.h | unread '(->|\.)')"
result metrics_counted "$(rows METRIC_ROW src/base/metric_table.h | unread METRIC_)"
result errors_told "$(rows ERR_ROW src/base/err_table.h | unread ERR_)"

# Operations with a table of arguments of their own are tools, the others are a dialect's: each name is called in a test.
result operations_called "$(sed -n 's/^\t\.name = "\([a-z_]*\)",$/\1/p' src/op/*.c | while read -r op; do
	grep -rqE "[\"/' ]$op[\"' ]" tests/wire tests/mcp || echo "$op"
done)"

# Every warning a result may carry, and every error of the documented API, stands in its page.
words=$({ grep -ohE 'scrape_warn\([^;]*;' <(cat src/scrape/*.c src/op/*.c | tr '\n' ' ') | grep -oE '"[A-Z_]{4,}"' | tr -d '"'
	sed -nE 's/^ERR_ROW\([A-Z_]+, *"([A-Z_]+)", *([0-9]+).*/\1/p' src/base/err_table.h; } |
	grep -vxE 'CANCELLED|NOT_ACCEPTABLE|HTTP_VERSION' | sort -u)
result codes_documented "$(for word in $words; do grep -q "\`$word\`" docs/rest.md || echo "$word"; done)"

# Functions of headers: declared, defined, and called at least once. Without a caller of ours are those that tests need to look
# inside (the page's tree and its parts) or to stand in for an operator or a clock, and those of legacy MCP sessions, which the
# library has and the product has not.
for_tests='account_disable|clock_fake|metric_get|desks_load|buf_take|attr_find|dom_head|dom_quirks|dom_work|html_write|outline_read|endpoint_read|selector_find'
for_tests+='|mcp_sessions_new|mcp_sessions_free|mcp_sessions_tell|mcp_stream_pause'
declared=$(printf '%s\n' "${product[@]}" | grep '\.h$' | xargs grep -hoE '^[a-z][a-z0-9_ ]*[ *]+[a-z0-9_]+\(' |
	grep -vE '^(static|typedef|return|extern)' | sed 's/($//; s/.*[ *]//' | sort -u | grep -vxE "$for_tests")
result functions_called "$(grep -ohwFf <(echo "$declared") "${code[@]}" | sort | uniq -c | awk '$1 < 3 { print $2 }')"
exit $failed
