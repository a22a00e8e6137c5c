#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# suite.sh - runs all tests of this tree on the running kernel, made for a guest (run.sh): the long
# form of the smoke test, the test programs and scripts, the differential test with as many frames as
# an emulated CPU can handle, and the end-to-end tests. Prints their output under their names.
set -u

cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build} CMOCKA_MESSAGE_OUTPUT=TAP
export NETGUARD=${NETGUARD:-$BUILD/netguard}
failed=0

run()
{
	echo "== kernel $(uname -r): ${1##*/}"
	"$@" </dev/null 2>&1 && return
	echo "not ok - ${1##*/}: exit status $?"
	failed=1
}

run testenv/guest/smoke.sh -l
for program in "$BUILD"/tests/*_test tests/*_test.sh; do
	run "$program"
done
run "$BUILD/tests/differential" --rulesets 40 --frames 20000
run testenv/run.sh
exit $failed
