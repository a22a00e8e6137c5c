#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Names that others chose (of interfaces, files, network namespaces) are printed without characters
# that a terminal would interpret or not show; JSON has them unchanged.
. "$(dirname "$0")/command_world.sh"

escape=$'\e'
csi=$'\xc2\x9b'
turn=$'\xe2\x80\xae'
evil="a${escape}[2J${turn}b"
worse="c${csi}31m"$'\xff'

# quiet NAME: the last run printed only visible characters, and no more Unicode than for ASCII names
quiet() {
	if LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xff|\xef\xbb\xbf' \
		out err; then
		not_ok "$1" "$(cat -v out err | grep -a 'M-\|\^' | head -n 5)"
	else
		ok "$1"
	fi
}

# shown NAME STATUS OUT ERR ARGUMENTS...: the same, with that output
shown() {
	local name=$1 expected=$2 out=$3 err=$4
	shift 4
	run "$@"
	expect "$name" "$expected" "$out" "$err"
	quiet "$name: nothing to obey"
}

wire "$evil" veth1
wire "$worse" veth2
mkdir "dir$evil"
file="dir$evil/rules$turn"
echo 'default pass' >"$file"
plain='a\\x1b\[2J\\u{202e}b'

shown attach 0 "*$plain: attached*" '*' attach "$evil" --rules "$file"
shown attach_bytes 0 '*c\\x9b31m\\xff: attached*' '*' attach "$worse"
shown attach_again 0 "*$plain: already attached*" '*' attach "$evil"
shown attach_what_is_not_there 1 '' "*\\\\x1b\\[0mno: *" attach "${escape}[0mno"
shown attach_no_mode 2 '' '*\\x1b*' attach "$evil" --mode "$escape"
shown status 0 "*$plain *" '*' status
shown rules 0 '*' '*' rules
shown counters 0 '*' '*' counters
shown doctor 0 "*$plain*" '*' doctor "$evil"
shown top 0 "*$plain*" '*' top interfaces --once --interval 0.1
shown check 0 "*dir$plain/rules\\\\u{202e}: ok*" '' check "$file"
shown apply 0 "*dir$plain/rules\\\\u{202e}: in force*" '*' apply "$file"
shown check_what_is_not_there 1 '' '*\\x1b*' check "no$evil"
shown save 0 "*saved$plain: saved*" '*' save "saved$evil"
shown history 0 '*' '*' rollback --list
shown explain 2 '' '*' explain in on "$evil" tcp
shown block_word 1 '' '*' block "${escape}[2J"
shown set_add_word 1 '' '*\\x1b*' set add "s$escape" 192.0.2.1
shown command 2 '' '*\\x1b*' "${escape}[2J"
shown option 2 '' '*\\x1b*' status "--${escape}[2J"
shown namespace 1 '' '*\\x1b*' -n "${escape}[2J" status
shown confirm 0 '*' '*' apply "$file" --confirm 1h
run confirm

# A line end in a name does not begin a new line.
echo 'default pass' >$'x\nforged: ok'
run check $'x\nforged: ok'
[ "$(wc -l <out)" = 1 ] && ok line_end_in_a_name || not_ok line_end_in_a_name "$(cat out)"
run check $'y\nforged: ok'
[ "$(wc -l <err)" = 1 ] && ok line_end_in_a_name_of_no_file ||
	not_ok line_end_in_a_name_of_no_file "$(cat err)"

# A frame, while `watch` runs; others may come in on any interface at any time.
"$netguard" watch all ethertype arp --packets 1 >out 2>err &
watch=$!
for _ in {1..300}; do
	kill -0 $watch 2>/dev/null || break
	ip addr replace 192.0.2.1/24 dev veth1
	ping -c 1 -W 0.1 192.0.2.2 >/dev/null 2>&1
done
kill $watch 2>/dev/null
wait $watch
status=$?
expect watch 0 "*$plain in pass*" '*'
quiet "watch: nothing to obey"

# JSON: the exact name, without a byte that a terminal would interpret.
run status --json
expect_json status_as_json 0 '"a\x1b[2J\u202eb" in [i["name"] for i in it["interfaces"]]' True
quiet "status_as_json: nothing to obey"
run check "no$evil" --json
expect_json error_as_json 1 'it["error"]["where"] == "noa\x1b[2J\u202eb"' True
quiet "error_as_json: nothing to obey"
"$netguard" completion words '' attach '' >out 2>err
quiet completion

# On a live screen, too.
ip link set "$worse" down
script -qec "stty rows 40 cols 100; timeout -s INT 3 '$netguard' top interfaces --interval 0.1" \
	typescript >/dev/null 2>&1 </dev/null
tr -d '\r' <typescript | LC_ALL=C grep -qaP '\xe2\x80\xae|\xc2\x9b' &&
	not_ok top_on_a_screen "$(cat -v typescript | tail -n 5)" || ok top_on_a_screen

shown detach 0 "*$plain: detached*" '*' detach "$evil"
shown detach_again 1 '*' '*' detach "$evil"
run detach --all
expect detach_all 0 '*' '*'
quiet "detach_all: nothing to obey"
finish
