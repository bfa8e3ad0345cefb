#!/bin/sh
# Runs every unit test program of a build folder: `tests/unit.sh build/san [pattern]`.
set -u
failed=0
for program in "$1"/unit/*${2:-}*; do
	"$program" || failed=1
done
exit $failed
