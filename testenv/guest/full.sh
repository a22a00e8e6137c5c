#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# full.sh - all tests in guests of all kernels (suite.sh); shows what is worth a look and counts.
# Everything they printed is in $BUILD/kernels.log.
set -u

cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
log=$BUILD/kernels.log

testenv/guest/all.sh -t 5400 testenv/guest/suite.sh 2>&1 | tee "$log" |
	grep --line-buffered -E '^(== |not ok |skip - |ok .*# SKIP)'

skipped=$(grep -cE '^skip - |^(not )?ok .*# SKIP' "$log")
failed=$(grep '^not ok ' "$log" | grep -vc '# SKIP')
passed=$(grep -E '^ok ' "$log" | grep -vc '# SKIP')
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
