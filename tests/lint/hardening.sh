#!/bin/sh
# The shipped binary has the hardening that cmake/flags.cmake asks for.
set -u
bin=${SCRAPED_RELEASE:-$(dirname "$0")/../../build/release/scraped}
failed=0
has() { # name, what readelf prints, pattern
	if readelf -W $2 "$bin" 2>/dev/null | grep -qE "$3"; then
		echo "ok - hardening.$1"
	else
		echo "not ok - hardening.$1"
		failed=1
	fi
}
has pie -h 'Type:.*DYN'
has relro -l 'GNU_RELRO'
has bind_now -d 'BIND_NOW|FLAGS_1.*NOW'
has no_exec_stack -l 'GNU_STACK.* RW  '
has stack_protector --dyn-syms '__stack_chk_fail'
has fortify --dyn-syms '__[a-z]+_chk'
# (the property note would need Debian's own start files to have it: look at our code)
if objdump -d --no-show-raw-insn --disassemble=main "$bin" | grep -q endbr64; then
	echo "ok - hardening.branch_protection"
else
	echo "not ok - hardening.branch_protection"
	failed=1
fi
exit $failed
