#!/bin/bash
# What threads share, under the thread sanitizer: the unit tests, the transfer thread against hostile origins, jobs through
# cancelling, kills and stops with their webhooks and watchers, and the whole service over REST, MCP and OAuth.
# `tests/threads.sh build/tsan [NODE]`
set -u
cd "$(dirname "$0")/.."
failed=0 node=${2:-node}
export TSAN_OPTIONS="halt_on_error=0:exitcode=66:suppressions=$PWD/tests/net/tsan.supp"
export SCRAPED_DRIVERS=$PWD/$1/drivers SCRAPED_BIN=$PWD/$1/scraped
for program in "$1"/unit/*; do
	case $(basename "$program") in page_*) continue ;; esac # one thread each, and long
	"$program" 2>&1 || failed=1
done
unset SCRAPED_RELEASE # power cuts and faults are for that build
export CRASH_KILLS=4
for suite in http/raw net/hostile net/robots mcp/door mcp/stdio mcp/sessions mcp/jobs mcp/tasks mcp/folder rest/limits rest/drain rest/jobs \
	job/engine job/webhooks cli/jobs crash/crash auth/parallel auth/checklist auth/strangers auth/restart; do
	"$node" tests/$suite.mjs 2>&1 || failed=1
done
exit $failed
