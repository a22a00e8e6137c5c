#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# all.sh [-t SECONDS] COMMAND [ARGUMENT...] - COMMAND in a guest (run.sh) of each kernel that is
# tested, at the same time; what they said comes one after the other. The status is 0 when all
# were. A guest that gives no status of its own is a test that failed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
kernels=(6.1 6.12)
seconds=300

if [ "${1-}" = -t ]; then
	seconds=$2
	shift 2
fi
[ $# -gt 0 ] || { sed -n '3s/^# /usage: /p' "$0" >&2; exit 2; }

work=$(mktemp -d)
# shellcheck disable=SC2154 # jobs is set
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

declare -A guests
for kernel in "${kernels[@]}"; do
	"$here/run.sh" -k "$kernel" -t "$seconds" "$@" >"$work/$kernel" 2>&1 &
	guests[$kernel]=$!
done

failed=0
for kernel in "${kernels[@]}"; do
	status=0
	wait "${guests[$kernel]}" || status=$?
	cat "$work/$kernel"
	if [ $status = 125 ]; then
		echo "not ok - kernel $kernel: the guest gave no status"
	fi
	[ $status = 0 ] || failed=1
done
exit $failed
