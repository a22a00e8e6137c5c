#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# all.sh [-t SECONDS] COMMAND [ARGUMENT...] - run COMMAND in a guest (run.sh) of each tested kernel,
# one after the other, since two at once take longer. A guest without an exit status is a failed
# test. The status is 0 if all were 0.
set -u

here=$(cd "$(dirname "$0")" && pwd)
limit=()
if [ "${1-}" = -t ]; then
	limit=(-t "$2")
	shift 2
fi
[ $# -gt 0 ] || { sed -n '3s/^# \(.*\) - .*/usage: \1/p' "$0" >&2; exit 2; }

failed=0
for kernel in 6.1 6.12; do
	"$here/run.sh" -k $kernel "${limit[@]}" "$@"
	status=$?
	[ $status != 125 ] || echo "not ok - kernel $kernel: the guest gave no status"
	[ $status = 0 ] || failed=1
done
exit $failed
