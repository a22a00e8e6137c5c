#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# full.sh - runs all tests in guests of all kernels (suite.sh); shows failures and skipped tests, and
# counts. The whole output is in $BUILD/kernels.log.
set -u

cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
log=$BUILD/kernels.log

# cmocka prints "not ok # SKIP" for skipped tests.
skip='^skip - |^(not )?ok .*# SKIP'
testenv/guest/all.sh -t 5400 testenv/guest/suite.sh 2>&1 | tee "$log" |
	grep --line-buffered -E "^== |^not ok |$skip"

passed=$(grep -E '^ok ' "$log" | grep -vcE "$skip")
failed=$(grep -E '^not ok ' "$log" | grep -vcE "$skip")
skipped=$(grep -cE "$skip" "$log")
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
