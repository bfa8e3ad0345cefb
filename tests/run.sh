#!/bin/bash
# Runs suites and counts their cases: `tests/run.sh NAME=COMMAND...`. Every suite prints `ok - name`, `not ok - name` or
# `ok - name # SKIP why`; full outputs are kept in build/logs. A suite that dies, or says nothing, has failed.
# The last line is the sum: `N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/.."
mkdir -p build/logs
passed=0 failed=0 skipped=0
for suite in "$@"; do
	name=${suite%%=*} command=${suite#*=} log=build/logs/${suite%%=*}.log
	began=$SECONDS
	bash -c "$command" >"$log" 2>&1 </dev/null
	code=$?
	s=$(grep -cE '^ok - .* # SKIP' "$log")
	p=$(($(grep -cE '^ok - ' "$log") - s))
	f=$(grep -cE '^not ok - ' "$log")
	if [ $code -ne 0 ] && [ "$f" -eq 0 ] || [ $((p + f + s)) -eq 0 ]; then
		f=$((f + 1))
		echo "not ok - $name: ended with status $code; the end of its output:"
		tail -n 25 "$log" | cut -c1-400 | sed 's/^/# /'
	fi
	grep -hE -A 15 '^not ok - ' "$log" | grep -E '^(not ok|#)' | cut -c1-400 | head -n 120
	grep -hE '^ok - .* # SKIP' "$log" | sed 's/.*# SKIP/# skipped:/' | sort | uniq -c | head -n 10
	echo "$name: $p passed, $f failed, $s skipped in $((SECONDS - began)) s"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
