#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --image systemd --timeout 900 --memory 1536
# The battery of ordinary work on a workstation that systemd has booted: D-Bus, services, X11 by
# Xvfb, cups, ssh, a file server mounted by NFS, packages, a compiler, editors, bubblewrap. It
# does the same without the agent, under it, and under it while a program elsewhere on the host
# holds a label; nothing of it is refused or comes to carry a label.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"
# shellcheck source=selftests/ordinary/battery.bash
. "$PHIWARD_TESTS/ordinary/battery.bash"

modprobe -q -a nfsd nfs nfsv4 overlay
battery_all "$here/desktop" 100
finish
