#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Completion in bash, zsh and fish, as if typed by a user; and netguard's candidates.
. "$(dirname "$0")/command_world.sh"
mount -t tmpfs run /run || exit 1
wire near0 far0
mkdir bin rulesets
ln -s "$netguard" bin/netguard
export PATH=$folder/bin:$PATH HOME=$folder TERM=dumb
echo 'drop udp' >rulesets/some.rules

# words NAME 'CANDIDATE...' WORD...: the candidates for the last WORD, without descriptions
words() {
	local name=$1 wanted=$2
	shift 2
	run completion words -- "$@"
	cut -f 1 out | paste -sd ' ' >found
	mv found out
	expect "completion_words_$name" 0 "$wanted" ''
}

words commands 'rules rule rollback' r
words second_word 'delete' rule de
words options_of_a_command '--mode' attach near0 --m
words an_option_given_is_not_offered_again '' attach --mode tc --m
words a_global_option_given_is_not_offered_again '' --json rules --js
words values_of_an_option 'auto native generic tc' attach --mode ''
words values_behind_an_equals_sign '--mode=native' attach --mode=n
words value_begun 'tc-in tc-out' test a b --hook tc
words interfaces 'lo far0 near0' detach ''
words a_repeated_argument 'near0' attach lo ne
words no_argument_too_many '' rule move 1 2 ''
words files ':files' apply ''
words behind_what_is_no_command '' frobnicate ''
words behind_what_is_no_option '' rules --frobnicate ''
words without_a_ruleset_sets '' set list ''
words without_a_ruleset_rules '' rule delete ''
words verdict 'pass' rule add p
words rate '10/s 10mbit' rule add limit 1
words option_of_a_rate 'burst' rule add limit 5/s bu
words option_after_an_option 'per' rule add limit 5/s burst 3 pe
words whose_rate 'source source/24,56' rule add limit 5/s per so
words number_of_a_rate '' rule add limit 5/s burst t
words condition_behind_a_rate 'tcp' rule add limit 5/s per source table 1M tc
words condition 'icmp-type icmp icmpv6' rule add drop ic
words a_condition_used_is_not_offered '' rule add drop dport 1 dp
words second_value_of_a_list '22,http 22,https 22,http-alt' rule add drop tcp dport 22,ht
words a_condition_with_a_dash 'flow-label' rule add drop flo
words a_flag_may_be_no 'no' rule add drop df no
words a_condition_may_follow_a_flag 'dport' rule add drop df dpo
words names_behind_not 'ssh ssdp' block tcp dport not ss
words icmpv6_types 'neighbor-solicitation neighbor-advertisement' rule add drop icmpv6 icmp-type nei
words conditions_in_place_of_an_optional_keyword 'from fragment' watch fr
words conditions_behind_an_optional_keyword 'dport' watch drop tcp dp
words no_keyword_behind_conditions '' watch tcp dport 22 blo
words conditions_of_a_packet 'dport' explain tcp dp
words a_keyword_behind_an_argument 'for' block 192.0.2.1 fo
words no_keyword_before_its_argument '' set add blocked fo
words an_option_in_place_of_an_argument '--list' rollback --l
words nothing_behind_that_option '' top --once --interval 1 rules ''
words netns '' -n nothing
mkdir -p /run/netns && : >/run/netns/blue
words netns 'blue' rules -n b
rm /run/netns/blue

cat >all.rules <<-'END'
	set admins { 192.0.2.0/24 }
	set agents { 198.51.100.0/24 }
	drop tcp dport 23
	pass from @admins label "who: may"
END
netguard attach near0 --rules all.rules >/dev/null || exit 1
words sets 'admins agents blocked' set list ''
words sets_that_a_file_can_replace 'admins agents' set load ''
netguard block 203.0.113.7 >/dev/null && netguard block 2001:db8::7 for 1h >/dev/null &&
	netguard block 10.0.0.0/8 for 1h >/dev/null && netguard block 172.16.0.0/12 >/dev/null &&
	netguard set add admins 203.0.113.9 >/dev/null || exit 1
words what_is_blocked '203.0.113.7' unblock 203
words what_is_blocked_by_a_prefix '10.0.0.0/8 172.16.0.0/12' unblock 1
words what_is_blocked_of_ipv6 '2001:db8::7' unblock 2001:
words live_entries_to_delete '203.0.113.9' set delete admins ''
netguard unblock 172.16.0.0/12 >/dev/null && netguard set flush blocked >/dev/null || exit 1
words nothing_is_blocked '' unblock 1
words commands_of_help 'upgrade unblock' help u
words second_words_of_help 'load' help set lo
words options_in_short '-q' rules -q
words sets_in_rules '@admins @agents' rule add drop from @a
words rules '1 2' rule delete ''
words rules_behind_a_keyword '1 2' watch rule ''
words nothing_behind_both '' rule move 1 2 ''
run completion words -- rule delete 2
expect completion_words_tell_the_rule 0 '2	pass from @admins label "who: may"' ''
setpriv --bounding-set -all --inh-caps -all --reuid 65534 --clear-groups \
	"$netguard" completion words -- set list '' >out 2>err
status=$?
expect completion_words_without_privileges 0 '' ''
run completion tcsh
expect completion_of_another_shell 2 '' '*name one shell: bash, zsh or fish*'
run completion bash --json
expect_json completion_as_json 0 'it["script"].startswith("# bash")' True

# ---- the shells ------------------------------------------------------------------------------

# in_bash LINE: candidates as they would replace the word under the cursor
in_bash() {
	bash --norc -c '
		source <(netguard completion bash)
		COMP_LINE=$1 COMP_POINT=${#1}
		_netguard
		printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}

in_fish() {
	fish --no-config -c 'netguard completion fish | source; complete -C $argv[1]' "$1" | cut -f 1
}

# in_zsh LINE: the line as completed; in a pseudo-terminal, since zsh completes only typed input
in_zsh() {
	/usr/bin/python3 - "$1" <<-'END'
		import os, pty, re, select, signal, sys, time
		pid, terminal = pty.fork()
		if not pid:
		    os.execvp("zsh", ["zsh", "-f"])
		def read_until(mark):
		    text, end = "", time.monotonic() + 10
		    while mark not in text and time.monotonic() < end:
		        if select.select([terminal], [], [], 1)[0]:
		            text += os.read(terminal, 65536).decode(errors="replace")
		    return text
		def send(text):
		    os.write(terminal, text.encode())
		send("PS1=; unsetopt zle_bracketed_paste; autoload -U compinit && compinit -u -D;"
		     " source <(netguard completion zsh);"
		     " zstyle ':completion:*' menu no;"
		     " show() { zle -I; print -r -- \"IS:$BUFFER:END\" }; zle -N show;"
		     " bindkey '^X' show; print REA''DY\n")
		read_until("READY\r\n")
		send(sys.argv[1] + "\t\x18")
		text = read_until(":END")
		print(re.search("IS:(.*):END", text, re.S).group(1) if ":END" in text else text)
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)
	END
}

# types SHELL NAME LINE CANDIDATES
types() {
	command -v "$1" >/dev/null || {
		echo "skip - completion_in_$1: there is no $1"
		return
	}
	"in_$1" "$3" 2>err | paste -sd ' ' >out
	status=0
	expect "completion_in_$1_$2" 0 "$4" ''
}

types bash command 'netguard ru' 'rules rule'
types bash option_value 'netguard attach near0 --mode=n' native
types bash interface 'netguard attach n' near0
types bash sets 'netguard rule add drop from @a' 'admins agents'
types bash rule_numbers 'netguard rule delete ' '1 2'
types bash files 'netguard apply ru' rulesets
types fish command 'netguard ru' 'rules rule'
types fish option 'netguard attach --mo' --mode
types fish sets 'netguard set list a' 'admins agents'
types fish rule_numbers 'netguard rule delete ' '1 2'
types fish files 'netguard apply ru' rulesets/
types zsh command 'netguard stat' 'netguard status '
types zsh option 'netguard attach near0 --mo' 'netguard attach near0 --mode '
types zsh sets 'netguard set list ag' 'netguard set list agents '
types zsh sets_in_rules 'netguard rule add drop from @ad' 'netguard rule add drop from @admins '
types zsh files 'netguard apply ru' 'netguard apply rulesets/'
netguard detach --all >/dev/null
finish
