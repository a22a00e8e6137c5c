#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# inside.sh TREE COMMAND - process 1 of the namespaces that check.sh makes: mounts the file systems
# of a running system, then runs COMMAND, a line of shell, in the clone.
set -e

tree=$1
mount --bind "$tree" "$tree" # the root of a running system is a mount

# give TYPE FOLDER [OPTION]...: mount what systemd mounts there, if this kernel supports it
give()
{
	type=$1 place=$tree$2
	shift 2
	grep -qw "$type" /proc/filesystems && [ -d "$place" ] || return 0
	mount -t "$type" "$@" "$type" "$place"
}

give proc /proc
give sysfs /sys
give securityfs /sys/kernel/security
give cgroup2 /sys/fs/cgroup
give bpf /sys/fs/bpf -o mode=700
give debugfs /sys/kernel/debug
give tracefs /sys/kernel/tracing
mount --bind /dev "$tree/dev"
give devpts /dev/pts -o gid=5,mode=620
give tmpfs /dev/shm
give mqueue /dev/mqueue
give tmpfs /run -o mode=755
mkdir -m 1777 "$tree/run/lock"
give tmpfs /run/lock

# Other tools than apt need proxies, too.
for name in http_proxy https_proxy no_proxy; do
	eval "value=\${$name-}"
	[ -z "$value" ] || proxies="${proxies-} $name=$value"
done

# Only what the kernel and libxdp put into an empty bpffs may be left.
# shellcheck disable=SC2016,SC2086
exec chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
	${proxies-} /bin/sh -c '
	cd /root/netguard
	/bin/sh -c "$1" || exit
	left=$(find /sys/fs/bpf -mindepth 1 ! -name "*.debug" ! -path /sys/fs/bpf/xdp
	       find /sys/fs/cgroup -mindepth 1 -type d
	       ls /sys/class/net | grep -vxe lo -e tap0
	       ls /run/netns 2>/dev/null
	       ls -d /ng-* /tmp/ng-* /run/ng-* 2>/dev/null)
	[ -z "$left" ] || { echo "left behind:" $left; exit 1; }
	' sh "$2"
