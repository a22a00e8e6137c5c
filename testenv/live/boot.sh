#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot.sh [TEST...] - netguard.service on a machine that boots: systemd and udev are real, its
# network is a namespace

. "$(dirname "$0")/../lib/all.sh"
. "$root/testenv/lib/machine.sh"

# configure LINE...: /etc/default/netguard
configure()
{
	printf '%s\n' "$@" | machine_write etc/default/netguard
}

enable()
{
	mkdir -p "$machine/tree/etc/systemd/system/sysinit.target.wants"
	ln -s /usr/local/lib/systemd/system/netguard.service \
		"$machine/tree/etc/systemd/system/sysinit.target.wants/"
}

test_boot()
{
	machine_new
	configure 'INTERFACES="near0"'
	echo "drop icmp from $far_ip" | machine_write etc/netguard/netguard.rules
	enable
	time machine_boot
	machine systemctl --no-pager status netguard
	machine journalctl --no-pager | tail -50
	machine systemctl --no-pager --failed
	machine systemd-analyze blame | head -20
	machine cat /run/at-network-up
}
run_tests "$@"
