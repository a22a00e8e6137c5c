# SPDX-License-Identifier: GPL-2.0-only
# all.sh - what the end-to-end tests and the demo share
#
# $NETGUARD is the command to try, $FRAMES testenv/frames.c: build/… when they are not set.

set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NETGUARD=$(realpath "${NETGUARD:-$root/build/netguard}")
FRAMES=$(realpath "${FRAMES:-$(dirname "$NETGUARD")/testenv/frames}")
PATH=$PATH:/usr/sbin:/sbin

[ "$(id -u)" = 0 ] || { echo "$0: must be root" >&2; exit 1; }

. "$root/testenv/lib/report.sh"
. "$root/testenv/lib/world.sh"
. "$root/testenv/lib/counters.sh"
. "$root/testenv/lib/traffic.sh"
