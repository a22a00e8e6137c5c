#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# machine-init.sh FOLDER - process 1 of the machine of machine.sh: mounts FOLDER/tree over this
# system's files as its root, and starts systemd.
set -e

tree=$1/tree
mkdir -p "$1/layer"
mount --make-rprivate /
mount -t tmpfs layer "$1/layer"
cd "$1/layer"
mkdir upper work root
mount -t overlay root root -o lowerdir=/,upperdir=upper,workdir=work
cd root

# Without this system's services and mounts, and without units that configure the kernel.
rm -rf etc/systemd/system etc/systemd/network etc/udev/rules.d
for unit in usr/lib/systemd/system/sysinit.target.wants/*; do
	case $unit in
	*/systemd-journald.service | */systemd-udevd.service | */systemd-tmpfiles-setup.service) ;;
	*) rm "$unit" ;;
	esac
done
mkdir -p etc/systemd/system-generators
for generator in usr/lib/systemd/system-generators/*; do
	ln -sf /dev/null "etc/systemd/system-generators/${generator##*/}"
done
: >etc/fstab
echo 6e657467756172640000000000000001 >etc/machine-id # without an id systemd takes it for a first boot, and enables all units
cp -a "$tree/." .

mount -t proc proc proc
mount -t sysfs sys sys
mount --bind /sys/fs/bpf sys/fs/bpf
mount -t cgroup2 group sys/fs/cgroup
mount -t tmpfs dev dev -o mode=755
for node in null zero full random urandom tty; do
	cp -a "/dev/$node" dev
done
mkdir dev/pts dev/shm dev/mqueue dev/hugepages
mount -t devpts devpts dev/pts -o ptmxmode=666
ln -s pts/ptmx dev/ptmx
touch dev/console
mount -t tmpfs run run -o mode=755
mount -t tmpfs tmp tmp
mkdir run/udev
: >run/udev/control # systemd listens to udev only if this exists, or on a devtmpfs
mkdir tmp/old
pivot_root . tmp/old
umount -l /tmp/old
exec env -i container=ng PATH=/usr/local/sbin:/usr/sbin:/usr/bin /lib/systemd/systemd --system \
	--unit=machine.target --log-target=journal --show-status=no </dev/null
