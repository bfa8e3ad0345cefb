# For the lint scripts, to be sourced: the project's root as the working folder, and one line for each case.
cd "$(dirname "$0")/../.." || exit 1
suite=$(basename "$0" .sh)
failed=0
result() { # name, findings
	if [ -z "$2" ]; then
		echo "ok - $suite.$1"
	else
		echo "not ok - $suite.$1"
		echo "$2" | sed 's/^/# /' | head -30
		failed=1
	fi
}
