#!/bin/bash
# What threads share, under the thread sanitizer: the unit tests, the transfer thread against hostile origins, and the whole
# service over REST, MCP and OAuth. `tests/threads.sh build/tsan [NODE]`
set -u
cd "$(dirname "$0")/.."
failed=0 node=${2:-node}
export TSAN_OPTIONS="halt_on_error=0:exitcode=66:suppressions=$PWD/tests/net/tsan.supp"
export SCRAPED_DRIVERS=$PWD/$1/drivers SCRAPED_BIN=$PWD/$1/scraped
for program in "$1"/unit/*; do
	case $(basename "$program") in page_*) continue ;; esac # one thread each, and long
	"$program" 2>&1 || failed=1
done
for suite in tests/http/raw.mjs tests/net/hostile.mjs tests/net/robots.mjs tests/mcp/door.mjs tests/mcp/stdio.mjs tests/mcp/sessions.mjs tests/mcp/tasks.mjs tests/rest/limits.mjs \
	tests/rest/drain.mjs tests/auth/parallel.mjs tests/auth/checklist.mjs tests/auth/strangers.mjs tests/auth/restart.mjs; do
	"$node" $suite 2>&1 || failed=1
done
exit $failed
