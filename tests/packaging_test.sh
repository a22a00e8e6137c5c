#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The files that `make install` installs, the units as checked by systemd, and packaging/boot by
# itself, in a network namespace without systemd. testenv/live/boot.sh boots a machine with it.
. "$(dirname "$0")/command_world.sh"

install_to() {
	make -s -C "$root" BUILD="$(realpath "${BUILD:-$root/build}")" "$@" >out 2>err
	status=$?
}

install_to install DESTDIR="$folder/dest" PREFIX=/usr
expect install_with_a_destdir 0 '' ''
(cd dest && find . -type f ! -path './usr/share/doc/*' | sort) >out
expect install_puts_files_where_they_belong 0 './etc/default/netguard
./etc/fail2ban/action.d/netguard.conf
./usr/lib/netguard/boot
./usr/lib/netguard/closed.rules
./usr/lib/netguard/crowdsec-netguard
./usr/lib/netguard/fail2ban-netguard
./usr/lib/netguard/sshg-fw-netguard
./usr/lib/systemd/system/netguard-attach@.service
./usr/lib/systemd/system/netguard-crowdsec.service
./usr/lib/systemd/system/netguard-metrics.service
./usr/lib/systemd/system/netguard.service
./usr/lib/udev/rules.d/90-netguard.rules
./usr/sbin/netguard
./usr/share/bash-completion/completions/netguard
./usr/share/fish/vendor_completions.d/netguard.fish
./usr/share/man/man5/netguard.rules.5
./usr/share/man/man8/netguard.8
./usr/share/zsh/site-functions/_netguard' ''
grep -rn "@[a-z]*@\|$folder" dest/usr/lib >out
expect install_fills_in_all_paths 0 '' ''
echo 'INTERFACES="eth0"' >dest/etc/default/netguard
install_to install DESTDIR="$folder/dest" PREFIX=/usr
cat dest/etc/default/netguard >out
expect install_keeps_the_configuration 0 'INTERFACES="eth0"' ''
install_to uninstall DESTDIR="$folder/dest" PREFIX=/usr
(cd dest && find . -type f) >out
expect uninstall_leaves_the_configuration 0 ./etc/default/netguard ''

# If systemd-analyze is installed.
top=$folder/top
install_to install PREFIX="$top" SYSCONFDIR="$top/etc" LOCALSTATEDIR="$top/var" \
	RUNSTATEDIR="$top/run"
install -m 0755 "$netguard" "$top/sbin/netguard"
units=$top/lib/systemd/system
if command -v systemd-analyze >/dev/null; then
	for unit in netguard.service netguard-attach@eth0.service netguard-metrics.service \
		netguard-crowdsec.service; do
		MANPATH=$top/share/man SYSTEMD_UNIT_PATH=$units: systemd-analyze verify --recursive-errors=yes \
			"$units/$unit" >out 2>err
		status=$?
		expect "systemd_verifies_$unit" 0 '' ''
		# From 0 (everything is restricted) to 100 (nothing is).
		systemd-analyze security --offline=yes --threshold=30 --no-pager \
			"$units/$(echo "$unit" | sed 's/@.*\./@./')" >out 2>err
		status=$?
		expect "systemd_finds_${unit}_hardened" 0 '*' '*'
	done
else
	echo "skip - systemd_verifies_the_units: there is no systemd-analyze"
fi

mount -t tmpfs run /run &&
	ip link add eth0 type veth peer name peer0 &&
	ip link add wan1 type veth peer name veth1 || exit 1
mkdir -p "$top/var/lib/netguard"
rules=$top/etc/netguard/netguard.rules
last_good=$top/var/lib/netguard/last-good.rules

# configure LINE...: packaging/netguard.default, with LINEs at the end
configure() {
	{
		cat "$root/packaging/netguard.default"
		echo WAIT=0
		printf '%s\n' "$@"
	} >"$top/etc/default/netguard"
}

# boot ARGUMENT...: leaves $status, and files out and err
boot() {
	"$top/lib/netguard/boot" "$@" >out 2>err
	status=$?
}

# wanted NAME INTERFACES...: the interfaces that these patterns select
wanted() {
	configure "INTERFACES=\"$2\""
	for iface in /sys/class/net/*; do
		boot unit "${iface##*/}"
		[ $status != 0 ] || cat out
	done | sed 's/netguard-attach@\(.*\)\.service/\1/' | tr '\n' ' ' >wanted
	cp wanted out
	status=0
	expect "boot_wants_$1" 0 "$3" ''
}

if command -v systemd-escape >/dev/null; then
	ip link add name odd-1 type veth peer name odd-2
	wanted nothing '' ''
	wanted names 'eth0 wan1 nobody0' 'eth0 wan1 '
	wanted patterns 'e* *[13]' 'eth0 '"odd\\x2d1 veth1 wan1 "
	wanted no_lo_by_pattern 'l? eth?' 'eth0 '
	wanted lo_by_name 'lo' 'lo '
	wanted all_but_some '!odd* * !peer? !veth*' 'eth0 wan1 '
	ip link del odd-1
else
	echo "skip - boot_wants: there is no systemd-escape"
fi

configure
boot start
expect boot_without_interfaces 1 '' '*names no INTERFACES*'

configure 'INTERFACES="eth?"'
printf 'drop icmp\ndefault pas\n' >"$rules"
boot start
expect boot_with_a_broken_file_is_open 1 '' '*netguard.rules:2:9: *NOTHING IS FILTERED*'
run status
expect boot_with_a_broken_file_attaches_nothing 0 'not attached to any interface here' ''

configure 'INTERFACES="eth?"' ON_ERROR=closed
printf 'drop tcp\npass from\n' >"$top/etc/netguard/closed.rules"
boot start
expect boot_closed_without_good_rules 1 '*eth0: attached*' \
	'*netguard.rules:2:9: *closed.rules:2:*is NOT in force, but*/lib/netguard/closed.rules*'
run rules --json
expect_json boot_closed_drops_both_ways 0 \
	'[it["default"]["verdict"], it["default_out"]["verdict"], len(it["rules"])]' \
	"['drop', 'drop', 4]"
boot stop
expect boot_stop 0 '*netguard is removed from the kernel here*' ''
echo 'pass tcp dport 22' >"$top/etc/netguard/closed.rules"
boot start
expect boot_closed_with_rules_of_ones_own 1 '*' '*but */etc/netguard/closed.rules*'
[ ! -e "$last_good" ] && ok boot_closed_is_no_good_ruleset ||
	not_ok boot_closed_is_no_good_ruleset "it is kept"

printf 'drop icmp\ncount udp\n' >"$rules"
configure 'INTERFACES="eth? wan?"'
boot reload
expect boot_reload 0 '*netguard.rules: in force: 2 rules*eth0: already attached*wan1: attached*' ''
grep -v '^default ' "$last_good" >out
expect boot_keeps_what_is_in_force 0 "$(cat "$rules")" ''
run rule add count tcp
echo 'drop icmpp' >"$rules"
boot reload
expect boot_reload_of_a_broken_file 1 '*already attached*' \
	'*netguard.rules:1:6: *NOT in force; what was in force stays'
boot attach nobody0
expect boot_attach_of_what_is_not_wanted 0 '' ''
run rules --json
expect_json boot_reload_of_a_broken_file_changes_nothing 0 'len(it["rules"])' 3
boot stop
configure 'INTERFACES="eth?"'
boot start
expect boot_falls_back_to_the_last_good_ruleset 1 '*' "*is NOT in force, but $last_good*"
run rules --json
expect_json boot_last_good_ruleset_is_in_force 0 '[r["text"] for r in it["rules"]]' \
	"['drop icmp', 'count udp']"

# An interface that cannot be attached does not prevent that of others.
boot stop
cp "$last_good" "$rules"
configure 'INTERFACES="* !peer0 !veth1 lo"' MODE=native
boot start
expect boot_attaches_what_it_can 1 '*eth0: attached*wan1: attached*' '*lo: *'
boot stop
boot nonsense
expect boot_called_in_a_wrong_way 2 '' '*usage:*'
finish
