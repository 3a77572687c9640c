#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels: 6.1
# vm: --image systemd --timeout 600 --cmdline systemd.wants=phiwardd.service
# A host that boots with the unit enabled: it protects before anybody may log in, and nothing of
# the boot fails for it.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

active_us() { systemctl show -P ActiveEnterTimestampMonotonic "$1"; }

is "protecting when the host is up" "$(st protecting)" true
is "nothing failed" "$(systemctl --failed --no-legend)" ""
does "no cycle in the order of units" test "$(journalctl -q --no-pager | grep -c 'ordering cycle')" = 0
agent_us=$(active_us phiwardd.service) logins_us=$(active_us systemd-user-sessions.service)
does "it protects ($((agent_us / 1000)) ms) before logins are let in ($((logins_us / 1000)) ms)" \
	test "$agent_us" -gt 0 -a "$agent_us" -lt "$logins_us"
does "file systems are there before it" test "$(active_us srv.mount)" -lt "$agent_us"
finish
