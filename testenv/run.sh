#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh [NAME...] - run the end-to-end tests of testenv/live/, all or those that are named; prints a
# line for each, and a count. Needs root and the programs of `make test-programs`.

live=$(dirname "$0")/live
# shellcheck disable=SC2046 # one word a name
[ $# != 0 ] || set -- $(basename -s .sh -- "$live"/*.sh)
passed=0 failed=0 skipped=0

for name; do
	before=$((passed + failed + skipped))
	while IFS= read -r line; do
		case $line in
		"ended with "*)
			ended=$line
			continue
			;;
		"ok - "*) passed=$((passed + 1)) ;;
		"not ok - "*) failed=$((failed + 1)) bad=$name ;;
		"skip - "*) skipped=$((skipped + 1)) ;;
		esac
		printf '%s\n' "$line"
	done < <(bash "$live/$name.sh" 2>&1; echo "ended with status $?")
	if [ "$ended" != "ended with status 0" ] && [ "${bad-}" != "$name" ] ||
	   [ $before = $((passed + failed + skipped)) ]; then
		echo "not ok - $name: it $ended"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
