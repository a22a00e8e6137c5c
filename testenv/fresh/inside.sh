#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# inside.sh TREE COMMAND - what check.sh runs as process 1 of the tree's own namespaces: mounts
# what a running system has, then as that system runs COMMAND, a line of shell, in the clone.
set -e

tree=$1
mount --bind "$tree" "$tree" # the root of a running system is a mount
mount -t proc proc "$tree/proc"
mount -t sysfs sys "$tree/sys"
mount -t bpf bpf "$tree/sys/fs/bpf"
mount --rbind /dev "$tree/dev"
mount -t tmpfs run "$tree/run"

# Left behind may be nothing but what the kernel and libxdp put into an empty bpffs.
# shellcheck disable=SC2016
exec chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
	/bin/sh -c '
	cd /root/netguard
	/bin/sh -c "$1" || exit
	left=$(find /sys/fs/bpf -mindepth 1 ! -name "*.debug" ! -path /sys/fs/bpf/xdp
	       ls /sys/class/net | grep -vxe lo -e tap0
	       ls /run/netns 2>/dev/null)
	[ -z "$left" ] || { echo "left behind:" $left; exit 1; }
	' sh "$2"
