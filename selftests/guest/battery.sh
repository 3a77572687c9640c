#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 900 --memory 1536
# kernels: 6.1
# The battery of ordinary work, the part that needs no services: shells, pipes, files, git,
# databases, memory and sockets, sandboxes, the loopback, an administrator's work. While a
# program elsewhere on the host holds a label all of it does what it is to do, and nothing of it
# is refused or comes to a label. desktop.sh is the other part.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"
# shellcheck source=selftests/ordinary/battery.bash
. "$PHIWARD_TESTS/ordinary/battery.bash"

sysctl -qw kernel.unprivileged_userns_clone=1 2>/dev/null
modprobe -q -a loop ext4 vfat exfat btrfs overlay dummy veth bridge tun vsock_loopback af_alg algif_hash
battery_all "$here/mini" 250 "$here/policy.yaml"
stop_holder
finish
