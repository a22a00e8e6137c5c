# SPDX-License-Identifier: GPL-2.0-only
# report.sh - tests are functions called test_…; each runs in its own world and prints one line: `ok
# - NAME`, `not ok - NAME: why` or `skip - NAME: why`.

script=$(basename "$0" .sh)

# End the test.
fail()
{
	printf '%s' "$*" >"$why"
	exit 1
}

skip()
{
	printf '%s' "$*" >"$why"
	exit 77
}

# must COMMAND...: it succeeds; its output is in $output.
must()
{
	output=$("$@" 2>&1) || fail "\`$*\` failed with status $?: $output"
}

# must_fail COMMAND...: it exits with status 1; its output is in $output.
must_fail()
{
	must_end 1 "$@"
}

# must_end STATUS COMMAND...: the same for another status
must_end()
{
	local wanted=$1 status=0

	shift
	output=$("$@" 2>&1) || status=$?
	[ $status = "$wanted" ] || fail "\`$*\` ended with status $status instead of $wanted: $output"
}

# says TEXT...: $output contains each TEXT.
says()
{
	local text

	for text; do
		[[ $output == *"$text"* ]] || fail "it does not say '$text' but: $output"
	done
}

# equal WHAT GOT WANTED
equal()
{
	[ "$2" = "$3" ] || fail "$1: got '$2' instead of '$3'"
}

# same WHAT GOT WANTED, two files: on failure the first lines that differ are printed.
same()
{
	local difference

	difference=$(diff -U0 --label wanted --label got "$3" "$2" | sed 1,3d | head -n 20)
	[ -z "$difference" ] || fail "$1, wanted - and got +:"$'\n'"$difference"
}

# try COMMAND...: repeat until it succeeds, for what the kernel does a moment later.
try()
{
	local tries

	for tries in {1..200}; do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}

# run_case NAME COMMAND...: one test, in the current world
run_case()
{
	local name="$script: $1" status=0

	shift
	("$@") || status=$?
	case $status in
	0) echo "ok - $name" ;;
	77) echo "skip - $name: $(cat "$why")" ;;
	130) exit 130 ;;
	*)
		echo "not ok - $name: $(cat "$why")"
		failed=1
		;;
	esac
	: >"$why"
}

in_a_world()
{
	world_begin
	"$@"
}

# Run all tests of this script, or those that are named.
run_tests()
{
	local test

	for test in "${@:-$(declare -F | sed -n 's/^declare -f \(test_\)/\1/p')}"; do
		for test in $test; do
			run_case "$test" in_a_world "$test"
		done
	done
	exit $failed
}

failed=0
why=$(mktemp -t ng-why.XXXXXX)
trap 'rm -f "$why"' EXIT
