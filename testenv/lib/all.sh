# SPDX-License-Identifier: GPL-2.0-only
# all.sh - shared by the end-to-end tests and the demo
#
# $BUILD is the folder of `make`, build/ by default; $NETGUARD and $FRAMES, if set, are
# another command to test and another build of testenv/frames.c.

set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$root/build}
NETGUARD=$(realpath -m "${NETGUARD:-$BUILD/netguard}")
FRAMES=$(realpath -m "${FRAMES:-$BUILD/testenv/frames}")
PATH=$PATH:/usr/sbin:/sbin

[ "$(id -u)" = 0 ] || { echo "$0: must be root" >&2; exit 1; }
[ -x "$NETGUARD" ] && [ -x "$FRAMES" ] ||
	{ echo "$0: there is no $NETGUARD or no $FRAMES: make test-programs" >&2; exit 1; }

. "$root/testenv/lib/report.sh"
. "$root/testenv/lib/kernel.sh"
. "$root/testenv/lib/world.sh"
. "$root/testenv/lib/counters.sh"
. "$root/testenv/lib/traffic.sh"
. "$root/testenv/lib/replay.sh"
