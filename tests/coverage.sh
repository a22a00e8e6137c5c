#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh [NAME...] - finds lines and functions of the command that no test reaches, with what
# `make coverage` builds in $BUILD; runs all suitable tests, or those that are named.
#
# $BUILD/lines has a line for each file, $BUILD/functions the functions that were never called, and
# $BUILD/source each source with the number of times that each line ran. BPF programs are not
# included: the differential test covers their paths. Failures of tests do not matter here: some
# fail since a user who may not write the counts gets an error message. A process that a signal
# kills writes no counts: `metrics --listen` is one.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build/coverage}
BUILD=$(realpath "$BUILD")

# NAME: the reason to leave it out
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

# Programs write their counts here: a file for each, shared by all its processes.
rm -rf "$BUILD/profiles"
mkdir -m 1777 "$BUILD/profiles"

if [ $# = 0 ]; then
	left_out | sed 's/^/left out: /'
	# shellcheck disable=SC2046 # one word a name
	set -- $(tests/run.sh --list | grep -vxF "$(left_out | sed 's/:.*//')")
fi
tests/run.sh "$@"
llvm-profdata merge -o "$BUILD/counts" "$BUILD/profiles"/* || exit 1

# The command first: the others have the same sources, and add functions that only they call.
objects=("$BUILD/netguard")
for program in "$BUILD"/tests/*_test "$BUILD/tests/differential"; do
	[ ! -x "$program" ] || objects+=(-object "$program")
done
ask()
{
	llvm-cov "$@" -instr-profile "$BUILD/counts" "${objects[@]}" \
		-ignore-filename-regex '/(tests|include|testenv|build)/'
}
ask report >"$BUILD/lines" || exit 1
ask show -format text -output-dir "$BUILD/source" >/dev/null
# A function is in several programs, and may be called in only one of them.
ask export -skip-expansions |
	jq -r '[.data[].functions[] | { name: "\(.filenames[0]): \(.name | sub(".*:"; ""))", count }] |
		group_by(.name)[] | select(all(.count == 0))[0].name' |
	sed "s|^$PWD/||" | grep '^ctl/' >"$BUILD/functions"
tail -n 1 "$BUILD/lines" | tr -s ' '
echo "never called, $(wc -l <"$BUILD/functions") functions: $BUILD/functions"
echo "by file: $BUILD/lines; line by line: $BUILD/source"
