// SPDX-License-Identifier: GPL-2.0-only
#include "cli/completion/scripts.h"

#include <stddef.h>
#include <string.h>

/*
 * Bash also splits words at "@", "=" and ":", and replaces only what follows the last of them. So
 * the script reads words from the line itself, and cuts candidates.
 */
static const char bash[] =
	"# bash completion for netguard(8)\n"
	"_netguard() {\n"
	"	local line=${COMP_LINE:0:COMP_POINT} words word before value about\n"
	"	read -ra words <<<\"$line\"\n"
	"	[[ $line == *[[:blank:]] ]] && words+=('')\n"
	"	word=${words[-1]}\n"
	"	before=${word%\"${word##*[@=:]}\"}\n"
	"	COMPREPLY=()\n"
	"	while IFS=$'\\t' read -r value about; do\n"
	"		if [[ $value == :files ]]; then\n"
	"			compopt -o filenames 2>/dev/null\n"
	"			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "
	"\"$word\")\n"
	"		else\n"
	"			COMPREPLY+=(\"${value#\"$before\"}\")\n"
	"		fi\n"
	"	done < <(\"${words[0]}\" completion words -- \"${words[@]:1}\" 2>/dev/null)\n"
	"}\n"
	"complete -F _netguard netguard\n";

static const char zsh[] =
	"#compdef netguard\n"
	"# zsh completion for netguard(8)\n"
	"_netguard() {\n"
	"	local value about files\n"
	"	local -a values typed\n"
	"	typed=(\"${(@Q)words[2,CURRENT-1]}\" \"$PREFIX\")\n"
	"	while IFS=$'\\t' read -r value about; do\n"
	"		if [[ $value == :files ]]; then\n"
	"			files=1\n"
	"		else\n"
	"			values+=(\"${value//:/\\\\:}${about:+:$about}\")\n"
	"		fi\n"
	"	done < <(\"${(Q)words[1]}\" completion words -- \"${(@)typed}\" 2>/dev/null)\n"
	"	(( $#values )) && _describe -V netguard values\n"
	"	[[ -n $files ]] && _files\n"
	"}\n"
	"if [[ ${funcstack[1]} == _netguard ]]; then\n"
	"	_netguard \"$@\"\n"
	"else\n"
	"	compdef _netguard netguard\n"
	"fi\n";

static const char fish[] =
	"# fish completion for netguard(8)\n"
	"function __netguard_words\n"
	"	set -l typed (commandline -opc)\n"
	"	set -l word (commandline -ct)\n"
	"	for line in ($typed[1] completion words -- $typed[2..] \"$word\" 2>/dev/null)\n"
	"		if string match -q ':files*' -- $line\n"
	"			__fish_complete_path \"$word\"\n"
	"		else\n"
	"			echo $line\n"
	"		end\n"
	"	end\n"
	"end\n"
	"complete -c netguard -f -k -a '(__netguard_words)'\n";

const char *ng_completion_script(const char *shell)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		if (!strcmp(scripts[i].shell, shell))
			return scripts[i].script;
	return NULL;
}
