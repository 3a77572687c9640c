# SPDX-License-Identifier: GPL-3.0-or-later
# phiward. `make help` lists the targets. Variables: O=DIR builds elsewhere,
# V=1 shows the commands, SAN=address,undefined builds with sanitizers (into a
# directory of its own), PREFIX= and DESTDIR= for install.

VERSION := 0.1.0

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

PREFIX ?= /usr
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSCONFDIR ?= /etc

comma := ,# before the O below, which uses it
SAN ?=
ifneq ($(SAN),)
base_O := $(if $(O),$(O),build)
override O := $(base_O)/san
else
O ?= build
endif

ifeq ($(V),1)
Q :=
say :=
else
Q := @
say = @printf '  %-8s %s\n' $(1) $(patsubst $(O)/%,%,$@);
endif

ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
PKG_CONFIG ?= pkg-config
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/bin/bpftool) bpftool)

# ---- what there is to build --------------------------------------------------

# Rooms in the direction the data flows: each may use those to its left.
ROOMS := base policy kernel host detect evidence ship control

BPF_SRC := $(sort $(wildcard bpf/*.bpf.c))
ROOM_SRC := $(sort $(foreach r,$(ROOMS),$(wildcard agent/$(r)/*.c)))
CLI_SRC := $(sort $(wildcard agent/cli/*.c))
DAEMON_SRC := $(wildcard agent/phiwardd.c) $(sort $(wildcard agent/daemon/*.c))
UNIT_SRC := $(sort $(shell [ ! -d selftests/unit ] || find selftests/unit -name 'test_*.c'))
# The model of label flow: what needs no kernel is tested as a unit, too.
MODEL_PURE_SRC := $(patsubst %,selftests/model/%.c,model model-data model-name model-proc program)
MODEL_SRC := $(MODEL_PURE_SRC) $(patsubst %,selftests/model/%.c,run world look seen)
UNIT_LIB_SRC := $(sort $(shell [ ! -d selftests/unit ] || find selftests/unit -name '*.c' ! -name 'test_*.c') $(MODEL_PURE_SRC))
FUZZ_SRC := $(sort $(wildcard selftests/fuzz/fuzz_*.c))
# Small programs that tests run: one file each.
HELPER_SRC := $(sort $(filter-out selftests/vm/% selftests/unit/% selftests/fuzz/% selftests/formats/% $(MODEL_SRC) %.bpf.c,$(wildcard selftests/*/*.c)))

ARCHIVES := $(foreach r,$(ROOMS),$(if $(wildcard agent/$(r)/*.c),$(O)/lib/$(r).a))
# Callbacks may make a room to the left call back to the right: let ld look twice.
LINK_ARCHIVES = -Wl,--start-group $(ARCHIVES) -Wl,--end-group
PROGRAMS := $(if $(DAEMON_SRC),$(O)/bin/phiwardd) $(if $(CLI_SRC),$(O)/bin/phiward)
UNIT_BIN := $(UNIT_SRC:selftests/%.c=$(O)/selftests/%)
HELPER_BIN := $(HELPER_SRC:%.c=$(O)/%) $(O)/selftests/as-user $(O)/selftests/model/run
SKEL := $(if $(BPF_SRC),$(O)/gen/phiward.skel.h)

# ---- libraries and flags -----------------------------------------------------

PKGS := libbpf libelf yaml-0.1 json-c libseccomp libcap-ng libsystemd libcrypto libnl-3.0 sqlite3
NO_BUILD_GOALS := install-files uninstall deps help clean distclean deb fmt demo check check-unit check-vm check-formats bench fuzz cov
goals := $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out $(NO_BUILD_GOALS),$(goals)),)
missing := $(shell command -v $(PKG_CONFIG) >/dev/null || echo $(PKG_CONFIG); \
	for p in $(PKGS); do $(PKG_CONFIG) --exists $$p 2>/dev/null || echo $$p; done)
ifneq ($(missing),)
$(error missing: $(missing) -- run 'make deps' as root, or install the -dev packages)
endif
missing := $(shell for t in $(CC) $(CLANG) $(BPFTOOL); do command -v $$t >/dev/null || echo $$t; done)
ifneq ($(missing),)
$(error missing tools: $(missing) -- run 'make deps' as root)
endif
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS))
endif

OPT ?= -O2
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
# glibc's fortified calls hide errors from the sanitizers
FORTIFY := $(if $(SAN)$(COV),-U_FORTIFY_SOURCE,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
COV_FLAGS := $(if $(COV),--coverage)
CPPFLAGS_ALL = -D_GNU_SOURCE -DPW_VERSION='"$(VERSION)"' $(FORTIFY) -Iinclude -Iagent -I$(O)/gen $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=gnu11 $(if $(COV),-O0,$(OPT)) -g -Wall -Wextra -Werror -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla -Wformat=2 -Wno-unused-parameter -fstack-protector-strong \
	-fPIE $(SAN_FLAGS) $(COV_FLAGS) $(CFLAGS)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now $(SAN_FLAGS) $(COV_FLAGS) $(LDFLAGS)
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
# -mcpu=v3: every kernel from 5.1 on
BPF_CFLAGS = -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Iinclude -Ibpf -Wall -Werror \
	-idirafter /usr/include/$(MULTIARCH)

# /* LDLIBS: -luring */ among a file's first lines names its further libraries;
# /* CFLAGS: ... */ the same for flags.
ldlibs_of = $(shell sed -n '1,20s|.*/\* LDLIBS: *\(.*[^ ]\) *\*/.*|\1|p' $(1))
cflags_of = $(shell sed -n '1,20s|.*/\* CFLAGS: *\(.*[^ ]\) *\*/.*|\1|p' $(1))

# A change of flags or compiler rebuilds: the file changes only when they do.
FLAGS_NOW = $(CC) $(CLANG) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(BPF_CFLAGS)

# ---- build -------------------------------------------------------------------

.PHONY: all
all: $(ARCHIVES) $(PROGRAMS) $(HELPER_BIN)

$(O)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(foreach w,$(FLAGS_NOW),'$(subst ','\'',$(w))') | cmp -s - $@ || \
		printf '%s\n' $(foreach w,$(FLAGS_NOW),'$(subst ','\'',$(w))') >$@
# The same for the list of sources: a removed file must leave its archive.
$(O)/sources: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(BPF_SRC) $(ROOM_SRC) $(CLI_SRC) | cmp -s - $@ || printf '%s\n' $(BPF_SRC) $(ROOM_SRC) $(CLI_SRC) >$@
.PHONY: FORCE
FORCE:

# -MT: without it the dependencies name a temporary file and a changed header is
# not noticed. The lists come from -MMD, never from `wildcard %.h`, which make
# expands before it knows what % is.
$(O)/bpf/%.bpf.o: bpf/%.bpf.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $@.d -MT $@ -c $< -o $@

# Which source line each instruction is from takes more of the agent's memory than all else that
# libbpf keeps, in copies for each program: forgotten, by a length of 0 at byte 20 of .BTF.ext.
# BPF_LINES=1 keeps it, for what the verifier says.
$(O)/gen/phiward.bpf.o: $(BPF_SRC:%.c=$(O)/%.o) $(O)/sources
	@mkdir -p $(@D)
	$(call say,BPFLINK)
	$(Q)$(BPFTOOL) gen object $@ $(filter %.o,$^)
	$(Q)[ -n "$(BPF_LINES)" ] || { llvm-objcopy --dump-section .BTF.ext=$@.ext $@ && \
		printf '\0\0\0\0' | dd of=$@.ext bs=1 seek=20 conv=notrunc status=none && \
		llvm-objcopy --update-section .BTF.ext=$@.ext $@; }

$(O)/gen/phiward.skel.h: $(O)/gen/phiward.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name phiward_bpf >$@

$(O)/obj/%.o: %.c $(O)/flags | $(SKEL)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d -MT $@ -c $< -o $@

define room_rule
$(O)/lib/$(1).a: $(patsubst %.c,$(O)/obj/%.o,$(sort $(wildcard agent/$(1)/*.c))) $(O)/sources
	@mkdir -p $$(@D)
	$$(call say,AR)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$(filter %.o,$$^)
endef
$(foreach r,$(ROOMS),$(if $(wildcard agent/$(r)/*.c),$(eval $(call room_rule,$(r)))))

$(O)/bin/phiwardd: $(DAEMON_SRC:%.c=$(O)/obj/%.o) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) $(filter %.o,$^) $(LINK_ARCHIVES) $(PKG_LIBS) $(LDLIBS) -o $@

$(O)/bin/phiward: $(CLI_SRC:%.c=$(O)/obj/%.o) $(ARCHIVES) $(O)/sources
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) $(filter %.o,$^) $(LINK_ARCHIVES) $(PKG_LIBS) $(LDLIBS) -o $@

# Programs that the guest tests use: one file each, no rooms.
HELPER_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter -D_GNU_SOURCE -Iinclude
$(O)/selftests/as-user: selftests/vm/as-user.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(HELPER_CFLAGS) $< -o $@

define helper_rule
$(O)/$(1): $(1).c $(O)/flags
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(CC) $$(HELPER_CFLAGS) $$(call cflags_of,$$<) -MMD -MP -MF $$@.d -MT $$@ $$< -o $$@ $$(call ldlibs_of,$$<)
endef
$(foreach s,$(HELPER_SRC),$(eval $(call helper_rule,$(s:%.c=%))))

# The model against the kernel: several files, and an iterator of its own.
$(O)/gen/model-keys.bpf.o: selftests/model/keys.bpf.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $@.d -MT $@ -c $< -o $@
$(O)/gen/model-keys.skel.h: $(O)/gen/model-keys.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name model_keys_bpf >$@
$(O)/obj/selftests/model/seen.o: | $(O)/gen/model-keys.skel.h
$(O)/selftests/model/run: $(MODEL_SRC:%.c=$(O)/obj/%.o)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -o $@

# Events of every kind, for the judges of the formats.
FORMAT_SRC := selftests/formats/lines.c selftests/unit/evidence/wire.c
$(O)/obj/selftests/formats/lines.o: CFLAGS_ALL += -Iselftests/unit
$(O)/selftests/formats/lines: $(FORMAT_SRC:%.c=$(O)/obj/%.o) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) $(filter %.o,$^) $(LINK_ARCHIVES) $(PKG_LIBS) -o $@
.PHONY: format-lines
format-lines: $(O)/selftests/formats/lines $(O)/bin/phiward

# What the bench calls the floor: a program that does nothing on each hook of ours.
FLOOR := $(O)/selftests/bench/floor.bpf.o
$(O)/gen/floor-hooks.h: bpf/phiward.bpf.c selftests/bench/hooks
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)selftests/bench/hooks $< >$@
$(FLOOR): selftests/bench/floor.bpf.c $(O)/gen/floor-hooks.h $(O)/flags
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -I$(O)/gen -c $< -o $@
.PHONY: bench-programs
bench-programs: $(FLOOR) $(filter $(O)/selftests/bench/%,$(HELPER_BIN)) $(O)/selftests/as-user

# ---- unit tests, fuzzers, coverage -------------------------------------------

define unit_rule
$(O)/selftests/$(1): $(O)/obj/selftests/$(1).o $(UNIT_LIB_SRC:%.c=$(O)/obj/%.o) $(ARCHIVES)
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) $$(filter %.o,$$^) $$(call ldlibs_of,selftests/$(1).c) $$(LINK_ARCHIVES) \
		-lcmocka $$(PKG_LIBS) -o $$@
endef
$(foreach s,$(UNIT_SRC),$(eval $(call unit_rule,$(s:selftests/%.c=%))))
$(UNIT_SRC:%.c=$(O)/obj/%.o) $(UNIT_LIB_SRC:%.c=$(O)/obj/%.o): CFLAGS_ALL += -Werror=unused-function -Iselftests/unit

.PHONY: unit-tests
unit-tests: $(UNIT_BIN)

# The rooms are built once more for the fuzzers, with clang and its coverage
# (`make fuzz` calls make with SAN=fuzzer-no-link,... and O=.../fuzz).
FUZZ_S ?= 60
FUZZ_SAN := fuzzer-no-link,address,undefined
FUZZ_O = $(O)/fuzz/san
FUZZ_BIN := $(FUZZ_SRC:selftests/fuzz/%.c=$(O)/fuzz/%)
define fuzz_rule
$(O)/fuzz/$(1): $(O)/obj/selftests/fuzz/$(1).o $(ARCHIVES)
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) -fsanitize=fuzzer $$(filter %.o,$$^) $$(call ldlibs_of,selftests/fuzz/$(1).c) \
		$$(LINK_ARCHIVES) $$(PKG_LIBS) -o $$@
endef
$(foreach s,$(FUZZ_SRC),$(eval $(call fuzz_rule,$(s:selftests/fuzz/%.c=%))))
# libFuzzer's entry point has no header
$(FUZZ_SRC:%.c=$(O)/obj/%.o): CFLAGS_ALL += -Wno-missing-prototypes
.PHONY: fuzz-build
fuzz-build: $(FUZZ_BIN)

.PHONY: fuzz
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=$(CLANG) SAN=$(FUZZ_SAN) O=$(O)/fuzz fuzz-build
	$(Q)O=$(abspath $(O)) FUZZ_S=$(FUZZ_S) selftests/fuzz-run $(FUZZ_BIN:$(O)/fuzz/%=$(FUZZ_O)/fuzz/%)

.PHONY: cov
cov:
	$(Q)$(MAKE) --no-print-directory COV=1 O=$(O)/cov unit-tests
	$(Q)O=$(abspath $(O)/cov) selftests/cov $(UNIT_BIN:$(O)/%=$(O)/cov/%)

# ---- checks ------------------------------------------------------------------

export_env = O='$(abspath $(O))' MAKE='$(MAKE)' KERNEL='$(KERNEL)' TESTS='$(TESTS)'

.PHONY: deps check check-unit check-vm check-policy check-lint check-formats demo bench
deps:
	$(Q)selftests/deps
check:
	$(Q)$(export_env) selftests/check all
check-unit:
	$(Q)$(export_env) selftests/check unit
check-vm:
	$(Q)$(export_env) selftests/check vm
check-policy:
	$(Q)$(export_env) selftests/check policy
check-lint:
	$(Q)$(export_env) selftests/check lint
check-formats:
	$(Q)$(export_env) selftests/check formats
demo:
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory -j"$$(nproc)" all
	$(Q)$(export_env) HOST='$(HOST)' selftests/demo/run
bench:
	$(Q)$(MAKE) --no-print-directory all bench-programs
	$(Q)$(export_env) selftests/bench/run

# ---- install -----------------------------------------------------------------

INSTALL ?= install
UNITS := $(wildcard systemd/*.service systemd/*.socket systemd/*.target)
MAN_PAGES := $(wildcard docs/man/*.1 docs/man/*.5 docs/man/*.8)
daemon_reload = if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
.PHONY: install install-files uninstall
install: $(PROGRAMS)
	$(Q)$(MAKE) --no-print-directory install-files

# Without building first: the guest installs what was built.
install-files:
	$(Q)for f in $(PROGRAMS); do \
		case $$f in */phiward) d='$(BINDIR)' ;; *) d='$(SBINDIR)' ;; esac; \
		$(INSTALL) -D -m 755 $$f "$(DESTDIR)$$d/$${f##*/}" || exit 1; done
	$(Q)$(INSTALL) -d -m 755 "$(DESTDIR)$(SYSCONFDIR)/phiward/policy.d" "$(DESTDIR)$(SYSCONFDIR)/phiward/detect.d"
	$(Q)for f in $(wildcard rules/*.yaml); do \
		case $$f in rules/phiward.yaml) d=phiward.yaml ;; *) d=policy.d/$${f##*/} ;; esac; \
		to="$(DESTDIR)$(SYSCONFDIR)/phiward/$$d"; \
		if [ -e "$$to" ]; then echo "  kept     $$to"; else $(INSTALL) -m 644 $$f "$$to" || exit 1; fi; done
	$(Q)for f in $(UNITS); do \
		$(INSTALL) -d -m 755 "$(DESTDIR)$(UNITDIR)" && \
		sed 's|@PREFIX@|$(PREFIX)|g; s|@SBINDIR@|$(SBINDIR)|g; s|@BINDIR@|$(BINDIR)|g' $$f >"$(DESTDIR)$(UNITDIR)/$${f##*/}" && \
		chmod 644 "$(DESTDIR)$(UNITDIR)/$${f##*/}" || exit 1; done
	$(Q)for f in $(MAN_PAGES); do \
		$(INSTALL) -D -m 644 $$f "$(DESTDIR)$(MANDIR)/man$${f##*.}/$${f##*/}" || exit 1; done
	$(Q)for f in $(wildcard agent/cli/completion/phiward.bash); do \
		$(INSTALL) -D -m 644 $$f "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/phiward" || exit 1; done

	$(Q)$(if $(DESTDIR),,$(daemon_reload))

# Settings, policy and evidence are the site's: they stay, and where is said.
uninstall:
	$(Q)if [ -z "$(DESTDIR)" ] && [ -d /run/systemd/system ] && [ -e "$(UNITDIR)/phiwardd.service" ]; then \
		systemctl disable --now phiwardd.service; fi
	$(Q)rm -f $(patsubst systemd/%,"$(DESTDIR)$(UNITDIR)/%",$(UNITS)) \
		$(foreach f,$(MAN_PAGES),"$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(f)))/$(notdir $(f))") \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/phiward" \
		"$(DESTDIR)$(BINDIR)/phiward" "$(DESTDIR)$(SBINDIR)/phiwardd"
	$(Q)$(if $(DESTDIR),,$(daemon_reload))
	@for d in "$(SYSCONFDIR)/phiward" /var/lib/phiward /var/log/phiward; do \
		[ ! -e "$(DESTDIR)$$d" ] || echo "  kept     $(DESTDIR)$$d"; done

.PHONY: deb
deb:
	@echo "make deb comes with the packaging work" >&2; exit 1

# ---- keeping house -----------------------------------------------------------

.PHONY: fmt clean distclean help
fmt:
	$(Q)git ls-files '*.c' '*.h' | xargs -r clang-format -i

# The kernels and the guest image stay: `make distclean` removes them too.
clean:
	$(Q)[ ! -d $(O) ] || find $(O) -mindepth 1 -maxdepth 1 ! -name vm -exec rm -rf {} +
distclean:
	$(Q)rm -rf $(O)

help:
	@echo 'phiward $(VERSION)'
	@echo '  make            build into build/ (binaries in build/bin)'
	@echo '  make deps       install from Debian what building and testing need (root)'
	@echo '  make demo       see the agent at work; HOST=1 on this machine, else in a guest'
	@echo '  make check      everything; ends with "N passed, N failed"'
	@echo '  make check-unit unit tests with sanitizers (no root, no guest)'
	@echo '  make check-vm   guest tests; KERNEL=6.1|6.12|7 for one kernel, TESTS="a b" for some'
	@echo '  make check-policy, check-lint, check-formats   those parts of make check alone'
	@echo '  make bench      measurements into build/bench/bench.json'
	@echo '  make fuzz       each fuzzer for FUZZ_S=60 seconds'
	@echo '  make cov        unit-test coverage, a table a room'
	@echo '  make install    DESTDIR= PREFIX=/usr; existing settings and policy stay'
	@echo '  make uninstall  stops the agent and removes it; settings, policy and evidence stay'
	@echo '  make deb        Debian package (not yet)'
	@echo '  make fmt        clang-format on all C'
	@echo '  make clean      remove the build (distclean: also kernels and guest image)'
	@echo 'Variables: O=DIR  V=1  SAN=address,undefined  BPF_LINES=1  CC=  CLANG=  BPFTOOL='

-include $(BPF_SRC:%.c=$(O)/%.o.d) $(ROOM_SRC:%.c=$(O)/obj/%.o.d) $(CLI_SRC:%.c=$(O)/obj/%.o.d)
-include $(DAEMON_SRC:%.c=$(O)/obj/%.o.d) $(UNIT_SRC:%.c=$(O)/obj/%.o.d) $(UNIT_LIB_SRC:%.c=$(O)/obj/%.o.d)
-include $(HELPER_SRC:%.c=$(O)/%.d) $(FUZZ_SRC:%.c=$(O)/obj/%.o.d)
-include $(MODEL_SRC:%.c=$(O)/obj/%.o.d) $(O)/obj/selftests/formats/lines.o.d $(O)/gen/model-keys.bpf.o.d
