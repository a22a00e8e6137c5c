# SPDX-License-Identifier: GPL-2.0-only
# awk -v version=VERSION -f man.awk PAGE.md: the page as scdoc(5), on standard output.
#
# docs/netguard.md and docs/rules.md are the reference, for people who read them in a browser; the
# man pages are made from them. They keep to this much of Markdown: headings of four levels, the
# first being `NAME(SECTION): what it is`; paragraphs, lists by `-`, fenced and indented blocks,
# tables, and in a line `code`, **bold**, *stressed* and [links](there). Two columns of a table
# become a list of terms.

function fail(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
	exit 1
}

# What scdoc would read as markup stands for itself.
function literal(text) {
	gsub(/[\\_*]/, "\\\\&", text)
	return text
}

# Of a link its text stays: what it leads to is another page's name, or a part of this one.
function without_links(text,   label) {
	while (match(text, /\[[^]]*\]\([^)]*\)/)) {
		label = substr(text, RSTART + 1, index(substr(text, RSTART), "]") - 2)
		text = substr(text, 1, RSTART - 1) label substr(text, RSTART + RLENGTH)
	}
	return text
}

# Code may begin in one line of a paragraph and end in the next: in_code says so.
function inline(text,   result, at, rest) {
	if (!in_code)
		text = without_links(text)
	while ((at = index(text, "`"))) {
		result = result (in_code ? literal(substr(text, 1, at - 1)) : \
				 stressed(substr(text, 1, at - 1))) "*"
		in_code = !in_code
		text = substr(text, at + 1)
	}
	return result (in_code ? literal(text) : stressed(text))
}

function stressed(text) {
	gsub(/\*\*/, "\001", text)
	gsub(/\*/, "\002", text)
	text = literal(text)
	gsub(/\001/, "*", text)
	gsub(/\002/, "_", text)
	return text
}

function close_paragraph() {
	if (in_code)
		fail("code is not closed: ` is missing")
}

function term(key, text) {
	print ""
	printf "%s\n\t%s\n", inline(key), inline(text)
}

# Rows of one table: the first is its heading, the second the line below that. A list of terms
# needs no heading, nor does a table whose last column has none.
function row(line,   cells, n, i) {
	sub(/^\| */, "", line)
	sub(/ *\|$/, "", line)
	n = split(line, cells, / *\| */)
	if (line ~ /^[-| ]*$/ || (++rows == 1 && (n == 2 || cells[n] == "")))
		return
	if (n == 2) {
		term(cells[1], cells[2])
		return
	}
	if (!in_table)
		print ""
	for (i = 1; i <= n; i++)
		printf("%s%s %s\n", (i > 1 ? ":" : "|"), \
		       (in_table ? " " : i < n ? "[" : "<"), inline(cells[i]))
	in_table = 1
}

function title(line,   name, what) {
	if (!match(line, /^[a-z.]+\([0-9]\): /))
		fail("the first heading is to be `NAME(SECTION): what it is`")
	name = substr(line, 1, RLENGTH - 2)
	what = substr(line, RLENGTH + 1)
	printf "%s \"netguard %s\"\n\n# NAME\n\n", name, version
	sub(/\(.*/, "", name)
	printf "%s - %s\n", name, literal(what)
}

function heading(line,   level, text) {
	match(line, /^#+/)
	level = RLENGTH
	text = substr(line, level + 2)
	if (level == 1)
		title(text)
	else if (level == 2)
		printf "\n# %s\n", toupper(literal(text))
	else if (level == 3)
		printf "\n## %s\n", literal(text)
	else
		printf "\n*%s*\n", literal(text)
}

function block(kind) {
	if (kind && !in_block)
		print "\n```"
	else if (!kind && in_block)
		print "```\n"
	in_block = kind
}

/^```/ {
	block(in_block ? "" : "fenced")
	next
}
in_block == "fenced" {
	gsub(/\\/, "\\\\")
	print
	next
}
/^    / && (blank || in_block) {
	block("indented")
	gsub(/\\/, "\\\\")
	print substr($0, 5)
	next
}
in_block == "indented" {
	block("")
}
/^\|/ {
	row($0)
	next
}
{
	rows = in_table = 0
	blank = 0
}
/^$/ {
	close_paragraph()
	blank = 1
	print ""
	next
}
/^#/ {
	heading($0)
	blank = 1
	next
}
/^- / {
	print "- " inline(substr($0, 3))
	next
}
/^  / {
	print "  " inline(substr($0, 3))
	next
}
{
	text = inline($0)
	print (text ~ /^[#;|\[\]]/ ? "\\" : "") text
}
END {
	if (!failed) {
		block("")
		close_paragraph()
	}
	exit failed
}
