#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# integrations.sh [TEST...] - the files of packaging/ for fail2ban, sshguard and CrowdSec, with the real
# programs: banned, unbanned, restarted, netguard detached and back, for good, IPv6, two owners of one
# address. The programs are Debian's, unpacked and not installed, since installing would start them.

. "$(dirname "$0")/../lib/all.sh"

# unpacked PACKAGE: below $reach; and netguard as installed, with these files, in $integrations
unpacked()
{
	local package=$1 deb

	deb=$(realpath "$BUILD")/$package.deb reach=$tmp/reach integrations=$tmp/netguard
	mkdir "$reach"
	(
		flock 9 && [ ! -e "$deb" ] || exit 0
		cd "$reach" && apt-get -qq -o APT::Sandbox::User=root download "$package" &&
			mv "$package"_*.deb "$deb"
	) 9>"$deb.lock" >"$tmp/fetched" 2>&1 ||
		skip "$package cannot be fetched: $(tail -n 1 "$tmp/fetched")"
	must dpkg-deb -x "$deb" "$reach"
	must make -s -C "$root" BUILD="$(realpath "$BUILD")" DESTDIR="$integrations" PREFIX=/usr install
	# What installation fills in are the paths of an installed netguard.
	export NETGUARD
	in_near=(nsenter --net="/run/netns/$near")
}

# in_the_set SET TEXT: exactly these entries, with their owners and without times
in_the_set()
{
	ng set list "$1" --json | jq -r '[.live[] | .prefix + " " +
		([.owners[] | .name + if .for_good then "!" else "" end] | join(","))] | join("; ")' >"$tmp/in-set"
	[ "$(<"$tmp/in-set")" = "$2" ]
}

# becomes SET TEXT
becomes()
{
	try in_the_set "$@" || fail "@$1 has '$(<"$tmp/in-set")', not '$2'$(log_of_it)"
}

log_of_it()
{
	[ ! -e "$tmp/log" ] || printf '\n%s' "$(tail -n 12 "$tmp/log" | cut -c1-300)"
}

back_again()
{
	must ng detach --all
	must ng attach near0
}

# ---- fail2ban ----------------------------------------------------------------------------------

# A script, for the action asks this fail2ban.
f2b_files()
{
	cp -r "$reach/etc/fail2ban" "$tmp/f2b"
	rm -f "$tmp"/f2b/jail.d/*
	cp "$integrations/etc/fail2ban/action.d/netguard.conf" "$tmp/f2b/action.d"
	sed -i "s|^socket.*|socket = $tmp/f2b.sock|; s|^pidfile.*|pidfile = $tmp/f2b.pid|
		s|^logtarget.*|logtarget = $tmp/log|; s|^dbfile.*|dbfile = $tmp/f2b.db|" "$tmp/f2b/fail2ban.conf"
	printf '[Definition]\nfailregex = ^ fail from <HOST>$\n' >"$tmp/f2b/filter.d/fake.conf"
	: >"$tmp/fake.log"
	cat >"$tmp/client" <<-END
		#!/bin/sh
		PYTHONPATH=$reach/usr/lib/python3/dist-packages exec /usr/bin/python3 $reach/usr/bin/fail2ban-client \
			-c $tmp/f2b -s $tmp/f2b.sock -p $tmp/f2b.pid "\$@"
	END
	chmod +x "$tmp/client"
	{
		printf '[DEFAULT]\nbackend = polling\nfilter = fake\nlogpath = %s\nmaxretry = 2\nbantime = 1h\n' \
			"$tmp/fake.log"
		echo "banaction = netguard[helper=$integrations/usr/lib/netguard/fail2ban-netguard, client=$tmp/client]"
		printf 'action = %%(banaction)s\n[fake]\nenabled = true\n'
		printf '[another-jail-with-a-long-name]\nenabled = true\nlogpath = /dev/null\n'
	} >"$tmp/f2b/jail.local"
}

f2b_start()
{
	spawn "${in_near[@]}" env PYTHONPATH="$reach/usr/lib/python3/dist-packages" /usr/bin/python3 \
		"$reach/usr/bin/fail2ban-server" -c "$tmp/f2b" -s "$tmp/f2b.sock" -p "$tmp/f2b.pid" \
		-f start >"$tmp/f2b.out" 2>&1
	f2b_server=$child
	try f2b_runs || fail "fail2ban does not start: $(tail -n 3 "$tmp/f2b.out" "$tmp/log")"
}

f2b_runs()
{
	"$tmp/client" ping >/dev/null 2>&1
}

f2b_stop()
{
	"$tmp/client" stop >/dev/null
	wait "$f2b_server" || fail "fail2ban ends with an error"
}

# fails ADDRESS: as its log would say it
fails()
{
	for _ in 1 2 3; do
		echo "$(date '+%Y-%m-%d %H:%M:%S') fail from $1" >>"$tmp/fake.log"
	done
}

test_fail2ban()
{
	unpacked fail2ban
	must ng attach near0
	f2b_files
	f2b_start
	reached $near_ip || fail "an address that nobody banned does not reach us"
	fails $far_ip
	fails $far_ip6
	becomes blocked "$far_ip f2b-fake; $far_ip6 f2b-fake"
	unreached $near_ip && unreached $near_ip6 || fail "a banned address reaches us"
	must "$tmp/client" set fake unbanip $far_ip
	becomes blocked "$far_ip6 f2b-fake"
	reached $near_ip || fail "an unbanned address does not reach us"
	# For good, and two owners: another jail, and the operator.
	must "$tmp/client" set fake bantime -1
	must "$tmp/client" set fake banip 198.51.100.1
	must "$tmp/client" set another-jail-with-a-long-name banip 198.51.100.1
	becomes blocked "198.51.100.1 f2b-fake!,$(long_owner); $far_ip6 f2b-fake"
	must "$tmp/client" set fake unbanip 198.51.100.1
	becomes blocked "198.51.100.1 $(long_owner); $far_ip6 f2b-fake"
	must ng block 198.51.100.2
	must "$tmp/client" set fake banip 198.51.100.2
	must "$tmp/client" set fake unbanip 198.51.100.2
	becomes blocked "198.51.100.1 $(long_owner); 198.51.100.2 operator!; $far_ip6 f2b-fake"
	must ng unblock 198.51.100.2
	# The operator's unblock ends it also for fail2ban, whose own unban later is no error.
	must ng unblock 198.51.100.1
	must "$tmp/client" set another-jail-with-a-long-name unbanip 198.51.100.1
	# Restarted: its bans come back from its database, those it made nowhere else stay.
	must "$tmp/client" set fake banip 198.51.100.3
	must ng block 198.51.100.4
	becomes blocked "198.51.100.3 f2b-fake!; 198.51.100.4 operator!; $far_ip6 f2b-fake"
	f2b_stop
	becomes blocked "198.51.100.4 operator!"
	# A jail restores no ban for longer than it would make one.
	sed -i 's/^bantime = .*/bantime = -1/' "$tmp/f2b/jail.local"
	f2b_start
	becomes blocked "198.51.100.3 f2b-fake!; 198.51.100.4 operator!; $far_ip6 f2b-fake"
	! grep -E 'ERROR|CRITICAL' "$tmp/log" || fail "fail2ban reports errors"
	# Detached and back: with the next ban all of them come back, with their ends.
	back_again
	becomes blocked ""
	must "$tmp/client" set fake banip 198.51.100.5
	becomes blocked "198.51.100.3 f2b-fake!; 198.51.100.5 f2b-fake!; $far_ip6 f2b-fake"
	[ "$(ng set list blocked --json | jq '.live[] | select(.prefix == "'$far_ip6'").left')" -gt 3000 ] ||
		fail "a ban that came back has another end"
	# One that came while netguard was detached, too.
	must ng detach --all
	must "$tmp/client" set fake banip 198.51.100.6
	must ng attach near0
	must "$tmp/client" set fake unbanip 198.51.100.5
	becomes blocked "198.51.100.3 f2b-fake!; 198.51.100.6 f2b-fake!; $far_ip6 f2b-fake"
	must "$tmp/client" unban --all
	becomes blocked ""
	f2b_stop
}

long_owner()
{
	local name=f2b-another-jail-with-a-long-name

	printf '%.13s-%s' $name "$(printf %s $name | cksum | cut -d ' ' -f 1)"
}

# Bans expire in the kernel, at the end that fail2ban knows, also when it is killed.
test_fail2ban_killed()
{
	unpacked fail2ban
	must ng attach near0
	f2b_files
	f2b_start
	must "$tmp/client" set fake bantime 4
	must "$tmp/client" set fake banip $far_ip
	must "$tmp/client" set fake bantime 3600
	must "$tmp/client" set fake banip 198.51.100.1
	becomes blocked "$far_ip f2b-fake; 198.51.100.1 f2b-fake"
	kill -KILL "$f2b_server"
	wait "$f2b_server" 2>/dev/null
	becomes blocked "198.51.100.1 f2b-fake"
	must ng block 198.51.100.2
	rm -f "$tmp/f2b.sock" "$tmp/f2b.pid"
	f2b_start
	becomes blocked "198.51.100.1 f2b-fake; 198.51.100.2 operator!"
	f2b_stop
	becomes blocked "198.51.100.2 operator!"
}

# ---- sshguard ----------------------------------------------------------------------------------

sshguard_start()
{
	local libexec=$reach/usr/libexec/sshguard

	: >>"$tmp/auth"
	# Its own processes, as its script starts them.
	"${in_near[@]}" bash -c "tail -n 0 -f '$tmp/auth' --pid=\$\$ | '$libexec/sshg-parser' |
		'$libexec/sshg-blocker' -a 30 -p ${1:-3600} -s 3600 ${2-} |
		NETGUARD_PING=1 '$integrations/usr/lib/netguard/sshg-fw-netguard'" >"$tmp/log" 2>&1 &
	sshguard=$!
	try pgrep -f "^tail -n 0 -f $tmp/auth" >/dev/null || fail "sshguard does not start$(log_of_it)"
	sleep 0.5
}

sshguard_stop()
{
	local pid

	for pid in $(pgrep -f "^tail -n 0 -f $tmp/auth"); do
		kill "$pid"
	done
	wait "$sshguard" || :
}

guesses()
{
	for port in 1 2 3 4 5 6; do
		echo "$(date '+%b %d %T') host sshd[1]: Invalid user x from $1 port 4000$port" >>"$tmp/auth"
	done
}

test_sshguard()
{
	unpacked sshguard
	must ng attach near0
	must ng block 198.51.100.2
	sshguard_start 5
	guesses $far_ip
	guesses $far_ip6
	becomes blocked "$far_ip sshguard!; 198.51.100.2 operator!; $far_ip6 sshguard!"
	unreached $near_ip && unreached $near_ip6 || fail "a blocked address reaches us"
	# It releases them after 5 to 7.5 s.
	for _ in {1..3}; do
		! try in_the_set blocked "198.51.100.2 operator!" || break
	done
	becomes blocked "198.51.100.2 operator!"
	reached $near_ip || fail "a released address does not reach us"
	sshguard_stop
}

test_sshguard_and_others()
{
	unpacked sshguard
	must ng attach near0
	sshguard_start
	guesses 198.51.100.1
	becomes blocked "198.51.100.1 sshguard!"
	# Detached and back: the backend sees that within a second, without a new line.
	back_again
	becomes blocked "198.51.100.1 sshguard!"
	echo "add blocked 198.51.100.1 for 1h" | ng feed - --owner other >/dev/null
	becomes blocked "198.51.100.1 sshguard!,other"
	# Killed: entries stay, and the next one begins anew.
	for pid in $(pgrep -f "^/bin/bash $integrations/usr/lib/netguard/sshg-fw"); do
		kill -KILL "$pid"
	done
	sshguard_stop
	becomes blocked "198.51.100.1 sshguard!,other"
	sshguard_start
	becomes blocked "198.51.100.1 other"
	guesses 198.51.100.1
	becomes blocked "198.51.100.1 sshguard!,other"
	# Ended: sshguard flushes what it blocked, and nothing else.
	sshguard_stop
	becomes blocked "198.51.100.1 other"
}

# ---- CrowdSec ----------------------------------------------------------------------------------

crowdsec_files()
{
	mkdir -p "$tmp"/cs/{data,hub}
	echo '{}' >"$tmp/cs/hub/.index.json"
	printf 'url: http://127.0.0.1:8080/\nlogin: x\npassword: y\n' >"$tmp/cs/lapi.yaml"
	cat >"$tmp/cs/config.yaml" <<-END
		common: {daemonize: false, log_media: stdout, log_level: warning, working_dir: .}
		config_paths: {config_dir: $reach/etc/crowdsec/, data_dir: $tmp/cs/data/,
		  simulation_path: $reach/etc/crowdsec/simulation.yaml, hub_dir: $tmp/cs/hub/,
		  index_path: $tmp/cs/hub/.index.json}
		crowdsec_service: {enable: false}
		cscli: {output: human}
		db_config: {type: sqlite, db_path: $tmp/cs/data/crowdsec.db, flush: {max_items: 5000, max_age: 7d}}
		api:
		  client: {insecure_skip_verify: false, credentials_path: $tmp/cs/lapi.yaml}
		  server: {log_level: warn, listen_uri: 127.0.0.1:8080,
		    profiles_path: $reach/etc/crowdsec/profiles.yaml}
		prometheus: {enabled: false}
	END
	must cs machines add m1 --password pw1 -f "$tmp/cs/lapi.yaml" -u http://127.0.0.1:8080/
	key=$(cs bouncers add netguard -o raw 2>/dev/null | tail -n 1)
}

cs()
{
	"${in_near[@]}" "$reach/usr/bin/cscli" -c "$tmp/cs/config.yaml" "$@"
}

lapi_start()
{
	spawn "${in_near[@]}" "$reach/usr/bin/crowdsec" -c "$tmp/cs/config.yaml" -no-cs >"$tmp/cs/log" 2>&1
	lapi=$child
	try lapi_answers || fail "the local API does not start: $(tail -n 3 "$tmp/cs/log")"
}

lapi_answers()
{
	"${in_near[@]}" curl -s -o "$tmp/answer" http://127.0.0.1:8080/
}

lapi_stop()
{
	kill "$lapi"
	wait "$lapi" || :
}

bouncer_start()
{
	CROWDSEC_KEY=$key CROWDSEC_EVERY=1 NETGUARD_SET=crowdsec \
		spawn "${in_near[@]}" "$integrations/usr/lib/netguard/crowdsec-netguard" >"$tmp/log" 2>&1
	bouncer=$child
}

bouncer_stop()
{
	kill "$bouncer"
	wait "$bouncer" 2>/dev/null || :
}

decide()
{
	must cs decisions add "$@"
}

test_crowdsec()
{
	local id

	unpacked crowdsec
	must ng attach near0
	printf 'set crowdsec {}\ndrop from @crowdsec\n' >"$tmp/rules"
	must ng apply "$tmp/rules"
	crowdsec_files
	lapi_start
	decide -i $far_ip -d 10m -t ban
	decide -i $far_ip6 -d 1h -t ban
	decide -r 203.0.113.0/24 -d 10m -t ban
	decide -i 198.51.100.44 -d 10m -t captcha
	decide --scope Country --value FR -d 1h -t ban
	bouncer_start
	becomes crowdsec "$far_ip crowdsec; 203.0.113.0/24 crowdsec; $far_ip6 crowdsec"
	unreached $near_ip && unreached $near_ip6 || fail "a banned address reaches us"
	must cs decisions delete -i $far_ip
	becomes crowdsec "203.0.113.0/24 crowdsec; $far_ip6 crowdsec"
	reached $near_ip || fail "an address that may pass again does not"
	# Two decisions about one address, one of which is deleted; and another owner.
	decide -i 192.0.2.7 -d 10m -R first
	decide -i 192.0.2.7 -d 2h -R second
	becomes crowdsec "192.0.2.7 crowdsec; 203.0.113.0/24 crowdsec; $far_ip6 crowdsec"
	id=$(cs decisions list -i 192.0.2.7 -o json 2>/dev/null | jq '.[0].decisions[0].id')
	must cs decisions delete --id "$id"
	must ng set add crowdsec 203.0.113.0/24
	must cs decisions delete -r 203.0.113.0/24
	becomes crowdsec "192.0.2.7 crowdsec; 203.0.113.0/24 operator!; $far_ip6 crowdsec"
	must ng set delete crowdsec 203.0.113.0/24
	# Detached and back; then the API away and back; then the bouncer.
	must ng detach --all
	must ng attach near0 --rules "$tmp/rules"
	becomes crowdsec "192.0.2.7 crowdsec; $far_ip6 crowdsec"
	lapi_stop
	try grep -q "entries stay as they are" "$tmp/log" || fail "nobody says that the API is away"
	lapi_start
	decide -i 192.0.2.8 -d 10m
	becomes crowdsec "192.0.2.7 crowdsec; 192.0.2.8 crowdsec; $far_ip6 crowdsec"
	bouncer_stop
	must cs decisions delete -i 192.0.2.8
	becomes crowdsec "192.0.2.7 crowdsec; 192.0.2.8 crowdsec; $far_ip6 crowdsec"
	bouncer_start
	becomes crowdsec "192.0.2.7 crowdsec; $far_ip6 crowdsec"
	bouncer_stop
	lapi_stop
}

run_tests "$@"
