# SPDX-License-Identifier: GPL-2.0-only
# netguard: `make help` names the targets. V=1 shows every command.

BUILD	:= build
INCLUDE	:= include
PREFIX	?= /usr/local
ifeq ($(origin CC),default)
CC	:= gcc
endif
CLANG	?= clang
BPFTOOL	?= PATH="$$PATH:/usr/sbin:/sbin" bpftool
Q	:= $(if $(V),,@)
say	= $(if $(V),@:,@printf '  %-8s %s\n' $(1) $(2))

CFLAGS	?= -O2 -g
# SANITIZE: what `make sanitize` and `make fuzz` compile and link with
override CFLAGS += -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -MMD -MP -I$(INCLUDE) -Ictl -I$(BUILD) \
	$(SANITIZE)
override LDFLAGS += $(SANITIZE)
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -fno-strict-aliasing -Wall -Wextra -Werror -MMD -MP \
	-I$(INCLUDE) $(if $(MULTIARCH),-I/usr/include/$(MULTIARCH))
LIBS	:= -lxdp -lbpf -lelf -lz -lmnl -ljson-c -lcap-ng -lm

comma	:= ,
objects	= $(patsubst %.c,$(BUILD)/%.o,$(1))

all: $(BUILD)/netguard ## build the command: build/netguard

# ---- the command -----------------------------------------------------------------------------

source	  := $(filter-out %.bpf.c,$(wildcard ctl/*.c ctl/*/*.c ctl/*/*/*.c))
kernel_source := $(filter-out %.bpf.c,$(wildcard ctl/kernel/*.c ctl/kernel/*/*.c))
skeletons := $(BUILD)/netguard_xdp.skel.h $(BUILD)/netguard_tc.skel.h $(BUILD)/namespaces.skel.h

$(BUILD)/netguard: $(call objects,$(source))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(call objects,$(kernel_source)): | $(skeletons)

# Loaded by those commands that need it: ctl/base/library.h.
soname = $(shell readelf -d $$($(CC) -print-file-name=lib$(1).so) | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')
$(BUILD)/ctl/commands/capture.o: override CFLAGS += -DNG_LIBPCAP='"$(call soname,pcap)"'

# The programs' parser, compiled as they are: it reads numbers where they stand.
$(BUILD)/ctl/net/frame.o: override CFLAGS += -fno-strict-aliasing

vpath %.bpf.c xdp tc ctl/kernel/programs bench tests
$(BUILD)/%.bpf.o: %.bpf.c
	$(call say,CLANG,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $* > $@.tmp && mv $@.tmp $@

# Into the program itself: as shared libraries they would cost every command's start 0.8 ms.
LIBS	+= -Wl,-Bstatic -lncursesw -ltinfo -Wl,-Bdynamic

# ---- man pages -------------------------------------------------------------------------------

man_pages := $(BUILD)/netguard.8 $(BUILD)/netguard.rules.5
version	  = $(shell sed -n 's/^\#define NG_VERSION[[:space:]]*"\(.*\)"/\1/p' ctl/cli/command.h)

man: $(man_pages) ## make the man pages from docs/netguard.md and docs/rules.md

$(BUILD)/netguard.8: docs/netguard.md
$(BUILD)/netguard.rules.5: docs/rules.md
# What is to be typed, and JSON, gets no hyphens; JSON may be broken at its commas.
$(man_pages): docs/man.awk ctl/cli/command.h
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -v version=$(version) -f docs/man.awk $(filter %.md,$^) >$@.scd
	$(Q)scdoc <$@.scd >$@.tmp
	$(Q)sed -e '/^\.TH /i .nr HY 0' -e '/^\.nf/,/^\.fi/!s/\([]"}]\),"/\1,\\:"/g' $@.tmp >$@
	$(Q)rm $@.scd $@.tmp

# ---- bench -----------------------------------------------------------------------------------

bench_source	 := $(filter-out %.bpf.c,$(wildcard bench/*.c))
bench_skeletons	 := $(BUILD)/bench_xdp.skel.h $(BUILD)/bench_tc.skel.h
bench_program	 := $(BUILD)/bench/bench

$(bench_skeletons:.skel.h=.bpf.o): BPF_CFLAGS += -Ibench
$(call objects,$(bench_source)): override CFLAGS += -Ibench
$(call objects,$(bench_source)): | $(skeletons) $(bench_skeletons)
$(BUILD)/bench/answer.o: override CFLAGS += -O3
$(bench_program): $(call objects,$(bench_source) $(filter-out ctl/main.c,$(source)))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lm

# PROTOTYPE: a folder with the sources of the classifier's prototype, to be measured beside
# netguard. Its own driver and program are built, into a folder of the bench's; nothing of it stays.
prototype	 := $(BUILD)/bench/prototype

bench-prototype:
	$(Q)[ -e '$(PROTOTYPE)/tree4qbpf.c' ] || \
		{ echo "PROTOTYPE=$(PROTOTYPE): there is no tree4qbpf.c in it" >&2; exit 1; }
	$(call say,CLANG,$(prototype)/tree4.o)
	$(Q)mkdir -p $(prototype)
	$(Q)$(CLANG) $(filter-out -W% -MMD -MP,$(BPF_CFLAGS)) -w -c -o $(prototype)/tree4.o \
		'$(PROTOTYPE)/tree4.bpf.c'
	$(call say,CC,$(prototype)/driver)
	$(Q)$(CC) -O2 -w -I'$(PROTOTYPE)' -include bench/prototype/driver.h -o $(prototype)/driver \
		'$(PROTOTYPE)/tree4qbpf.c' -lbpf -lm

# ---- tests -----------------------------------------------------------------------------------

# Each tests/*_test.c is a program of its own (cmocka), and so is the differential test; the
# other files of tests/ are parts that they share.
test_source	 := $(wildcard tests/*_test.c) tests/differential.c
test_part_source := $(filter-out $(test_source) %.bpf.c,$(wildcard tests/*.c))
test_programs	 := $(patsubst %.c,$(BUILD)/%,$(test_source))
tools		 := $(patsubst %.c,$(BUILD)/%,$(wildcard testenv/*.c))
library		 := $(BUILD)/netguard.a

$(library): $(call objects,$(filter-out ctl/main.c,$(source)) $(test_part_source))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(call objects,$(test_source) $(test_part_source)): override CFLAGS += -Itests
$(call objects,$(test_source) $(test_part_source)): | $(skeletons) $(BUILD)/refused.skel.h
$(BUILD)/tests/bench_report_test: $(call objects,bench/compare.c bench/promises.c bench/report.c)
$(BUILD)/tests/bench_report_test.o: override CFLAGS += -Ibench
$(test_programs): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(library)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(library) -lcmocka -lpcap $(LIBS)

$(tools): $(BUILD)/%: $(BUILD)/%.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpcap $(tool_libraries)

$(BUILD)/testenv/flows: $(library)
$(BUILD)/testenv/flows: private tool_libraries = $(LIBS)

# Two more commands for tests of upgrades: a newer one with another layout, and one that is newer
# still, with the layout of this one.
other	:= $(BUILD)/other
later	:= $(BUILD)/later

$(other)/include/layout/version.h: tests/other_layout.sh $(wildcard include/*/*)
	$(Q)tests/other_layout.sh $(other)/include

others: $(other)/include/layout/version.h
	$(Q)$(MAKE) --no-print-directory BUILD=$(other) INCLUDE=$(other)/include \
		CFLAGS='-O0 -DNG_LAYOUT_VERSION=1001' all
	$(Q)$(MAKE) --no-print-directory BUILD=$(later) CFLAGS='-O0 -DNG_LAYOUT_VERSION=1002' all

# One more, whose requests for memory can fail, for tests.
requests := malloc calloc realloc reallocarray strdup strndup asprintf vasprintf open_memstream fdopen \
	fopen opendir getline __getdelim json_object_new_object json_object_new_array \
	json_object_new_string
$(BUILD)/netguard-failing: $(call objects,$(source) tests/fail_alloc.c)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $(addprefix -Wl$(comma)--wrap=,$(requests)) -o $@ $^ $(LIBS)

test-programs: $(BUILD)/netguard $(BUILD)/netguard-failing man $(test_programs) $(tools) $(bench_program) others ## build what the tests run

packages	:= testenv/packages.sh
# What is installed only now cannot be found by a make that runs already: hence a second one.
test-build	= $(MAKE) --no-print-directory -j$$(nproc) test-programs

demo: ## build, then show the filter at work between two network namespaces (as root)
	$(Q)$(packages) build live
	$(Q)$(test-build)
	$(Q)BUILD=$(BUILD) testenv/demo.sh

# What takes longer than all others together, or touches the kernel, is no unit test.
no_unit		:= compile_large_test captures% explain_test kernel_% session_frames_test verifier%
unit_tests	:= $(filter-out $(no_unit),$(notdir $(filter %_test,$(test_programs))))
# Root has no more rights in them than others.
as_nobody	= $$([ $$(id -u) != 0 ] || echo setpriv --bounding-set=-all --inh-caps=-all)

unit: ## the tests that touch no kernel, in less than a minute; no need to be root
	$(Q)$(packages) build unit
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) $(unit_tests:%=$(BUILD)/tests/%)
	$(Q)BUILD=$(BUILD) $(as_nobody) tests/run.sh $(unit_tests)

# Test programs need no more than themselves and the command; of scripts nobody knows.
only_programs	= $(if $(filter-out $(notdir $(test_programs)),$(or $(TEST),all)),,1)
test-one	= $(MAKE) --no-print-directory -j$$(nproc) all $(tools) $(TEST:%=$(BUILD)/tests/%)

test: ## build and run all tests (as root), some on other kernels too; TEST="rules_parse_test live/bans"
	$(Q)$(packages) build live $(if $(only_programs),,tests) $(if $(TEST),$(filter guests,$(TEST)),guests)
	$(Q)$(if $(only_programs),$(test-one),$(test-build))
	$(Q)BUILD=$(BUILD) tests/run.sh $(TEST)

# Builds of their own, since sanitizers change every object; by clang, since UBSan's reports can be
# sent to a file there, and it has libFuzzer. Warnings are gcc's affair.
sanitizers	= -fsanitize=address,undefined$(1) -fno-sanitize-recover=all -fno-omit-frame-pointer -w
build-sanitized = $(MAKE) --no-print-directory -j$$(nproc) CC=$(CLANG) CFLAGS='-O1 -g' \
	BUILD=$(BUILD)/$(1) SANITIZE='$(call sanitizers,$(2))'

sanitize: ## the tests under ASan, UBSan and LSan (as root)
	$(Q)$(packages) build live tests sanitizers
	$(Q)$(call build-sanitized,sanitize) test-programs
	$(Q)BUILD=$(BUILD)/sanitize CC=$(CLANG) tests/sanitize.sh

coverage: ## which functions and lines no test reaches (as root); COVERAGE="rules_parse_test live/bans"
	$(Q)$(packages) build live tests coverage
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) CC=$(CLANG) CFLAGS='-O1 -g -w' BUILD=$(BUILD)/coverage \
		SANITIZE='-fprofile-instr-generate=$(abspath $(BUILD))/coverage/profiles/%m -fcoverage-mapping' \
		test-programs
	$(Q)BUILD=$(BUILD)/coverage tests/coverage.sh $(COVERAGE)

$(BUILD)/fuzzer: $(call objects,tests/fuzz.c) $(library)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ -lpcap $(LIBS)

fuzz: ## libFuzzer on what reads files and packets; FUZZ="rules hex", FUZZ_SECONDS=60 each
	$(Q)$(packages) build live sanitizers
	$(Q)$(call build-sanitized,fuzz,$(comma)fuzzer-no-link) $(BUILD)/fuzz/fuzzer \
		$(BUILD)/fuzz/tests/fuzz_test
	$(Q)BUILD=$(BUILD)/fuzz tests/fuzz.sh $(FUZZ)

bench: ## measure netguard and its peers (as root); BENCH="rules-v4 set" only rows so named; PROTOTYPE=dir, BPFILTER=dir
	$(Q)$(packages) build bench
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all $(bench_program) $(if $(PROTOTYPE),bench-prototype)
	$(Q)$(bench_program) $(if $(PROTOTYPE),--prototype) $(if $(BPFILTER),--bpfilter "$(BPFILTER)") $(BENCH)

test-kernels: ## all that can be tested on other kernels, in virtual machines (slow)
	$(Q)$(packages) build live tests guests
	$(Q)$(test-build)
	$(Q)BUILD=$(BUILD) testenv/guest/full.sh

verify: ## what the verifier needs for each program, on this kernel and others (as root)
	$(Q)$(packages) build live guests
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/tests/verifier_test
	$(Q)$(BUILD)/tests/verifier_test --table; status=$$?; \
		testenv/guest/all.sh $(BUILD)/tests/verifier_test --table && exit $$status

test-fresh: ## the commands of the README in a bare Debian 12 tree (slow)
	$(Q)$(packages) fresh
	$(Q)testenv/fresh/check.sh

pcaps: ## make the captures of pcaps/ anew (needs scapy)
	$(Q)cd pcaps && ./make.py

pictures: ## make the pictures of the README anew; the chart is of the last make bench (as root)
	$(Q)$(packages) build live tests
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all
	$(Q)BUILD=$(BUILD) docs/pictures/make.sh

# ---- what looks at the code ------------------------------------------------------------------

# Of what make would run, were nothing built yet, the lines that compile a file of this tree.
compiles = NF > 4 && $$(NF - 3) == "-c" && / $(subst /,\/,$(BUILD))\/(ctl|tests|testenv|bench|[a-z_]+\.bpf)[\/.]/
as_entry = {directory: $$here, command: ., file: (split(" ") | map(select(endswith(".c"))) | last)}

compile_commands.json: Makefile $(source) $(test_source) $(test_part_source) ## for editors and clang-tidy
	$(call say,JSON,$@)
	$(Q)mkdir -p $(BUILD)
	$(Q)$(MAKE) --no-print-directory -Bn V=1 test-programs >$(BUILD)/commands
	$(Q)awk '$(compiles)' $(BUILD)/commands | \
		jq -Rn --arg here "$(CURDIR)" '[inputs | $(as_entry)]' >$@.tmp && mv $@.tmp $@

looked_at = $(filter-out %.bpf.c,$(shell git ls-files '*.c'))

# Anew when the file or a header of it has changed, since then its object has.
$(BUILD)/%.tidy: %.c $(BUILD)/%.o .clang-tidy
	$(call say,TIDY,$<)
	$(Q)clang-tidy --quiet $< 2>$@.err || { cat $@.err; exit 1; }
	$(Q)touch $@

# make check: each of its parts, to the last file, also when one finds something
check: ## format, layers, clang-tidy, cppcheck, shellcheck; exceptions with their reasons in .NAME
	$(Q)$(packages) build live check
	$(Q)$(MAKE) --no-print-directory -k -j$$(nproc) check-format check-layers check-tidy \
		check-cppcheck check-shell check-version

check-format:
	$(call say,FORMAT,)
	$(Q)clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

check-layers:
	$(call say,LAYERS,)
	$(Q)tests/layers_test.sh

check-tidy: compile_commands.json
	$(Q)$(MAKE) --no-print-directory -k $(looked_at:%.c=$(BUILD)/%.tidy)

check-cppcheck:
	$(call say,CPPCHECK,)
	$(Q)cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 \
		--suppressions-list=.cppcheck --std=c11 -D_GNU_SOURCE -DNG_LIBPCAP='""' \
		--include=tests/cppcheck.h -I$(INCLUDE) -Ictl -Itests -Ibench $(looked_at)

# packaging/boot.in gets its paths, among them of a file that it reads, when it is installed.
check-shell:
	$(call say,SHELL,)
	$(Q)shellcheck $$(git grep -lE '^#!.*/(ba)?sh' ':!*.in')
	$(Q)shellcheck --norc --shell=dash --exclude=SC1091 packaging/boot.in
	$(Q)shellcheck --norc packaging/fail2ban/fail2ban-netguard.in \
		packaging/sshguard/sshg-fw-netguard.in packaging/crowdsec/crowdsec-netguard.in

# Of a release the number, between releases "Unreleased": CONTRIBUTING.md, "Versions".
check-version:
	$(call say,VERSION,$(version))
	$(Q)grep -m 1 '^## ' CHANGELOG.md | \
		grep -q '^## $(if $(filter %-dev,$(version)),Unreleased$$,$(version) - 20)' || \
		{ echo "CHANGELOG.md does not begin with what NG_VERSION $(version) asks for" >&2; exit 1; }

# ---- install ---------------------------------------------------------------------------------

SYSCONFDIR	?= /etc
LOCALSTATEDIR	?= /var
RUNSTATEDIR	?= /run
sbin		= $(PREFIX)/sbin
libexec		= $(PREFIX)/lib/netguard
doc		= $(PREFIX)/share/doc/netguard
examples	= $(doc)/examples
man		= $(PREFIX)/share/man
# Where each shell looks: bash-completion by the command's name, zsh and fish in these folders.
completion_bash	= $(PREFIX)/share/bash-completion/completions/netguard
completion_zsh	= $(PREFIX)/share/zsh/site-functions/_netguard
completion_fish	= $(PREFIX)/share/fish/vendor_completions.d/netguard.fish
units		= $(PREFIX)/lib/systemd/system
udev		= $(PREFIX)/lib/udev/rules.d
fail2ban	= $(SYSCONFDIR)/fail2ban/action.d

# $(call fill,FILE.in,MODE,TARGET): with the paths of this installation, and @hardening@ in full
fill = sed -e '/^@hardening@$$/{r packaging/hardening' -e 'd}' -e 's|@sbindir@|$(sbin)|g' \
	-e 's|@libexecdir@|$(libexec)|g' -e 's|@docdir@|$(doc)|g' -e 's|@sysconfdir@|$(SYSCONFDIR)|g' \
	-e 's|@localstatedir@|$(LOCALSTATEDIR)|g' -e 's|@runstatedir@|$(RUNSTATEDIR)|g' $(1) \
	| install -D -m $(2) /dev/stdin $(DESTDIR)$(3)

install: all man ## to DESTDIR and PREFIX, with units for systemd; see docs/netguard.md, "At boot"
	install -D -m 0755 $(BUILD)/netguard $(DESTDIR)$(sbin)/netguard
	install -d $(DESTDIR)$(doc)/examples
	install -m 0644 README.md CHANGELOG.md COPYING docs/*.md $(DESTDIR)$(doc)
	install -m 0644 docs/examples/*.rules $(DESTDIR)$(doc)/examples
	install -D -m 0644 $(BUILD)/netguard.8 $(DESTDIR)$(man)/man8/netguard.8
	install -D -m 0644 $(BUILD)/netguard.rules.5 $(DESTDIR)$(man)/man5/netguard.rules.5
	for shell in bash:$(completion_bash) zsh:$(completion_zsh) fish:$(completion_fish); do \
		$(BUILD)/netguard completion $${shell%%:*} | \
			install -D -m 0644 /dev/stdin $(DESTDIR)$${shell#*:} || exit 1; \
	done
	$(call fill,packaging/boot.in,0755,$(libexec)/boot)
	install -m 0644 packaging/closed.rules $(DESTDIR)$(libexec)/closed.rules
	$(call fill,packaging/netguard.service.in,0644,$(units)/netguard.service)
	$(call fill,packaging/netguard-attach@.service.in,0644,$(units)/netguard-attach@.service)
	$(call fill,packaging/netguard-metrics.service.in,0644,$(units)/netguard-metrics.service)
	$(call fill,packaging/fail2ban/fail2ban-netguard.in,0755,$(libexec)/fail2ban-netguard)
	$(call fill,packaging/fail2ban/netguard.conf.in,0644,$(fail2ban)/netguard.conf)
	$(call fill,packaging/sshguard/sshg-fw-netguard.in,0755,$(libexec)/sshg-fw-netguard)
	$(call fill,packaging/crowdsec/crowdsec-netguard.in,0755,$(libexec)/crowdsec-netguard)
	$(call fill,packaging/crowdsec/netguard-crowdsec.service.in,0644,$(units)/netguard-crowdsec.service)
	install -D -m 0644 packaging/grafana/netguard.json $(DESTDIR)$(examples)/grafana/netguard.json
	install -D -m 0644 packaging/prometheus/netguard.rules.yml \
		$(DESTDIR)$(examples)/prometheus/netguard.rules.yml
	$(call fill,packaging/90-netguard.rules.in,0644,$(udev)/90-netguard.rules)
	install -d $(DESTDIR)$(SYSCONFDIR)/netguard
	[ -e $(DESTDIR)$(SYSCONFDIR)/default/netguard ] || \
		install -D -m 0644 packaging/netguard.default $(DESTDIR)$(SYSCONFDIR)/default/netguard

uninstall: ## what install put there; configuration, rules and /var/lib/netguard stay
	rm -f $(addprefix $(DESTDIR),$(sbin)/netguard $(udev)/90-netguard.rules \
		$(man)/man8/netguard.8 $(man)/man5/netguard.rules.5 \
		$(completion_bash) $(completion_zsh) $(completion_fish) \
		$(units)/netguard.service $(units)/netguard-attach@.service \
		$(units)/netguard-metrics.service $(units)/netguard-crowdsec.service \
		$(fail2ban)/netguard.conf)
	rm -rf $(addprefix $(DESTDIR),$(libexec) $(doc))

clean: ## remove what was built
	$(Q)rm -rf $(BUILD)

help: ## this list
	$(Q)sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: all man others test-programs bench bench-prototype demo unit test sanitize coverage fuzz test-kernels verify test-fresh \
	pcaps pictures check check-format check-layers check-tidy check-cppcheck check-shell check-version install uninstall clean help
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
