#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The command line: dispatch, help, options, usage errors. Nothing here uses the kernel.
. "$(dirname "$0")/command_common.sh"

run --help
expect usage_help_is_on_stdout 0 '*usage: netguard*block*test*version*' ''
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' out)
n=$(echo "$commands" | wc -l)
[ "$n" -ge 24 ] && ok usage_help_lists_commands || not_ok usage_help_lists_commands "only $n"

echo "$commands" >names
while read -r name; do
	# The shell has to split the name of a command, which may be two words.
	run $name --help
	expect "usage_help_of_$(echo "$name" | tr ' ' _)" 0 "*usage: netguard $name*--json*" ''
	run $name --no-such-option
	expect "usage_unknown_option_of_$(echo "$name" | tr ' ' _)" 2 '' \
		"*unknown option '--no-such-option'*"
done <names

run rule --help
expect usage_help_of_a_group 0 '*rule add*rule move*' ''
run
expect usage_without_command 2 '' 'netguard: no command given; see netguard --help'
run rule
expect usage_group_alone 2 '' "*a subcommand is missing; netguard help rule lists them"
run atach eth0
expect usage_unknown_command_names_the_nearest 2 '' \
	"netguard: unknown command 'atach'; did you mean 'attach'?"
run rule ad tcp
expect usage_unknown_second_word_names_the_nearest 2 '' \
	"netguard: unknown command 'rule ad'; did you mean 'rule add'?"
run xyzzyxyzzy
expect usage_unknown_command_without_a_near_one 2 '' \
	"netguard: unknown command 'xyzzyxyzzy'; see netguard --help"
run stat
expect usage_a_part_of_a_name_is_no_name 2 '' "*unknown command 'stat'*"
run --jsn version
expect usage_unknown_option_names_the_nearest 2 '' \
	"netguard: unknown option '--jsn'; did you mean '--json'?"
run check
expect usage_missing_argument 2 '' \
	'netguard: check: an argument is missing; usage: netguard check FILE [--kept]'
run check a b
expect usage_argument_too_many 2 '' "*unexpected argument 'b'*"
run -n
expect usage_option_without_its_value 2 '' '*option -n needs a value, NETNS*'
run version --json=yes
expect usage_flag_with_a_value 2 '' '*option --json takes no value*'
run attach eth0 --mode fast
expect usage_unknown_mode 2 '' "*unknown mode 'fast'*"
run test a b --hook tc
expect usage_unknown_hook 2 '' "*unknown hook 'tc'*"
run test - -
expect usage_two_readers_of_stdin 2 '' '*standard input can be read only once*'
run detach
expect usage_detach_of_nothing 2 '' '*give interfaces or --all*'
run detach eth0 --all
expect usage_detach_of_all_and_one 2 '' '*give interfaces or --all*'
# Arguments from unset shell variables, wherever a word is expected.
empty() {
	run "$@"
	shift $(($# > 3 ? 3 : $#))
	expect "usage_empty_argument_of_$name" 2 '' "*$name: an argument is empty, like an unset shell variable*usage: *"
}
for name in block unblock allow count attach detach apply check diff save explain watch doctor metrics rollback flows; do
	empty $name ''
	empty $name "$(printf ' \t\n')"
done
for name in 'rule add' 'rule delete' 'set list' 'set flush' 'flows flush'; do
	empty $name ''
done
name='set add'
empty set add blocked ''
empty set add blocked 192.0.2.1 ''
name=block
empty block from '' tcp
empty block '' for 5s
empty block -- ''
run ''
expect usage_empty_command 2 '' "netguard: the command's name is empty; see netguard --help"
run rule ''
expect usage_empty_second_word 2 '' "netguard: the command's name is empty; see netguard --help"
for option in '--confirm' '--rules' '--mode'; do
	run attach lo $option ''
	expect "usage_empty_value_of_$option" 2 '' "*the value of option $option is empty*"
	run attach lo $option=
	expect "usage_empty_value_behind_equals_of_$option" 2 '' "*value of option $option is empty*"
done
run -n '' rules
expect usage_empty_name_of_a_namespace 2 '' '*value of option -n is empty*'
run apply a --confirm 1s --confirm 2s
expect usage_option_twice 2 '' '*option --confirm is given twice; usage: *'
run block --force 192.0.2.1 --force
expect usage_flag_twice 2 '' '*option --force is given twice*'
run -n a rules -n b
expect usage_global_option_twice 2 '' '*option -n is given twice*'
for name in attach detach doctor; do
	run $name lo v1 lo
	expect "usage_interface_twice_of_$name" 2 '' "*$name: 'lo' is given twice*"
done

run -h
cp out help
run --help
expect usage_h_is_help 0 "$(cat help)" ''
run help
expect usage_help_as_a_command 0 "$(cat help)" ''
run set add --help
cp out help
run set add -h
expect usage_h_of_a_command 0 "$(cat help)" ''
run help set add
expect usage_help_command 0 "$(cat help)" ''
run help rule
expect usage_help_of_a_group_by_name 0 '*rule add*rule move*' ''
run help blok
expect usage_help_of_an_unknown_command 2 '' "*unknown command 'blok'; did you mean 'block'?"
run help block it
expect usage_help_of_more_than_a_command 2 '' "*unexpected argument 'it'*"
run rules -q --json
expect usage_quiet_json 2 '*error*' '*--json and -q exclude each other*'

# guess WORDS COMMAND: the hint for WORDS names COMMAND
guess() {
	run $1
	expect "usage_guess_$(echo "$1" | tr ' ' _)" 2 '' "*'$1'; did you mean *'$2'*"
}
guess ban block
guess drop block
guess deny block
guess list 'set list'
guess log watch
guess add 'rule add'
guess delete 'rule delete'
guess show rules
guess start attach
guess enable attach
guess stop detach
guess reload apply
guess unban unblock
guess 'rule list' rules
guess 'set remove' 'set delete'
run rules add drop
expect usage_guess_of_an_argument 2 '' "*did you mean 'rule add'?"
run -v
expect usage_guess_of_an_option 2 '' "*unknown option '-v'; did you mean '--version'?"
run rules -x
expect usage_no_guess_of_one_letter 2 '' "*unknown option '-x'; usage: *"
run block --timeout 5 192.0.2.1
expect usage_guess_of_a_time 2 '' "*unknown option '--timeout'; *for 10m"
run set create friends
expect usage_guess_of_what_is_done_otherwise 2 '' '*a ruleset file declares sets*'
# Every hint names an existing command.
grep -o "MEANT(\"[^\"]*" "$root/ctl/cli/guesses.c" | grep -o "'[^']*'" | tr -d "'" |
	grep -v '^-' | sort -u >meant
while read -r name; do
	run $name --help
	[ "$status" = 0 ] || echo "$name"
done <meant >unknown
cp unknown out
: >err
status=0
expect usage_guesses_are_commands 0 '' ''
[ "$(wc -l <meant)" -gt 15 ] && ok usage_there_are_guesses || not_ok usage_there_are_guesses "$(cat meant)"

# Sources get options by name: each name has to be an option of a command in that file, or of any
# command if there is none in it. And each option in the table is used.
while read -r name; do
	"$netguard" $name --help | sed -n "/^options:/,\$s/^  \(-[-a-z]*\).*/$name:\1/p"
done <names >options
# shellcheck disable=SC2013 # one word a path
for file in $(grep -rlE '_option\(' "$root/ctl" --include='*.c'); do
	sed -n 's/^int ng_command_\([a-z_]*\)(.*/\1/p' "$file" | tr _ ' ' >here
	[ -s here ] || cp names here
	grep -Pzo '(_option|read_number)\([^;"]*"\K--?[a-z][-a-z]*(?=")' "$file" | tr '\0' '\n' |
		while read -r option; do
			printf '%s\n' "$option" >>asked
			sed "s/\$/:$option/" here | grep -qxF -f - options ||
				echo "${file##*/}: no command here has $option"
		done
done >out
[ "$(wc -l <asked)" -gt 30 ] || echo "too few are asked for" >>out
cut -d : -f 2 options | sort -u | grep -vxF -f asked >>out
: >err
status=0
expect usage_options_are_asked_for_by_name 0 '' ''

# Commands in messages come from ng_netguard() or follow ng_in_netns(), which know of -n; except in
# the help and in rules.
commands=$(cut -d ' ' -f 1 names | sort -u | paste -sd '|')
grep -rnE "\"[^\"]*netguard ($commands)\>" "$root/ctl" --include='*.c' |
	grep -vE '/(table|scripts|rule_words|reader|set_statement|records|draw|help|metrics/write)[.]c:' >out
grep -rnE '["`](ip link|tc qdisc|ethtool -)' "$root/ctl" --include='*.c' >>out
expect usage_commands_in_hints_know_the_namespace 0 '' ''

run check -- --help
expect usage_two_dashes_end_options 1 '' '*--help: *No such file*'

run version
expect usage_version 0 '*netguard *layout *libbpf *libxdp *kernel *' ''
cp out version
run --version
expect usage_version_as_option 0 "$(cat version)" ''
run --json version
expect_json usage_json_before_the_command 0 'sorted(it)' \
	"['kernel', 'layout', 'libbpf', 'libxdp', 'netguard']"
run version --json
expect_json usage_json_behind_the_command 0 'it["kernel"]' "$(uname -r)"

run --json atach
expect_json usage_mistake_as_json 2 'it["error"]["what"], it["error"]["hint"]' \
	"(\"unknown command 'atach'\", \"did you mean 'attach'?\")"
expect usage_mistake_as_json_and_text 2 '*error*' "*unknown command 'atach'*"
run rules --nonsense --json
expect_json usage_mistake_before_json_is_json 2 '"error" in it' True
printf 'no-such-\377' >name
run --json check "$(cat name)"
expect_json usage_json_is_utf8 1 '"\ufffd" in it["error"]["where"]' True

"$netguard" --help >/dev/full 2>err
status=$?
: >out
expect usage_full_disk 1 '' 'netguard: cannot write the output: No space left on device'
# The FIFO delays the command until the reader has closed the pipe.
mkfifo pipe
{
	: <pipe
	"$netguard" --help 2>err
	echo $? >status
} | {
	exec <&-
	: >pipe
}
status=$(cat status)
expect usage_closed_pipe_is_quiet 1 '' ''
finish
