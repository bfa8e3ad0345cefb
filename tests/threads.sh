#!/bin/sh
# The unit tests of what threads share, under the thread sanitizer: `tests/threads.sh build/tsan`.
set -u
failed=0
export TSAN_OPTIONS=halt_on_error=0:exitcode=66
for program in "$1"/unit/*; do
	case $(basename "$program") in page_*) continue ;; esac # one thread each, and long
	"$program" 2>&1 || failed=1
done
exit $failed
