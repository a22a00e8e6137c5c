#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each command with only the capabilities that it says it needs, and without each of them; which
# capabilities it gives up; permissions of pins and files.
. "$(dirname "$0")/command_common.sh"

if [ "$(id -u)" != 0 ]; then
	echo "skip - privileges: only root has any to give back"
	exit 0
fi

netns_begin privileges
trap 'exec 9>&-; netns_end' EXIT

# run_with CAPABILITIES ARGUMENTS...: as root with only these ("bpf,net_admin"), in $netns.
run_with() {
	local capabilities=-all${1:+,+${1//,/,+}}

	shift
	nsenter --net="/run/netns/$netns" setpriv --bounding-set "$capabilities" \
		--inh-caps "$capabilities" "$netguard" "$@" >out 2>err
	status=$?
}

# needs CAPABILITIES COMMAND...: it works with them, and without one of them says which is missing.
needs() {
	local all=$1 one trouble=1
	shift
	[ "$1" != explain ] || trouble=2
	run_with "$all" "$@"
	expect "$* works with [$all]" 0 "*" ""
	for one in ${all//,/ }; do
		run_with "$(without "$one" "$all")" "$@"
		expect "$* says that it lacks $one" $trouble "" "*requires CAP_${one^^} (*run as root*"
	done
}

without() {
	tr , '\n' <<<"$2" | grep -vx "$1" | paste -sd,
}

echo 'drop tcp dport 23' >rules
echo 'drop out tcp dport 25' >out.rules
for i in {1..3000}; do
	echo "drop tcp dport $i from 10.0.$((i / 250)).$((i % 250))"
done >large
echo 198.51.100.0/24 >list
capture=$root/pcaps/arp.pcap

needs net_admin,sys_admin attach near0
needs sys_admin status
needs sys_admin metrics
needs "" rules
needs "" counters
needs "" top --once --interval 0.1
needs "" top sources --once --interval 0.1
needs "" counters reset
needs "" flows
needs "" flows flush
needs "" set list
needs "" save
needs bpf apply rules
run_with "" diff rules
expect "diff works without any" 0 "" ""
needs bpf block udp sport 53
needs bpf unblock udp sport 53
needs bpf block 192.0.2.1
needs bpf allow icmp
needs bpf count icmp
needs bpf rule add drop tcp dport 24
needs bpf rule move 1 2
needs bpf rule delete 1
needs bpf set add blocked 192.0.2.2
needs bpf set delete blocked 192.0.2.2
needs bpf set flush blocked
needs bpf,net_admin,perfmon test rules "$capture"
needs bpf,net_admin,perfmon explain tcp
run_with sys_admin apply rules
expect "CAP_SYS_ADMIN includes CAP_BPF" 0 "*" ""
run_with "" check rules
expect "check needs none" 0 "*" ""

run_with bpf apply large
expect "larger programs are not loaded without CAP_SYS_ADMIN" 1 "" \
	"*outgrown*requires CAP_SYS_ADMIN; run as root*"
run_with "" rules
expect "and the ruleset stays" 0 "*drop tcp dport 23*" ""
run_with bpf apply out.rules
expect "programs for what leaves are not loaded without their capabilities" 1 "" \
	"*cannot load the program: permission denied; this process has no CAP_NET_ADMIN*"
run_with bpf,net_admin,perfmon apply out.rules
expect "and with them they are" 0 "*" ""
run_with bpf,net_admin flush
expect "and taken off again" 0 "*" ""
run_with bpf,net_admin,perfmon,sys_admin apply large
expect "with all of them it grows" 0 "*3000 rules*" ""

setpriv --reuid 65534 --clear-groups "$netguard" rules >out 2>err
status=$?
expect "an ordinary user is told" 1 "" "*permission denied; run as root*"

# gives_up NAME PERMITTED EFFECTIVE ARGUMENTS...: started with all capabilities, those that it still
# has while it waits for standard input. Hexadecimal, as in /proc/PID/status.
gives_up() {
	local name=$1 wanted="$2 $3 0000000000000000 1" got pid
	shift 3
	mkfifo pipe
	"$netguard" -n "$netns" "$@" <pipe >out 2>err &
	pid=$!
	exec 9>pipe
	for ((i = 0; i < 100; i++)); do
		got=$(awk '/^Cap(Prm|Eff|Inh)|^NoNewPrivs/ { held[$1] = $2 }
			END { print held["CapPrm:"], held["CapEff:"], held["CapInh:"],
				held["NoNewPrivs:"] }' "/proc/$pid/status")
		[ "$got" = "$wanted" ] && break
		sleep 0.02
	done
	exec 9>&-
	wait "$pid"
	rm pipe
	if [ "$got" = "$wanted" ]; then
		ok "$name"
	else
		not_ok "$name" "it holds $got, not $wanted"
	fi
}
bits() {
	local sum=0 bit
	for bit; do
		sum=$((sum | 1 << bit))
	done
	printf '%016x' $sum
}
# Numbers of <linux/capability.h>
read_search=2 net_admin=12 ptrace=19 admin=21 perfmon=38 bpf=39
gives_up "check gives all back but reading files" "$(bits $read_search)" "$(bits $read_search)" \
	check -
gives_up "diff gives all back but reading files" "$(bits $read_search)" "$(bits $read_search)" \
	diff -
gives_up "test reads captures without its own" "$(bits $read_search)" "$(bits $read_search)" \
	test rules -
gives_up "apply reads its file without those for larger programs" \
	"$(bits $read_search $bpf $net_admin $ptrace $admin $perfmon)" \
	"$(bits $read_search $bpf)" apply -

# after_first_line: the capabilities of a stream of set changes from then on.
mkfifo pipe
"$netguard" -n "$netns" set add blocked - <pipe >out 2>err &
pid=$!
exec 9>pipe
echo 192.0.2.7 >&9
for ((i = 0; i < 100; i++)); do
	got=$(awk '/^CapPrm/ { print $2 }' "/proc/$pid/status")
	[ "$got" = "$(bits $bpf)" ] && break
	sleep 0.02
done
exec 9>&-
wait "$pid"
if [ "$got" = "$(bits $bpf)" ]; then
	ok "set add gives all back but CAP_BPF"
else
	not_ok "set add gives all back but CAP_BPF" "it holds $got"
fi

# Pins
cookie=$(nsenter --net="/run/netns/$netns" "$root/testenv/lib/netns_cookie.py")
pins=/sys/fs/bpf/netguard/$cookie
wrong=$(find /sys/fs/bpf/netguard -maxdepth 0 ! -perm 0700
	find "$pins" \( -type d ! -perm 0700 -o ! -type d ! -perm 0600 -o ! -user 0 \))
if [ -e "$pins/control" ] && [ -z "$wrong" ]; then
	ok "pins are for their owner alone"
else
	not_ok "pins are for their owner alone" "not so: $wrong"
fi
# The live table, and two images with their sources.
kept=$(find "$pins" -name 'map-*' | wc -l)
for i in 1 2 3 4 5; do
	run -n "$netns" rule add drop udp dport "$i"
	run -n "$netns" set add blocked "192.0.2.$i"
done
if [ "$(find "$pins" -name 'map-*' | wc -l)" -le "$kept" ] && [ "$kept" -le 5 ]; then
	ok "only what is in force or was before is pinned"
else
	not_ok "only what is in force or was before is pinned" "$(ls "$pins")"
fi
chmod 0770 "$pins"
run -n "$netns" rules
expect "a folder that others may write to is not trusted" 1 "" "*others could change what is in it*"
chmod 0700 "$pins"
chown 65534 "$pins"
run -n "$netns" rules
expect "nor one that is a stranger's" 1 "" "*others could change*user 65534 owns it*"
chown 0 "$pins"

# Files that `save` writes, in a folder with files of other users
mkdir shared
chmod 755 .
chmod 1777 shared
as_stranger() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
echo mine >victim
as_stranger ln -s "$folder/victim" shared/link
as_stranger touch shared/file
ln -s ../victim shared/own
run -n "$netns" save shared/link
expect "save follows no stranger's link" 1 "" "*link in $folder/shared is a link of user*"
run -n "$netns" save shared/file
expect "save replaces no stranger's file in a shared folder" 1 "" \
	"*file in $folder/shared is a file of user*"
[ "$(cat victim)" = mine ] && ok "what the link leads to is as it was" ||
	not_ok "what the link leads to is as it was" "it was written"
run -n "$netns" save shared/new
expect "save writes a file of its own there" 0 "*" ""
run -n "$netns" save shared/own
expect "and follows a link of its own" 0 "*" ""
[ -L shared/own ] && grep -q dport victim && [ "$(ls shared)" = "$(printf 'file\nlink\nnew\nown')" ] &&
	ok "the link stays a link, and nothing else is left" ||
	not_ok "the link stays a link, and nothing else is left" "$(ls -l shared)"

needs net_admin,sys_admin detach near0 && run_with net_admin,sys_admin status
finish
