#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ssh.sh [TEST...] - commands over ssh: a change that would cut that connection is refused before
# anything changes, and made with --force

. "$(dirname "$0")/../lib/all.sh"

port=2222

# sshd at the near end, with its own keys, accounts and /run.
ssh_begin()
{
	must ssh-keygen -q -t ed25519 -N "" -f "$tmp/host"
	must ssh-keygen -q -t ed25519 -N "" -f "$tmp/key"
	sed 's/^root:[^:]*:/root:*:/' /etc/shadow >"$tmp/shadow"
	cat >"$tmp/sshd_config" <<-END
		Port $port
		HostKey $tmp/host
		AuthorizedKeysFile $tmp/key.pub
		PidFile none
		PermitRootLogin yes
		StrictModes no
		UsePAM no
		UseDNS no
	END
	# Not ip netns exec, which would hide the bpffs from a shell without a parent.
	spawn nsenter --net="/run/netns/$near" unshare --mount sh -c '
		mount -t tmpfs run /run && mkdir /run/sshd && mount --bind "$0/shadow" /etc/shadow &&
		exec /usr/sbin/sshd -D -e -f "$0/sshd_config"' "$tmp" 2>"$tmp/sshd"
	try grep -q "listening on :: " "$tmp/sshd" || fail "sshd does not start: $(<"$tmp/sshd")"
}

# ssh_from_far ARGUMENT...: with one shared connection for each address, for speed
ssh_from_far()
{
	in_namespace "$far" ssh -F none -i "$tmp/key" -p $port -o BatchMode=yes \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		-o ControlMaster=auto -o ControlPath="$tmp/to-%h" -o ControlPersist=yes \
		-o ServerAliveInterval=2 -o ServerAliveCountMax=1 "$@"
}

# over_ssh ADDRESS COMMAND: by the shell at the near end
over_ssh()
{
	ssh_from_far "root@$1" "$2"
}

# heard ADDRESS COMMAND: after the command, does the connection still work?
heard()
{
	local asked=$tmp/asked

	rm -f "$asked"
	{
		try test -s "$asked"
		echo still
	} | over_ssh "$1" "$2; echo status \$? | tee $asked; read -r word; echo heard \$word" 2>&1
}

# refused_over_ssh ADDRESS ARGUMENT...: its output is in $output
refused_over_ssh()
{
	local address=$1 before

	shift
	before=$(rules)
	output=$(heard "$address" "$NETGUARD $*") || fail "the connection is cut: $output"
	says "status 1" "heard still" "cut" "--force"
	equal "rules" "$(rules)" "$before"
}

# done_over_ssh ADDRESS ARGUMENT...: succeeds, and the connection stays
done_over_ssh()
{
	local address=$1

	shift
	output=$(heard "$address" "$NETGUARD $*") || fail "the connection is cut: $output"
	says "status 0" "heard still"
}

# cut_over_ssh ADDRESS ARGUMENT...: succeeds, and cuts the connection
cut_over_ssh()
{
	local address=$1 before

	shift
	before=$(dropped)
	rm -f "$tmp/asked"
	heard "$address" "$NETGUARD $*" >"$tmp/heard" 2>&1 &
	try test -s "$tmp/asked" || fail "the command does not end: $(<"$tmp/heard")"
	equal "what it ends with" "$(<"$tmp/asked")" "status 0"
	# Packets of the connection and their retransmissions, or those that would answer them.
	try drops_more_than $((before + 3)) || fail "the connection is not cut: $(<"$tmp/heard")"
	! grep -q "heard still" "$tmp/heard" || fail "it answers still: $(<"$tmp/heard")"
}

dropped()
{
	ng status --json | jq '[.interfaces[].dropped.packets] | add'
}

drops_more_than()
{
	[ "$(dropped)" -gt "$1" ]
}

# The ruleset `$tmp/rules`, with these lines
ruleset()
{
	printf '%s\n' "$@" >"$tmp/rules"
}

apply_that_cuts()
{
	ssh_begin
	must ng attach near0
	ruleset "pass udp" "drop tcp dport $port"
	refused_over_ssh "$1" apply "$tmp/rules"
	says "$tmp/rules:2:1: \`drop tcp dport $port\` cuts the connection" "$2 port" \
		"to $1 port $port, in on near0"
	ruleset "default drop" "pass from not $2/$3"
	refused_over_ssh "$1" apply "$tmp/rules"
	says "\`default drop\` cuts"
	cut_over_ssh "$1" apply "$tmp/rules" --force
	equal "rules" "$(rules)" "pass from not $2"
}

test_apply_ipv4() { apply_that_cuts $near_ip $far_ip 32; }
test_apply_ipv6() { apply_that_cuts $near_ip6 $far_ip6 128; }

test_what_leaves()
{
	ssh_begin
	must ng attach near0
	ruleset "drop out tcp sport $port"
	refused_over_ssh $near_ip apply "$tmp/rules"
	says "out on near0"
	cut_over_ssh $near_ip apply "$tmp/rules" --force
}

# sudo clears the environment; here no process of the session has the variable.
test_environment_is_stripped()
{
	ssh_begin
	must ng attach near0
	ruleset "drop tcp dport $port"
	output=$(over_ssh $near_ip "env -i $NETGUARD apply $tmp/rules; echo status \$?" 2>&1)
	says "status 1" "cuts the connection"
	output=$(over_ssh $near_ip "exec env -i $NETGUARD apply $tmp/rules" 2>&1)
	says "cuts the connection of this session ($far_ip port"
	output=$(over_ssh $near_ip6 "exec env -i $NETGUARD apply $tmp/rules" 2>&1)
	says "cuts the connection of this session ($far_ip6 port"
	equal "rules" "$(rules)" ""
}

test_live_entries()
{
	ssh_begin
	must ng attach near0
	ruleset "set friends { 198.51.100.0/24 }" "pass from @friends" "drop tcp dport 23"
	must ng apply "$tmp/rules"
	refused_over_ssh $near_ip block $far_ip
	says "@blocked cuts"
	refused_over_ssh $near_ip block 192.0.2.0/29 for 1h
	refused_over_ssh $near_ip set add blocked 198.51.100.1 $far_ip
	must ng set test blocked 198.51.100.1
	must_fail ng set test blocked $far_ip
	done_over_ssh $near_ip block 192.0.2.9
	# The set passes the client, so it must not lose the address.
	must ng set add friends $far_ip
	must ng rule add drop tcp
	done_over_ssh $near_ip rule add drop udp dport 9
	refused_over_ssh $near_ip set delete friends $far_ip
	says "\`drop tcp\` cuts"
	refused_over_ssh $near_ip set flush friends
	done_over_ssh $near_ip apply "$tmp/rules"
	cut_over_ssh $near_ip block $far_ip --force
}

test_rules_and_sets()
{
	ssh_begin
	must ng attach near0
	ruleset "set list {}" "drop from @list"
	must ng apply "$tmp/rules"
	refused_over_ssh $near_ip rule add drop from $far_ip
	says "rule 2: \`drop from $far_ip\`"
	refused_over_ssh $near_ip block tcp
	echo 192.0.2.0/24 >"$tmp/list"
	refused_over_ssh $near_ip set load list "$tmp/list"
	done_over_ssh $near_ip rule add drop from 192.0.2.9
	done_over_ssh $near_ip6 set load list "$tmp/list"
}

# Changes that do not affect this connection are not refused.
test_other_interfaces()
{
	ssh_begin
	wire near1 far1
	must ng attach near1
	ruleset "drop tcp"
	done_over_ssh $near_ip apply "$tmp/rules"
	refused_over_ssh $near_ip attach near0
	says "rule 1: \`drop tcp\` cuts" "in on near0"
	equal "attached" "$(ng status --json | jq -r '.interfaces[].name')" near1
	ruleset "drop on near1 tcp"
	done_over_ssh $near_ip apply "$tmp/rules"
	done_over_ssh $near_ip attach near0
	ruleset "drop on near0 tcp"
	refused_over_ssh $near_ip apply "$tmp/rules"
}

# The address is not on an interface that its packets pass: the route decides.
test_address_of_another_interface()
{
	ssh_begin
	must ng attach near0
	must ip -n "$near" address add 198.51.100.1/32 dev lo
	must ip -n "$far" route add 198.51.100.1 via $near_ip
	ruleset "drop on near0 tcp dport $port"
	refused_over_ssh 198.51.100.1 apply "$tmp/rules"
	says "to 198.51.100.1 port $port, in on near0"
}

test_another_namespace()
{
	ssh_begin
	wire near1 far1
	must ng attach near0
	ruleset "drop tcp"
	# Run locally, the connection has nothing to do with the near end.
	must env SSH_CONNECTION="$far_ip 4444 $near_ip $port" "$NETGUARD" -n "$near" \
		apply "$tmp/rules"
}

# A connection that is cut already does not prevent the repair.
test_not_made_worse()
{
	ssh_begin
	must ng attach near0
	ruleset "drop ttl 128"
	refused_over_ssh $near_ip apply "$tmp/rules"
	says "can cut" "packets with TTL 128"
	must ng apply "$tmp/rules"
	echo "count udp" >>"$tmp/rules"
	done_over_ssh $near_ip apply "$tmp/rules"
	echo "drop tcp" >>"$tmp/rules"
	refused_over_ssh $near_ip apply "$tmp/rules"
}

test_new_login()
{
	ssh_begin
	must ng attach near0
	ruleset "drop tcp flags syn/syn,ack"
	done_over_ssh $near_ip apply "$tmp/rules"
	says "warning" "refuses a new one"
	must ng flush
	ruleset "drop ethertype 0x0806"
	refused_over_ssh $near_ip apply "$tmp/rules"
	says "drops ARP"
	done_over_ssh $near_ip6 apply "$tmp/rules"
}

# tmux is not a child of sshd, and has the environment of the terminal it was started in.
test_tmux()
{
	command -v tmux >/dev/null || skip "there is no tmux"
	ssh_begin
	must ng attach near0
	ruleset "drop tcp dport $port"
	over_ssh $near_ip "tmux -f /dev/null -S $tmp/tmux new-session -d" || fail "no tmux"
	# A separate connection, so that the one in which tmux was started is gone.
	ssh_from_far -O exit "root@$near_ip" 2>/dev/null
	ssh_from_far -tt -o ControlPath=none "root@$near_ip" \
		"TERM=xterm tmux -S $tmp/tmux attach" >"$tmp/terminal" 2>&1 &
	try tmux_is_shown || fail "tmux is not shown: $(<"$tmp/terminal")"
	in_namespace "$near" tmux -S "$tmp/tmux" send-keys \
		"$NETGUARD apply $tmp/rules >$tmp/said 2>&1; echo \$? >$tmp/status" Enter
	try test -s "$tmp/status" || fail "nothing was typed"
	output=$(<"$tmp/said")
	says "cuts the connection of this session ($far_ip port"
	in_namespace "$near" tmux -S "$tmp/tmux" kill-server
}

tmux_is_shown()
{
	[ -n "$(in_namespace "$near" tmux -S "$tmp/tmux" list-clients)" ]
}

run_tests "$@"
