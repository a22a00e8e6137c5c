# SPDX-License-Identifier: GPL-2.0-only
# machine.sh - a machine to boot: systemd and udev in namespaces, on a layer in memory over this
# system's files. Its network is the namespace $near; it shares the BPF file system. netguard is
# installed there by `make install`.

# Once for all machines of a script: the installed files, in $installed, or why there are none.
machine_install()
{
	installed=$(mktemp -d -t ng-installed.XXXXXX)
	trap 'rm -rf "$why" "$installed"' EXIT
	no_machine=
	if [ ! -x /lib/systemd/systemd ]; then
		no_machine="systemd is not installed"
	elif ! grep -qw overlay /proc/filesystems; then
		no_machine="the kernel has no overlayfs"
	elif ! make -s -C "$root" BUILD="$BUILD" DESTDIR="$installed" install; then
		no_machine="make install fails"
	elif ! output=$(udev_unpack 2>&1); then
		no_machine="udev cannot be fetched: $(tail -n 1 <<<"$output")"
	fi
	install -m 0755 "$NETGUARD" "$installed/usr/local/sbin/netguard"
}

# udev is unpacked, not installed: installing would start it, and it would rename interfaces of the
# system that runs the test.
udev_unpack()
{
	local package=$BUILD/udev.deb

	[ ! -x /lib/systemd/systemd-udevd ] || return 0
	(
		flock 9 && [ ! -e "$package" ] || exit 0
		cd "$installed" && apt-get -qq -o APT::Sandbox::User=root download udev &&
			mv "$installed"/udev_*.deb "$package"
	) 9>"$package.lock" || return
	dpkg-deb -x "$package" "$installed/udev" &&
		mkdir -p "$installed/usr" &&
		cp -a "$installed"/udev/{usr/.,lib,bin} "$installed/usr" &&
		rm -rf "$installed/udev"
}

# machine_new: its files are in $machine/tree, where more can be written before machine_boot
machine_new()
{
	[ -z "$no_machine" ] || skip "$no_machine"
	machine=$tmp/machine
	mkdir "$machine"
	cp -a "$installed" "$machine/tree"
	# In place of services that configure the network.
	machine_write etc/systemd/system/network-up.service <<-'END'
		[Unit]
		After=network-pre.target
		Wants=network-pre.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/bin/sh -c '/usr/local/sbin/netguard status --json >/run/at-network-up || :'
	END
	# As systemd-udev-trigger, but only for interfaces.
	machine_write etc/systemd/system/systemd-udev-trigger.service <<-'END'
		[Unit]
		DefaultDependencies=no
		After=systemd-udevd.service
		Wants=systemd-udevd.service
		Before=sysinit.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=udevadm trigger --type=devices --action=add --subsystem-match=net
	END
	machine_write etc/systemd/system/machine.target <<-'END'
		[Unit]
		Requires=sysinit.target systemd-udev-trigger.service network-up.service
		After=sysinit.target systemd-udev-trigger.service network-up.service
	END
}

# machine_write PATH <TEXT
machine_write()
{
	mkdir -p "$(dirname "$machine/tree/$1")"
	cat >"$machine/tree/$1"
}

# Boot the machine; returns when all its units have started or failed.
machine_boot()
{
	local groups

	groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$groups" ] || skip "no cgroup2 file system is mounted"
	group=$groups/ng-$BASHPID
	mkdir "$group" 2>/dev/null || skip "no control group can be made in $groups"
	trap 'machine_end; world_end' EXIT
	(
		echo $BASHPID >"$group/cgroup.procs"
		exec nsenter --net="/run/netns/$near" unshare --mount --pid --ipc --uts --cgroup \
			--fork --kill-child "$root/testenv/lib/machine-init.sh" "$machine"
	) >"$machine/console" 2>&1 &
	machine_pid=$!
	try machine_is_up || fail "the machine does not boot: $(tail -n 20 "$machine/console")"
	machine systemctl is-system-running --wait >"$tmp/running"
}

machine_is_up()
{
	init=$(cat "/proc/$machine_pid/task/$machine_pid/children" 2>/dev/null) &&
		init=${init% } && [ -n "$init" ] && machine systemctl list-jobs >/dev/null 2>&1
}

# machine COMMAND...: run it on the machine
machine()
{
	nsenter --target "$init" --mount --pid --ipc --uts --net --cgroup --root --wd "$@"
}

# machine_unit UNIT PROPERTY: a property's value
machine_unit()
{
	machine systemctl show --value --property="$2" "$1"
}

# machine_said UNIT: its messages in the journal
machine_said()
{
	machine journalctl --sync
	machine journalctl --quiet --no-pager --output=cat --unit="$1"
}

machine_end()
{
	# With unshare, process 1 of the machine exits, and all others with it.
	kill -KILL "${machine_pid-}" 2>/dev/null && wait "$machine_pid" 2>/dev/null
	# The last processes leave their cgroup a moment after they died.
	try group_is_gone
}

group_is_gone()
{
	[ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
}
