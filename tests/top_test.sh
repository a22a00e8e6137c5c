#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `netguard top` in a pseudo-terminal: its screen, its keys, how much it sends, and the state of the
# terminal afterwards.
if [ "${1-}" != inside ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "skip - top: needs root"
		exit 0
	fi
	# All processes that were started here end with process 1 of the namespace.
	exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" inside
fi
. "$(dirname "$0")/command_common.sh"
export netguard
mount -t sysfs sys /sys && mount -t bpf bpf /sys/fs/bpf &&
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 &&
	ip link add near0 type veth peer name far0 && ip link set near0 up && ip link set far0 up ||
	exit 1
cat >some.rules <<-'END'
	drop udp dport 53 label "naïve"
	count udp
	pass tcp dport 22
END
"$netguard" attach near0 --rules some.rules >/dev/null || exit 1

# As text
run top --once --interval 0.2
expect top_once 0 '*PACKETS/S  BITS/S  SHARE  DROPPED/S  INTERFACE*near0 xdp*RULE*drop udp dport 53 label "naïve"*' ''
run top interfaces --once --interval 0.2
expect top_once_of_one_view 0 'PACKETS/S  BITS/S  SHARE  DROPPED/S  INTERFACE
        0       0   0.0%          0  near0 xdp' ''
run top --once --interval 0.2 --json
expect_json top_once_as_json 0 'sorted(it), it["rules"][2]["text"], it["rules"][2]["bits_per_second"]' \
	"(['blocked', 'default', 'default_out', 'exempt', 'interfaces', 'invalid', 'non_ip', 'over', 'rules', 'seconds'], 'pass tcp dport 22', 0.0)"
run top --once --interval 0.05
expect top_interval_is_checked 2 '' "*--interval: '0.05' is not a number of seconds from 0.1 to 3600*"
run top everything
expect top_view_is_checked 2 '' "*unknown view 'everything'; rules, interfaces or sources"
run top
expect top_without_a_terminal 1 '' '*needs a terminal; netguard top --once prints*'
run top --json
expect_json top_json_goes_with_once 2 'it["error"]["what"]' '--json requires --once'
run rules --rate 0.2
expect top_rules_with_rates 0 '*PACKETS  BYTES  PACKETS/S  BITS/S  RULE*' ''
run status --rate 0.2
expect top_status_with_rates 0 '*HOOK        PASSED  DROPPED  PASSED/S  DROPPED/S
near0 *' ''
run status --rate 0.2 --json
expect_json top_status_as_json_with_rates 0 'it["interfaces"][0]["dropped"]["packets_per_second"]' 0.0
run status --rate soon
expect top_rate_is_checked 2 '' "*--rate: 'soon' is not a number of seconds*"

# As a screen
/usr/bin/python3 "$root/tests/top_test.py" || failed=1
"$netguard" detach --all >/dev/null 2>&1
finish
