# SPDX-License-Identifier: GPL-2.0-only
# states.sh - initial states for tests that interrupt commands
#
# Old is $tmp/old.rules, new $tmp/new.rules; each function goes to a state, from any other.

known=192.0.2.250 # always in @blocked: adding it recovers from a killed command, and changes nothing

# rules_files RULE ADDED: RULE is in both, and new has ADDED after it. many has enough more rules than
# old for commands to change its image instead of compiling it
rules_files()
{
	cat >"$tmp/old.rules" <<-END
		set banned { 198.51.100.0/24, 2001:db8:bad::/48 }
		count icmp
		$1
		drop from @banned
	END
	sed "s/count icmp/count ipv6/; \$a $2" "$tmp/old.rules" >"$tmp/new.rules"
	{
		cat "$tmp/old.rules"
		seq 1200 | awk '{ printf "drop tcp dport %d from 203.0.113.0/24\n", $1 }'
	} >"$tmp/many.rules"
	sed '$a pass established' "$tmp/old.rules" >"$tmp/noting.rules"
	seq 2000 | awk '{ printf "10.1.%d.%d\n", $1 / 200, $1 % 200 }' >"$tmp/list"
}

old_rules()
{
	must ng apply "$tmp/old.rules"
}

many_rules()
{
	must ng apply "$tmp/many.rules"
}

# A change to the new rules waits to be confirmed.
waiting()
{
	ng rollback >/dev/null 2>&1
	old_rules
	must ng apply "$tmp/new.rules" --confirm 1h
}

confirmed_old()
{
	ng confirm >/dev/null 2>&1
	old_rules
}

# Programs are not replaced by smaller ones when images shrink, except by an upgrade.
small_programs()
{
	old_rules
	must ng apply "$tmp/new.rules"
	old_rules
	must ng upgrade
}

# As many entries as the smallest table can hold, deleted ones included: with one more it is replaced
# by a copy of those that are left. Tests check that with table_of().
full_table()
{
	local others

	ng set flush banned >/dev/null 2>&1
	must ng set add banned - < <(addresses 2000) # one that is too large afterwards
	must ng set flush banned		     # and a new one of the smallest size
	others=$(ng set list --json | jq '[.sets[] | select(.name != "banned").live] | add')
	must ng set add banned - < <(addresses $((550 - others)))
}

addresses()
{
	seq "$1" | awk '{ printf "10.2.%d.%d\n", $1 / 200, $1 % 200 }'
}

# table_of FOLDER: the maps in maps of maps, the live table among them
table_of()
{
	find "$1" -maxdepth 1 -name 'map-*' | sort
}

unblocked()
{
	old_rules
	ng set delete blocked 192.0.2.77 >/dev/null 2>&1
}

blocked()
{
	unblocked
	must ng block 192.0.2.77
}

# Noted flows, which `flows flush` deletes.
noted()
{
	must ng apply "$tmp/noting.rules"
	must nsenter --net="/run/netns/$near" "$BUILD/testenv/flows" 5 4 "tcp established" 0 0
}

# flows_there: without their times
flows_there()
{
	ng flows | awk '{ print $1, $2, $3 }' | sort
}

# What commands read from standard input: $tmp/lines.
lines()
{
	printf '%s\n' "$@" >"$tmp/lines"
}

# owned OWNER...: they want 192.0.2.77 for good, and not 192.0.2.78
owned()
{
	local owner

	unblocked
	ng set delete blocked 192.0.2.78 >/dev/null 2>&1
	for owner; do
		echo "add blocked 192.0.2.77" | ng feed - --owner "$owner" >/dev/null
	done
}

owned_by_one() { owned one; }
owned_by_two() { owned one two; }
