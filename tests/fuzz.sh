#!/bin/bash
# Runs every fuzz target: `tests/fuzz.sh build/fuzz SECONDS`, two at a time. Seeds come from tests/fuzz/<floor>/seeds_<name>;
# what a run finds new is kept in tests/.cache/fuzz, a crash stays in build/fuzz/crash-<name>-*.
set -u
cd "$(dirname "$0")/.."
build=$1 seconds=${2:-20}
one() {
	target=$1 name=$(basename "$1" | sed 's/^fuzz_//')
	corpus=tests/.cache/fuzz/$name
	seeds=$(find tests/fuzz -type d -name "seeds_$name")
	dict=$(find tests/fuzz -name "$name.dict")
	mkdir -p "$corpus"
	if out=$("$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		${dict:+-dict=$dict} -artifact_prefix="$build/crash-$name-" "$corpus" $seeds 2>&1); then
		echo "ok - fuzz.$name"
		echo "# $(echo "$out" | grep -E 'stat::number_of_executed_units' | tr -s ' ')"
	else
		echo "not ok - fuzz.$name"
		echo "$out" | grep -vE '^#[0-9]+' | tail -n 30 | cut -c1-300 | sed 's/^/# /'
	fi
}
export -f one
export build seconds
ls "$build"/fuzz/fuzz_* | xargs -P 2 -I{} bash -c 'one {}' | tee "$build/fuzz.out"
! grep -q '^not ok' "$build/fuzz.out"
