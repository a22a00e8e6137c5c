# SPDX-License-Identifier: GPL-2.0-only
# netguard: `make help` names the targets. V=1 shows every command.

BUILD	:= build
PREFIX	?= /usr/local
CC	?= gcc
CLANG	?= clang
BPFTOOL	?= $(shell PATH=$$PATH:/usr/sbin:/sbin command -v bpftool)
Q	:= $(if $(V),,@)
say	= $(if $(V),@:,@printf '  %-8s %s\n' $(1) $(2))

CFLAGS	?= -O2 -g
CFLAGS	+= -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -MMD -MP -Iinclude -Ictl -I$(BUILD)
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -fno-strict-aliasing -Wall -Wextra -Werror -MMD -MP \
	-Iinclude $(if $(MULTIARCH),-I/usr/include/$(MULTIARCH))

LIBS	:= -lxdp -lbpf -lelf -lz -ljson-c -lpcap

rules_src	:= ctl/error.c $(wildcard ctl/rules/*.c)
compile_src	:= $(wildcard ctl/compile/*.c)
kernel_src	:= $(wildcard ctl/kernel/*.c)
command_src	:= $(wildcard ctl/report/*.c ctl/commands/*.c ctl/main.c)
objects		= $(patsubst %.c,$(BUILD)/%.o,$(1))
skeletons	:= $(BUILD)/netguard_xdp.skel.h $(BUILD)/netguard_tc.skel.h

all: $(BUILD)/netguard ## build the command: build/netguard

$(BUILD)/netguard: $(call objects,$(rules_src) $(compile_src) $(kernel_src) $(command_src))
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(call objects,$(kernel_src)): | $(skeletons)

vpath %.bpf.c xdp tc
$(BUILD)/%.bpf.o: %.bpf.c
	$(call say,CLANG,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c -o $@ $<

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $* > $@.tmp && mv $@.tmp $@

# ---- tests ----------------------------------------------------------------------------------

# Each tests/*_test.c is a program (cmocka), so is the differential test; the other files of
# tests/ are parts that they share.
test_src	:= $(wildcard tests/*_test.c) tests/differential.c
test_part_src	:= $(filter-out $(test_src),$(wildcard tests/*.c))
test_programs	:= $(patsubst %.c,$(BUILD)/%,$(test_src))
library		:= $(BUILD)/netguard.a

$(library): $(call objects,$(rules_src) $(compile_src) $(kernel_src) \
		$(filter-out ctl/main.c,$(command_src)) $(test_part_src))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(call objects,$(test_src) $(test_part_src)): CFLAGS += -Itests
$(test_programs): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(library)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

tests: $(test_programs) ## build the test programs

clean: ## remove what was built
	$(Q)rm -rf $(BUILD)

help: ## this list
	$(Q)sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: all tests clean help
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
