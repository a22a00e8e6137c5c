#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run all tests and count them. Every test program and script prints a line a test - "ok - NAME",
# "not ok - NAME: why", "skip - NAME: why", or cmocka's lines in TAP - and exits with 0 only
# when none failed. All they print goes to $BUILD/test.log, here stands what is worth a look.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=$(realpath "${BUILD:-build}")
export BUILD
export NETGUARD=${NETGUARD:-$BUILD/netguard} CMOCKA_MESSAGE_OUTPUT=TAP
log=$BUILD/test.log
passed=0 failed=0 skipped=0
: >"$log"

# run NAME COMMAND...: one program, its lines counted
run() {
	local name=$1 out ok bad skip status start=$SECONDS
	shift
	out=$(mktemp)
	"$@" >"$out" 2>&1 </dev/null
	status=$?
	# cmocka says "not ok 1 # SKIP NAME" of what it skips.
	skip=$(grep -cE '^skip - |^(not )?ok .*# SKIP' "$out")
	ok=$(grep '^ok ' "$out" | grep -vc '# SKIP')
	bad=$(grep '^not ok ' "$out" | grep -vc '# SKIP')
	if [ $((ok + bad + skip)) = 0 ]; then
		echo "not ok - $name: ran no test, exit status $status" >>"$out"
		bad=1
	elif [ $status != 0 ] && [ "$bad" = 0 ]; then
		echo "not ok - $name: exit status $status" >>"$out"
		bad=1
	fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	printf '%-34s %4d passed %3d failed %3d skipped %5d s\n' "$name" "$ok" "$bad" "$skip" \
		$((SECONDS - start))
	grep -E '^(not ok |skip - )|^ok .*# SKIP' "$out"
	[ "$bad" = 0 ] || grep -vE '^ok ' "$out" | tail -n 40 | sed 's/^/    /'
	{
		echo "==== $name"
		cat "$out"
	} >>"$log"
	rm -f "$out"
}

for program in "$BUILD"/tests/*_test; do
	run "${program##*/}" "$program"
done
for script in tests/*_test.sh; do
	run "${script##*/}" "$script"
done
run differential "$BUILD/tests/differential"
run live testenv/run.sh
run guests testenv/guest/all.sh testenv/guest/smoke.sh

echo "everything they printed: $log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
