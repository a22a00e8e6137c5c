#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The man pages: they have no errors, mention every command, option and condition, and their
# examples work. They are made from docs/netguard.md and docs/rules.md.
. "$(dirname "$0")/command_world.sh"
# Tools here, man and col among them, have to count characters; in the POSIX locale they count bytes.
export LC_ALL=C.UTF-8
build=$(realpath "${BUILD:-$root/build}")
make -s -C "$root" BUILD="$build" man >out 2>err
status=$?
expect man_is_made 0 '*' ''

for page in netguard.8 netguard.rules.5; do
	MANWIDTH=80 man --warnings -l "$build/$page" 2>err | col -bx >"$page.txt"
	: >out
	status=0
	expect "man_${page}_has_no_warnings" 0 '' ''
	lexgrog "$build/$page" >out 2>err
	status=$?
	expect "man_${page}_is_found_by_apropos" 0 "*\"${page%.[0-9]} - *" ''
	# Literal text is not wrapped.
	grep -E '^.{81}' "$page.txt" | grep -v '^           ' >out
	expect "man_${page}_fits_80_columns" 0 '' ''
done

# lacks WORDS FILE: fails, with the lines of WORDS that are in no line of FILE
lacks() {
	[ -s "$1" ] || echo "there are none to look for"
	while read -r words; do
		grep -qF -- "$words" "$2" || echo "$words"
	done <"$1"
}

"$netguard" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' >names
# A heading may name several commands, "### set list · set test", and a block of the kind `synopsis`
# below it has the usage line of each, which may be broken before an option.
awk '/^### / { n = split(substr($0, 5), names, / · /) }
	/^```/ { synopsis = $0 == "```synopsis"; next }
	!synopsis { next }
	/^ / { sub(/^ +/, ""); line = line " " $0; next }
	{ print line; line = $0; found = 0
	  for (i = 1; i <= n; i++)
		found += index(line " ", "netguard " names[i] " ") == 1 }
	!found { print "no heading above has: " line }
	END { print line }' "$root/docs/netguard.md" | grep . | sort >synopses
while read -r name; do
	# The shell has to split the name of a command, which may be two words.
	"$netguard" $name --help >help
	sed '/^$/,$d; s/^usage: //; s/^  *//' help | paste -sd ' '
	sed -n "/^options:/,\$s/^  \(-[-a-z]*\).*/\1/p" help >>options
done <names | sort >usages
diff synopses usages >out
: >err
status=0
expect man_has_the_usage_of_every_command 0 '' ''
sort -u options -o options
sed '/^```synopsis/,/^```$/d' "$root/docs/netguard.md" >prose
lacks options prose >out
expect man_tells_of_every_option 0 '' ''
# The words of completion, except for names of protocols, of which no page has all.
"$netguard" completion words -- rule add drop '' |
	awk -F '\t' '$1 == "proto" || $2 != "a protocol" { print $1 }' >conditions
lacks conditions netguard.rules.5.txt >out
expect man_tells_of_every_condition 0 '' ''

# blocks FILE KIND: the fenced blocks of that kind, each as a file block-N
blocks() {
	rm -f block-*
	awk -v kind="$2" '/^```/ { n += !on; on = !on; found = $0 == "```" kind; next }
		on && found { print > "block-" n }' "$1"
}

# Every ruleset that is shown is valid. A line that is called an error is one, and without it there
# is none. An example may use the sets of another one.
printf '192.0.2.0/24\n' >drop.txt
mkdir lists
cp drop.txt lists
echo 'count udp' >site.rules
blocks "$root/docs/rules.md" rules
for block in block-*; do
	for set in $(grep -o '@[a-z]*' "$block" | sort -u | tr -d @); do
		grep -q "^set $set " "$block" || [ "$set" = blocked ] || echo "set $set {}"
	done >sets
	cat sets "$block" | grep -v '# an error' >ruleset
	run check ruleset
	expect "man_rules_$block" 0 '*' ''
	grep '# an error' "$block" >wrong || continue
	run check wrong
	expect "man_rules_${block}_is_an_error" 1 '' '*wrong:*'
done
blocks "$root/docs/rules.md" set
for block in block-*; do
	printf 'set examples file "%s"\ndrop from @examples\n' "$block" >ruleset
	run check ruleset
	expect "man_set_file_$block" 0 '*1 set*' '*'
done

# The commands that are shown, in order, on an interface with a ruleset.
wire eth0 peer0
printf 'set feed {}\ndrop from @feed\n' >my.rules
cp "$root/pcaps/mix.pcapng" sample.pcap
mkdir bin
ln -s "$netguard" bin/netguard
for program in journalctl find-guessers curl systemctl; do
	printf '#!/bin/sh\necho 198.51.100.7\n' >"bin/$program"
done
chmod +x bin/*
PATH=$folder/bin:$PATH
netguard attach eth0 --rules my.rules >/dev/null || exit 1
sed -n 's/^    \(# \)\{0,1\}\(.*netguard [a-z].*\)/\2/p' "$root/docs/netguard.md" |
	grep -v '^netguard \[\|^[a-z.]*: \|^netguard: ' >commands
[ "$(wc -l <commands)" -gt 10 ] && ok man_has_commands || not_ok man_has_commands "$(cat commands)"
while read -r line; do
	# Stop commands that do not end by themselves.
	line=$(echo "$line" | sed -e "s|/etc/netguard/netguard.rules|my.rules|" \
		-e "s|/var/lib/prometheus/node-exporter/||" \
		-e "s/^netguard \(watch\|capture\)/timeout -s INT --preserve-status 2 netguard \1/")
	bash -c "$line" >out 2>err </dev/null
	status=$?
	expect "man_$(echo "$line" | sed 's/  *# .*//; s/[^a-z0-9][^a-z0-9]*/_/g')" 0 '*' '*'
done <commands
netguard detach --all >/dev/null
finish
