#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh [NAME...] - which lines and functions of the command no test reaches, by what `make
# coverage` builds in $BUILD: all tests that can tell, or those that are named.
#
# $BUILD/lines has a line for each file, $BUILD/functions those that were never called, and
# $BUILD/source each source with how often each of its lines ran. BPF programs are not among them:
# each of their paths is the differential test's affair.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build/coverage}
BUILD=$(realpath "$BUILD")

# NAME: why it is left out
left_out()
{
	cat <<-END
		guests: what is written there is gone with the guest
		live/killed_at: what is killed writes no counts, and each exit would be more system calls to die at
		live/failed_at: likewise, to fail
		live/memory_fails: likewise
		live/boot: the units may not write here
		kernel_killed_test: what is killed writes no counts
		kernel_live_killed_test: likewise
		compile_large_test: it bounds memory
		command_size_test.sh: it bounds memory
		bench_test.sh: what is measured must be as it is used
		verifier_test: it looks at the programs alone
		verifier_refuses_test: likewise
		man_test.sh: it runs no program of this tree
	END
}

# Users without privileges count as well; one file for each program, whatever the processes.
counts=$(mktemp -d -t ng-coverage.XXXXXX)
chmod 1777 "$counts"
trap 'rm -rf "$counts"' EXIT
trap 'exit 130' INT TERM HUP
export LLVM_PROFILE_FILE=$counts/%m.profraw

if [ $# = 0 ]; then
	left_out | sed 's/^/left out: /'
	# shellcheck disable=SC2046 # one word a name
	set -- $(tests/run.sh --list | grep -vxF "$(left_out | sed 's/:.*//')")
fi
tests/run.sh "$@"
llvm-profdata merge -o "$BUILD/counts" "$counts"/*.profraw || exit 1

# The command first: the others have the same sources, and add what they alone call.
objects=("$BUILD/netguard")
for program in "$BUILD"/tests/*_test "$BUILD/tests/differential"; do
	objects+=(-object "$program")
done
show()
{
	llvm-cov "$@" -instr-profile "$BUILD/counts" "${objects[@]}" -ignore-filename-regex '/(tests|include|testenv)/'
}
show report >"$BUILD/lines"
show show -format text -output-dir "$BUILD/source" >/dev/null
show export -skip-expansions | jq -r '.data[].functions[] | select(.count == 0) | "\(.filenames[0]) \(.name)"' |
	sed "s|^$PWD/||; s| .*:| |" | sort -u >"$BUILD/functions.none"
# A function that only some programs have may be called in others.
show export -skip-expansions | jq -r '.data[].functions[] | select(.count != 0) | "\(.filenames[0]) \(.name)"' |
	sed "s|^$PWD/||; s| .*:| |" | sort -u | comm -13 - "$BUILD/functions.none" >"$BUILD/functions"
rm "$BUILD/functions.none"
tail -n 1 "$BUILD/lines"
echo "never called, $(wc -l <"$BUILD/functions") functions: $BUILD/functions"
echo "by file: $BUILD/lines; line by line: $BUILD/source"
