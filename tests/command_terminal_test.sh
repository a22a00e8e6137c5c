#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Output on a terminal: tables that fit, colour; and nothing of that in a pipe.
. "$(dirname "$0")/command_world.sh"
for i in 1 2 3 4 5 6; do
	wire "interface-name$i" "peer$i"
done
cat >long.rules <<-'END'
	drop udp to { 192.0.2.0/24, 2001:db8::/32 } sport 53,123,1900 length 512-65535 label "reflections, of which we get some every day or so"
	pass tcp dport 22
	count icmp
END
"$netguard" attach interface-name1 interface-name2 interface-name3 interface-name4 \
	interface-name5 interface-name6 --rules long.rules >/dev/null || exit 1

# show COLUMNS ARGUMENTS...: on a terminal of that width
show() {
	columns=$1
	shift
	script -qec "stty cols $columns; '$netguard' $*" /dev/null </dev/null 2>err >typescript
	status=$?
	tr -d '\r' <typescript >out
}

# widest FILE: its longest line in characters, colour not counted
widest() {
	sed 's/\x1b\[[0-9]*m//g' "$1" | LC_ALL=C.UTF-8 wc -L
}

red=$(printf '\033[31m')
green=$(printf '\033[32m')
bold=$(printf '\033[1m')
plain=$(printf '\033[0m')
export TERM=xterm
unset NO_COLOR
for columns in 80 120; do
	show "$columns" rules
	expect "terminal_rules_at_$columns" 0 "*${red}drop udp to*…$plain*${green}pass tcp*" '*'
	[ "$(widest out)" = "$columns" ] && ok "terminal_rules_fill_$columns" ||
		not_ok "terminal_rules_fill_$columns" "$(widest out) columns: $(cat out)"
	show "$columns" status
	sed -n '1,7p' out >table
	[ "$(wc -l <table)" = 7 ] && [ "$(widest table)" -le "$columns" ] &&
		ok "terminal_status_fits_$columns" ||
		not_ok "terminal_status_fits_$columns" "$(cat table)"
done

ip link set dev interface-name3 xdp off
show 80 status
expect terminal_problems_are_bold 1 "*${bold}interface-name3$plain*${bold}interface-name3: *" '*'
NO_COLOR=1 show 80 status
grep -c "$(printf '\033')" out >escapes
expect terminal_status_without_colour 1 "*interface-name3: *" '*'
[ "$(cat escapes)" = 0 ] && ok terminal_no_color_is_honoured ||
	not_ok terminal_no_color_is_honoured "$(cat out)"
show 80 --json rules
grep -q "$(printf '\033')\|…" out && not_ok terminal_json_is_plain "$(cat out)" ||
	ok terminal_json_is_plain
run rules
grep -q "$(printf '\033')\|…" out && not_ok terminal_a_pipe_is_plain "$(cat out)" ||
	expect terminal_a_pipe_is_plain 0 '*every day or so"*' '*'

# slowly SECONDS: a capture that takes so long, or until the file out has its progress
capture=$root/pcaps/arp.pcap
slowly() {
	head -c 24 "$capture"
	for i in $(seq $(($1 * 2))); do
		tail -c +25 "$capture"
		sleep 0.5
		! grep -q packets out || break
	done
}
mkfifo slow
: >out
slowly 20 >slow &
script -qec "stty cols 80; '$netguard' test long.rules - <slow" /dev/null </dev/null >out 2>err
status=$?
expect terminal_progress 0 "$(printf '*\r-: [0-9]* packets\r *\r')*" '*'
: >out
slowly 3 >slow &
"$netguard" test long.rules - <slow >out 2>err
status=$?
expect terminal_no_progress_in_a_file 0 '*total: *' ''

# A ruleset that arrives slowly: a thread shows the progress while the reader waits.
slow_rules() {
	yes '# a remark' | head -n 110000
	sleep 1.6
	echo 'default pass'
}
slow_rules >slow &
script -qec "stty cols 80; '$netguard' check - <slow" /dev/null </dev/null >out 2>err
status=$?
expect terminal_progress_of_reading 0 "$(printf '*\r<stdin>: 1 MiB\r *\r-: ok: *')" '*'
slow_rules >slow &
"$netguard" check - <slow >out 2>err
status=$?
expect terminal_no_progress_of_reading_in_a_file 0 '*-: ok: *' ''
"$netguard" detach --all >/dev/null 2>&1
finish
