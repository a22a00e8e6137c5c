#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh [NAME...] - which lines and functions of the command no test reaches, by what `make
# coverage` builds in $BUILD: all tests that can tell, or those that are named.
#
# $BUILD/lines has a line for each file, $BUILD/functions those that were never called, and
# $BUILD/source each source with how often each of its lines ran. BPF programs are not among them:
# each of their paths is the differential test's affair. Whether tests pass does not count here: a
# user who may not write the counts says so, which is not what a test expects. What a signal ends
# writes no counts: `metrics --listen` is among that.
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

# Where programs know that they are to write them: one file for each, whatever the processes.
rm -rf "$BUILD/profiles"
mkdir -m 1777 "$BUILD/profiles"

if [ $# = 0 ]; then
	left_out | sed 's/^/left out: /'
	# shellcheck disable=SC2046 # one word a name
	set -- $(tests/run.sh --list | grep -vxF "$(left_out | sed 's/:.*//')")
fi
tests/run.sh "$@"
llvm-profdata merge -o "$BUILD/counts" "$BUILD/profiles"/* || exit 1

# The command first: the others have the same sources, and add what they alone call.
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
# A function stands in several programs, and may be called in one of them only.
ask export -skip-expansions |
	jq -r '[.data[].functions[] | { name: "\(.filenames[0]): \(.name | sub(".*:"; ""))", count }] |
		group_by(.name)[] | select(all(.count == 0))[0].name' |
	sed "s|^$PWD/||" | grep '^ctl/' >"$BUILD/functions"
tail -n 1 "$BUILD/lines" | tr -s ' '
echo "never called, $(wc -l <"$BUILD/functions") functions: $BUILD/functions"
echo "by file: $BUILD/lines; line by line: $BUILD/source"
