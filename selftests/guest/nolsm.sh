#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 400 --lsm "lockdown,capability,landlock,yama,apparmor"
# Kernels that cannot protect. Without bpf in the list of LSMs programs load and attach and
# never run: the agent must notice by itself. Under lockdown=confidentiality they do not load.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

make_store
write_policy
listen_notify
exits "no bpf among the LSMs: phiward doctor exits 4" 4 "" phiward doctor
does "no bpf among the LSMs: doctor says what to change" grep -q "lsm=" $work/out
phiward doctor --json >$work/doctor.json 2>/dev/null
does "no bpf among the LSMs: doctor --json says it, too" grep -q "lsm=" $work/doctor.json
launch --policy $policy
never_protecting() { dead || { status >$work/status && [ -s $work/status ]; }; }
wait_for $start_s never_protecting
silent_hooks() { reason_has "lsm="; }
does "no bpf among the LSMs: the status says so, with what to do" wait_for 15 silent_hooks
doesnt "no bpf among the LSMs: the agent stays up" dead
is "no bpf among the LSMs: not protecting" "$(st protecting)" false
is "no bpf among the LSMs: no hook is called live" "$(status | grep -c '"live":true')" 0
does "no bpf among the LSMs: the log says NOT PROTECTING and why" grep -q "NOT PROTECTING: .*lsm=" $log
doesnt "no bpf among the LSMs: READY is not sent" grep -q "READY=1" $told
does "no bpf among the LSMs: the service manager hears why" grep -q "STATUS=not protecting: .*lsm=" $told
is "no bpf among the LSMs: phiward status for people says NOT" "$(phiward status 2>&1)" "NOT PROTECTING: *lsm=*"
rounds() { [ "$(grep -c 'NOT PROTECTING' $log)" -gt 3 ]; }
doesnt "no bpf among the LSMs: the log is not filled with the same line" wait_for 9 rounds
stop_agent
is "no bpf among the LSMs: SIGTERM ends it with exit 0" "$agent_status" 0
does "no bpf among the LSMs: nothing is left" wait_for 20 nothing_loaded

# Lockdown can only be raised, so it comes last.
echo confidentiality >/sys/kernel/security/lockdown
is "lockdown=confidentiality is on" "$(cat /sys/kernel/security/lockdown)" "*\[confidentiality\]*"
exits "lockdown=confidentiality: exit 4, with what to change" 4 "lockdown" timeout -s KILL 100 phiwardd --policy $policy
exits "lockdown=confidentiality: phiward doctor exits 4" 4 "" phiward doctor
does "lockdown=confidentiality: doctor names it" grep -q "confidentiality" $work/out
does "lockdown=confidentiality: nothing is left" readable /srv/phi/records/a
finish
