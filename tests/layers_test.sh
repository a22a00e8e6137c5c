#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# layers_test.sh - the layers of ctl/: no file includes upwards, none includes itself by way of
# others, a header declares what the source of its name defines, and a name has one meaning. Each
# check is repeated in a copy where it must fail. Nothing is built for it.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

# The folders of ctl/ from the lowest layer up. A folder that is not named belongs to the one around
# it; ctl/ itself is main.c.
order="base net rules
	compile/entry compile/tree compile/trie compile
	kernel/pins kernel/maps kernel/programs kernel/attachment kernel/live kernel/state kernel
	report packet session cli/completion cli commands ."

# Headers that are meant to declare functions of several files.
several="cli/command.h commands/doctor/doctor.h"

# Guards that several files have, of which a program includes one.
either="NG_HOOK_BPF_H"

sources() { # in ctl/ of $1, without what runs in the kernel
	(cd "$1/ctl" && find . -name '*.[ch]' ! -name '*.bpf.c' -printf '%P\n' | sort)
}

# The following functions print one line for each mistake in the tree $1.

includes_go_up() {
	(cd "$1/ctl" && sources .. | xargs awk -v order="$order" '
	function layer(folder) {
		while (!(folder in at) && sub("/[^/]*$", "", folder))
			;
		return folder in at ? folder : "?"
	}
	function folder_of(path) {
		return sub("/[^/]*$", "", path) ? path : "."
	}
	BEGIN {
		n = split(order, names, /[ \t\n]+/)
		for (i = 1; i <= n; i++)
			at[names[i]] = i
	}
	FNR == 1 {
		own = layer(folder_of(FILENAME))
		if (own == "?")
			print "ctl/" FILENAME ":1: its folder has no place in the order of " \
				"tests/layers_test.sh"
	}
	/^#include "/ {
		path = $2
		gsub("\"", "", path)
		if ((getline line < path) < 0)
			next # not of ctl/
		close(path)
		other = layer(folder_of(path))
		if (at[other] > at[own])
			printf "ctl/%s:%d: includes \"%s\", but ctl/%s stands above ctl/%s: move " \
				"what is needed down, or this file up\n", FILENAME, FNR, path,
				other, own
	}')
}

# A file and its header count as one.
files_need_themselves() {
	(cd "$1/ctl" && sources .. | xargs awk '
	/^#include "/ {
		path = $2
		gsub("\"", "", path)
		if ((getline line < path) < 0)
			next
		close(path)
		own = FILENAME
		sub(/\.[ch]$/, "", own)
		sub(/\.h$/, "", path)
		if (own != path)
			print own, path
	}' | tsort 2>&1 >/dev/null | sed -n 's/^tsort: \([^-]\)/ctl\/\1/p' | paste -sd ' ' |
		sed '/./s/$/: these include one another; move what two of them share into a file below/')
}

# "NAME FILE LINE" of all functions that the files named on standard input declare or define.
functions() {
	xargs awk '
	FNR == 1 { text = ""; comment = 0 }
	/^\/\*/ { comment = 1 }
	comment { comment = !/\*\//; next }
	text == "" && /^[a-z]/ && !/^(static|typedef|extern) / { line = FNR; text = " " }
	text != "" {
		text = text $0
		if (text !~ /[;{]/)
			next
		if (match(text, /[ *]ng_[a-z0-9_]+\(/) && text !~ /^[^(]*[={]/)
			print substr(text, RSTART + 1, RLENGTH - 2), FILENAME, line
		text = ""
	}'
}

headers_lie() {
	(cd "$1/ctl" && {
		sources .. | grep '\.c$' | functions
		sources .. | grep '\.h$' | functions
	} | awk -v several="$several" '
	BEGIN {
		n = split(several, names, /[ \t\n]+/)
		for (i = 1; i <= n; i++)
			free[names[i]] = 1
	}
	$2 ~ /\.c$/ { defined[$1] = $2; next }
	!($1 in defined) {
		printf "ctl/%s:%d: %s() is defined nowhere: remove it\n", $2, $3, $1
		next
	}
	{
		own = $2
		sub(/h$/, "c", own)
		if (defined[$1] == own || $2 in free)
			next
		header = defined[$1]
		sub(/c$/, "h", header)
		printf "ctl/%s:%d: %s() is defined in ctl/%s: declare it in ctl/%s\n", $2, $3, $1,
			defined[$1], header
	}')
}

names_mean_two_things() {
	(cd "$1" && find ctl include -name '*.[ch]' | sort | xargs awk -v either="$either" '
	/^(struct|union|enum) ng_[a-z0-9_]+ {/ {
		name = $2
		if (name in first)
			printf "%s:%d: %s %s is also what %s has: name one of them otherwise\n",
				FILENAME, FNR, $1, name, first[name]
		first[name] = FILENAME
	}
	/^#ifndef NG_[A-Z0-9_]+_H$/ {
		if ($2 in guards && index(" " either " ", " " $2 " ") == 0)
			printf "%s:%d: the guard %s is also that of %s: name one of them otherwise\n",
				FILENAME, FNR, $2, guards[$2]
		guards[$2] = FILENAME
	}')
}

# holds CHECK: it finds no mistake here
holds() {
	local wrong

	wrong=$("$1" "$root")
	if [ -z "$wrong" ]; then
		echo "ok - layers_no_$1"
	else
		echo "not ok - layers_no_$1: $wrong"
		failed=1
	fi
}

# finds CHECK PATTERN: it finds the mistake that was planted in the copy
finds() {
	local wrong

	wrong=$("$1" "$copy")
	# shellcheck disable=SC2053 # a pattern
	if [[ $wrong == $2 ]]; then
		echo "ok - layers_planted_$1"
	else
		echo "not ok - layers_planted_$1: found ${wrong:-nothing}"
		failed=1
	fi
	rm -rf "${copy:?}"/*
}

# plant FILE: its text is standard input
plant() {
	mkdir -p "$(dirname "$copy/$1")" "$copy/include"
	cat >"$copy/$1"
}

holds includes_go_up
holds files_need_themselves
holds headers_lie
holds names_mean_two_things

plant ctl/kernel/attach.h </dev/null
plant ctl/kernel/pins/folder.c <<'END'
/* What is said in a comment is none: #include "kernel/attach.h" */
#include "base/error.h"
#include "kernel/attach.h"
END
finds includes_go_up 'ctl/kernel/pins/folder.c:3: includes "kernel/attach.h", but ctl/kernel stands above ctl/kernel/pins: *'

plant ctl/rules/new.h </dev/null
plant ctl/rules/deep/er.c <<<'#include "kernel/new.h"'
plant ctl/kernel/new.h </dev/null
finds includes_go_up 'ctl/rules/deep/er.c:1: *'

plant ctl/new/file.c <<<"/* */"
finds includes_go_up 'ctl/new/file.c:1: its folder has no place in the order *'

plant ctl/rules/a.c <<<'#include "rules/b.h"'
plant ctl/rules/a.h </dev/null
plant ctl/rules/b.h <<<'#include "rules/c.h"'
plant ctl/rules/c.h </dev/null
plant ctl/rules/c.c <<<'#include "rules/a.h"'
finds files_need_themselves 'ctl/rules/[abc] ctl/rules/[abc] ctl/rules/[abc]: *'

plant ctl/rules/a.h <<'END'
/** ng_here() - the same */
const char *ng_here(int a,
		    int b);
static inline int ng_inline(void)
{
	return ng_there();
}
int ng_there(void);
int ng_nowhere(void);
END
plant ctl/rules/a.c <<'END'
const char *ng_here(int a, int b)
{
	ng_there();
}
END
plant ctl/rules/b.c <<'END'
int ng_there(void)
{
	return 0;
}
END
finds headers_lie 'ctl/rules/a.h:8: ng_there() is defined in ctl/rules/b.c: declare it in ctl/rules/b.h
ctl/rules/a.h:9: ng_nowhere() is defined nowhere: *'

plant ctl/rules/a.h <<'END'
#ifndef NG_A_H
struct ng_a {
END
plant include/layout/a.h <<'END'
#ifndef NG_A_H
struct ng_a {
END
finds names_mean_two_things 'include/layout/a.h:1: the guard NG_A_H *include/layout/a.h:2: struct ng_a is also *'

exit $failed
