#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sanitize.sh [NAME...] - the tests under AddressSanitizer, UndefinedBehaviorSanitizer and
# LeakSanitizer, with what `make sanitize` builds in $BUILD.
#
# Every report is a failure, also of a command that a test expects to fail or whose output it
# ignores: reports go to separate files. A check first makes sure that they do.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build/sanitize}

# NAME: the reason to leave it out
left_out()
{
	cat <<-END
		guests: a guest has no sanitizers' libraries
		kernel_killed_test: LeakSanitizer needs ptrace(2) itself
		kernel_live_killed_test: LeakSanitizer needs ptrace(2) itself
		live/killed_at: LeakSanitizer needs ptrace(2) itself
		live/failed_at: LeakSanitizer needs ptrace(2) itself
		live/boot: the units forbid ptrace(2)
		bench_test.sh: a sandbox of bench has no /proc for LeakSanitizer
		compile_large_test: it bounds memory, of which a sanitizer takes several times as much
		command_size_test.sh: it bounds memory, of which a sanitizer takes several times as much
		man_test.sh: it runs no program of this tree
	END
}

# A user without privileges has to be able to write reports, too.
reports=$(mktemp -d -t ng-sanitize.XXXXXX)
chmod 1777 "$reports"
trap 'rm -rf "$reports"' EXIT
trap 'exit 130' INT TERM HUP
options=log_path=$reports/report:exitcode=99
# A quarantine for freed memory, small enough for the tests of memory limits.
export ASAN_OPTIONS=$options:detect_leaks=1:quarantine_size_mb=32:detect_stack_use_after_return=1:check_initialization_order=1
export UBSAN_OPTIONS=$options:print_stacktrace=1

canary()
{
	${CC:-clang} -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -x c - -o "$reports/canary" <<-END
		#include <limits.h>
		#include <stdlib.h>
		int main(int argc, char **argv)
		{
			volatile int number = INT_MAX;
			char *volatile memory = malloc(argc);

			switch (*argv[1]) {
			case 'a': return memory[argc];
			case 'l': memory = NULL; return 0;
			default: return (number + argc) & 1;
			}
		}
	END
}

# is_reported PATTERN BUG: by an unprivileged user, without a terminal
is_reported()
{
	setpriv --reuid=65534 --clear-groups --inh-caps=-all "$reports/canary" "$2" >"$reports/out" 2>&1
	if ! grep -qs "$1" "$reports"/report.* || [ -s "$reports/out" ]; then
		echo "not ok - a program that is known to be wrong ($2) gives no report: $(cat "$reports/out")"
		exit 1
	fi
	rm -f "$reports"/report.*
}

canary || exit 1
is_reported heap-buffer-overflow address
is_reported 'detected memory leaks' leak
is_reported 'signed integer overflow' undefined
rm -f "$reports/canary" "$reports/out"

if [ $# = 0 ]; then
	left_out | sed 's/^/left out: /'
	# shellcheck disable=SC2046 # one word a name
	set -- $(tests/run.sh --list | grep -vxF "$(left_out | sed 's/:.*//')")
fi
tests/run.sh "$@"
status=$?
n=$(find "$reports" -name 'report.*' | wc -l)
[ "$n" = 0 ] || cat "$reports"/report.*
echo "$n reports of the sanitizers"
[ $status = 0 ] && [ "$n" = 0 ]
