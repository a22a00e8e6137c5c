#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh: a test that does not end is terminated, and the others still run.
. "$(dirname "$0")/command_common.sh"
mkdir tests

# a_test NAME <BODY: a test program
a_test() {
	{
		echo '#!/bin/bash'
		cat
	} >"tests/$1"
	chmod +x "tests/$1"
}

# It ignores all signals that it can, as do the processes it started, in its process group and not.
a_test endless_test <<END
	trap '' INT TERM
	echo ok - before
	setsid bash -c 'echo \$\$ >"$folder/outside"; trap "" INT TERM; while sleep 1; do :; done' &
	bash -c 'echo \$\$ >"$folder/inside"; trap "" INT TERM; while sleep 1; do :; done'
END
a_test next_test <<<'echo ok - next'
BUILD=$folder JOBS=1 LIMIT=10 "$root/tests/run.sh" endless_test next_test >out 2>err
status=$?
expect endless_test_has_failed 1 "*not ok - endless_test: not done after 10 seconds*" '*'
expect endless_test_does_not_keep_others_from_running 1 "*
next_test * 1 passed   0 failed *
2 passed, 1 failed, 0 skipped" '*'
for place in inside outside; do
	pid=$(cat $place)
	tries=0
	# A zombie has no program.
	while readlink "/proc/$pid/exe" >/dev/null && [ $((tries += 1)) -lt 100 ]; do
		sleep 0.1
	done
	if [ $tries = 100 ]; then
		not_ok "endless_test_is_ended_$place" "process $pid is there"
		kill -KILL "$pid"
	else
		ok "endless_test_is_ended_$place"
	fi
done

a_test silent_test <<<':'
a_test failed_test <<<'echo ok - one; exit 3'
BUILD=$folder "$root/tests/run.sh" silent_test failed_test >out 2>err
status=$?
expect silent_test_has_failed 1 "*not ok - silent_test: ran no test*" ''
expect status_counts 1 "*not ok - failed_test: exit status 3*
1 passed, 2 failed, 0 skipped" ''

if [ "$(id -u)" != 0 ]; then
	echo "skip - machine_without_cgroup2: needs root"
	finish
fi
# shellcheck disable=SC2016
unshare --mount sh -c '
	mount --make-rprivate / &&
	awk "\$3 == \"cgroup2\" { print \$2 }" /proc/mounts | xargs -r umount -l &&
	timeout -k 5 120 "$0/testenv/live/metrics.sh"' "$root" >out 2>err
status=$?
expect machine_without_cgroup2_is_skipped 0 "*skip - metrics: *" '*'
found=$(find / -maxdepth 1 -name 'ng-*')
[ -z "$found" ] && ok machine_without_cgroup2_leaves_nothing ||
	not_ok machine_without_cgroup2_leaves_nothing "$found"
finish
