#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh [NAME...] - run all tests, or those that are named ("kernel_live_test", "live/boot"), and
# count them; `run.sh --list` prints the names. Every test program and script prints a line a test - "ok - NAME",
# "not ok - NAME: why", "skip - NAME: why", or cmocka's lines in TAP - and exits with 0 only
# when none failed. All they print goes to $BUILD/test.log, here stands what is worth a look.
#
# $JOBS of them run at a time: much of a test is waiting, so one more than there are CPUs. So each has
# namespaces and temporary files of its own, and none may take it ill that the machine is busy. Each
# is a process group, which is what ^C goes to.
set -um
cd "$(dirname "$0")/.." || exit 1
BUILD=$(realpath "${BUILD:-build}")
export BUILD
export NETGUARD=${NETGUARD:-$BUILD/netguard} CMOCKA_MESSAGE_OUTPUT=TAP
JOBS=${JOBS:-$(($(nproc) + 1))}
log=$BUILD/test.log
passed=0 failed=0 skipped=0
declare -A running=() # names by process group

# The longest, which begin first; then the others, by name.
longest=(guests live/updates live/replay kernel_killed_test live/interfaces live/killed_at live/killed
	live/failed_at live/ssh live/together)

names()
{
	local path

	printf '%s\n' "${longest[@]}" differential
	for path in "$BUILD"/tests/*_test tests/*_test.sh; do
		echo "${path##*/}"
	done
	for path in testenv/live/*.sh; do
		echo "live/$(basename "$path" .sh)"
	done
}

# begin NAME: in the background
begin()
{
	local out=$work/${1//\//-} command TIMEFORMAT='%0R %0U %0S'

	case $1 in
	guests) command=(testenv/guest/all.sh -t 900 testenv/guest/smoke.sh) ;;
	live/*) command=("testenv/$1.sh") ;;
	*.sh) command=("tests/$1") ;;
	*) command=("$BUILD/tests/$1") ;;
	esac
	{ time "${command[@]}" >"$out" 2>&1 </dev/null; } 2>"$out.time" &
	running[$!]=$1
}

# end: wait for one of those that run, and count its lines
end()
{
	local pid status name out ok bad skip wall user system summary

	wait -n -p pid
	status=$?
	name=${running[$pid]} out=$work/${running[$pid]//\//-}
	unset "running[$pid]"
	read -r wall user system <<<"$(tail -n 1 "$out.time")"
	# cmocka says "not ok 1 # SKIP NAME" of what it skips.
	skip=$(grep -cE '^skip - |^(not )?ok .*# SKIP' "$out")
	ok=$(grep '^ok ' "$out" | grep -vc '# SKIP')
	bad=$(grep '^not ok ' "$out" | grep -vc '# SKIP')
	if [ $((ok + bad + skip)) = 0 ]; then
		echo "not ok - $name: ran no test, exit status $status" >>"$out"
		bad=1
	elif [ $status != 0 ] && [ "$bad" = 0 ]; then
		echo "not ok - $name: exit status $status" >>"$out"
		bad=1
	fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	summary=$(printf '%-28s %4d passed %3d failed %3d skipped %5d s, CPU %4d s' "$name" "$ok" \
		"$bad" "$skip" "$wall" $((user + system)))
	echo "$summary"
	grep -E '^(not ok |skip - )|^ok .*# SKIP' "$out"
	[ "$bad" = 0 ] || grep -vE '^ok ' "$out" | tail -n 40 | sed 's/^/    /'
	{
		echo "==== $summary"
		cat "$out"
	} >>"$log"
	rm -f "$out" "$out.time"
}

# End what runs, and give it time to clean up. What its shell started in the background does not
# hear SIGINT.
interrupted()
{
	local signal tries

	trap '' INT TERM
	for signal in INT TERM KILL; do
		signal_all $signal || break
		for tries in {1..100}; do
			signal_all 0 || break
			sleep 0.1
		done
	done
	exit 130
}

# signal_all SIGNAL: was there anybody?
signal_all()
{
	local group heard=1

	for group in "${!running[@]}"; do
		! kill "-$1" -- "-$group" 2>/dev/null || heard=0
	done
	return $heard
}

if [ "${1-}" = --list ]; then
	names | awk '!seen[$0]++'
	exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap interrupted INT TERM
: >"$log"

[ $# != 0 ] || set -- $(names | awk '!seen[$0]++')
for name; do
	[ ${#running[@]} -lt "$JOBS" ] || end
	begin "$name"
done
while [ ${#running[@]} != 0 ]; do
	end
done

echo "everything they printed: $log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
