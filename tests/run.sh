#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh [NAME...] - run all tests, or those that are named ("kernel_live_test", "live/boot"), and
# count them; `run.sh --list` prints the names. Every test program and script prints a line for each
# test - "ok - NAME", "not ok - NAME: why", "skip - NAME: why", or cmocka's lines in TAP, with "#
# skipped: why" before a test that is skipped - and exits with 0 only if none failed. All output goes
# to $BUILD/test.log; failures and skipped tests are shown here.
#
# $JOBS of them run at a time, one more than there are CPUs, since tests often wait. So each has its
# own namespaces and temporary files, and none may depend on the machine being idle. Each is a
# process group, which gets ^C. A test that runs longer than $LIMIT seconds, far longer than any
# should on the slowest machine, is terminated with all that it started, and has failed.
set -um
cd "$(dirname "$0")/.." || exit 1
BUILD=$(realpath "${BUILD:-build}")
export BUILD
export NETGUARD=${NETGUARD:-$BUILD/netguard} CMOCKA_MESSAGE_OUTPUT=TAP
JOBS=${JOBS:-$(($(nproc) + 1))}
LIMIT=${LIMIT:-1800}
log=$BUILD/test.log
passed=0 failed=0 skipped=0
declare -A running=() begun=() # names and when, by process group
clock=                         # the process that ends when it is time to look at the time

# The longest ones begin first; then the others, by name.
longest=(guests live/updates live/replay kernel_killed_test live/failed_at live/interfaces live/killed_at
	live/killed live/memory_fails live/programs live/established live/ssh live/together)

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
	{ time NETGUARD_TEST=$$/$1 "${command[@]}" >"$out" 2>&1 </dev/null; } 2>"$out.time" &
	running[$!]=$1 begun[$!]=$SECONDS
}

# await: one of those that run; $pid and $status
await()
{
	while true; do
		if [ -z "$clock" ]; then
			sleep 5 &
			clock=$!
		fi
		wait -n -p pid
		status=$?
		[ "$pid" = "$clock" ] || return
		clock=
		for pid in "${!running[@]}"; do
			[ $((SECONDS - begun[$pid])) -lt "$LIMIT" ] || end_overdue "$pid"
			# wait -n does not report processes that ended while this shell waited for another.
			kill -0 "$pid" 2>/dev/null && continue
			wait "$pid"
			status=$?
			return
		done
	done
}

end_overdue()
{
	local name=${running[$1]} process

	stop "$1"
	# Those that have left the process group.
	# shellcheck disable=SC2013 # one word a path
	for process in $(grep -lsxzF "NETGUARD_TEST=$$/$name" /proc/[0-9]*/environ); do
		process=${process#/proc/}
		kill -KILL "${process%/environ}" 2>/dev/null
	done
	echo "not ok - $name: not done after $LIMIT seconds, and ended" >>"$work/${name//\//-}"
}

# end: wait for one of those that run, and count its lines
end()
{
	local pid status name out ok bad skip wall user system summary

	await
	name=${running[$pid]} out=$work/${running[$pid]//\//-}
	unset "running[$pid]"
	read -r wall user system < <(grep "^[0-9]" "$out.time" || echo $((SECONDS - begun[$pid])) 0 0)
	# cmocka prints "not ok 1 # SKIP NAME" for skipped tests.
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
	grep -E '^(not ok |skip - |# skipped: )|^ok .*# SKIP' "$out"
	[ "$bad" = 0 ] || grep -vE '^ok ' "$out" | tail -n 40 | sed 's/^/    /'
	{
		echo "==== $summary"
		cat "$out"
	} >>"$log"
	rm -f "$out" "$out.time"
}

# stop GROUP...: terminate them, with time to clean up. A process that a shell started in the
# background ignores SIGINT.
stop()
{
	local signal

	for signal in INT TERM KILL; do
		signal $signal "$@" || break
		for _ in {1..100}; do
			signal 0 "$@" || break
			sleep 0.1
		done
	done
}

# signal SIGNAL GROUP...: is any of them running?
signal()
{
	local signal=$1 group heard=1

	shift
	for group; do
		! kill "-$signal" -- "-$group" 2>/dev/null || heard=0
	done
	return $heard
}

interrupted()
{
	trap '' INT TERM
	stop "${!running[@]}"
	exit 130
}

if [ "${1-}" = --list ]; then
	names | awk '!seen[$0]++'
	exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "$clock" ] || kill "$clock"' EXIT
trap interrupted INT TERM
: >"$log"

# shellcheck disable=SC2046 # one word a name
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
