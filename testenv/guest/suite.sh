#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# suite.sh - all the tests of this tree on the kernel that runs, made for a guest (run.sh): the
# smoke test's long form, the test programs and scripts, the differential with as many frames as
# an emulated CPU can take, and the end-to-end tests. Prints what they print under their names.
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
