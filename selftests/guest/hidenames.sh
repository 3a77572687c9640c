#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels: 6.1 7
# vm: --timeout 900
# hide-names: a stranger cannot find out which names there are in a labelled directory, who is
# allowed goes on working, and nobody pays for it who did not ask for it.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

settings=$work/settings.yaml
hook="hooks.[name=inode_permission]"
hide_names() { # hide_names true|false [MODE]: the agent, started anew with that
	stop_agent
	echo "hide-names: $1" >$settings
	write_policy "" "${2:-enforce}"
	start_agent --policy $policy --settings $settings
}
# says USER COMMAND...: why it fails, without its own name; nothing when it does not.
says() { as-user "$@" 2>&1 >/dev/null </dev/null | sed 's/.*: //'; }
# The lines in which the same commands answer differently of a name that is there and one
# that is not.
differ() { # differ USER
	local command there
	for command in "stat" "cat" "ls -d" "touch -c" "rmdir" "readlink -e" "head -c1" "tee -a"; do
		# shellcheck disable=SC2086 # commands with arguments
		there=$(says "$1" $command /srv/phi/records/dir/secret)
		# shellcheck disable=SC2086
		[ "$there" = "$(says "$1" $command /srv/phi/records/dir/not-there)" ] || echo "$command: $there"
	done
}
denials() { phiward events --json --limit 2048 --verdict deny 2>/dev/null; }
denied() { [ "$(denials | $json "$@")" -gt 0 ]; }

make_store
mkdir -p /srv/phi/records/dir
echo "PHI-SECRET" >/srv/phi/records/dir/secret
chmod -R a+rwX /srv/phi
ln -s phi/records/dir /srv/way

# ---- without it --------------------------------------------------------------

hide_names false
is "without the setting: the hook is not attached" "$(st "$hook.live")" none
is "without the setting: a name that is not there says so" "$(says eve cat /srv/phi/records/dir/not-there)" "No such file or directory"
doesnt "without the setting: names differ in what they answer" test -z "$(differ eve)"

# ---- with it -----------------------------------------------------------------

hide_names true
is "with the setting, started anew: the hook is attached" "$(st "$hook.live")" true
is "with the setting: status says that it is needed" "$(st "$hook.needed")" true
is "eve: a name that is there and one that is not answer alike" "$(differ eve)" ""
is "eve: the answer is EPERM" "$(says eve stat /srv/phi/records/dir/not-there)" "Operation not permitted"
is "eve: nor through a symbolic link" "$(says eve stat /srv/way/not-there)" "$(says eve stat /srv/way/secret)"
doesnt "eve: nor does test -e tell" as-user eve test -e /srv/phi/records/dir/secret
does "the denial is told: who, what, where, by which rule" wait_for 8 denied actor.user=eve operation=stat \
	hook=inode_permission path=/srv/phi/records rule=rest errno=EPERM
is "eve: through the directory and out again is no way either" "$(says eve cat /srv/phi/records/dir/../../../plain/file)" "Operation not permitted"
does "eve: what lies beside goes on" readable /srv/plain/file
is "eve: beside it a name that is not there says so" "$(says eve cat /srv/plain/not-there)" "No such file or directory"
is "eve: so does one beside the tree" "$(says eve cat /srv/phi/not-there)" "No such file or directory"
doesnt "root is no exception" test -e /srv/phi/records/dir/secret

does "nina: the approved program reads" allowed /srv/phi/records/dir/secret
does "nina: through the symbolic link, too" allowed /srv/way/secret
is "nina: it is told what is not there" "$(says nina head -c1 /srv/phi/records/dir/not-there)" "No such file or directory"
is "nina: another program is not" "$(says nina cat /srv/phi/records/dir/not-there)" "Operation not permitted"
is "nina: 2000 approved opens, none refused" "$(as-user nina $tries 2000 /srv/phi/records/dir/secret)" "2000 0 0"
does "the agent protects, still" protecting

# ---- in mode observe, and back -------------------------------------------------

hide_names true observe
is "mode observe: the hook is attached" "$(st "$hook.live")" true
is "mode observe: eve is told what is not there" "$(says eve cat /srv/phi/records/dir/not-there)" "No such file or directory"
would_be_denied() { [ "$(phiward events --json --limit 2048 --verdict would-deny 2>/dev/null | $json actor.user=eve hook=inode_permission)" -gt 0 ]; }
does "mode observe: that it would have been refused is told" wait_for 8 would_be_denied
hide_names false
is "switched off and started anew: the hook is not attached" "$(st "$hook.live")" none
is "switched off and started anew: names tell of themselves again" "$(says eve cat /srv/phi/records/dir/not-there)" "No such file or directory"
stop_agent

# ---- every way to guess --------------------------------------------------------

rm -f /srv/way
"$PHIWARD_TESTS/guest/attacks.sh" --hide-names || n_bad=$((n_bad + 1))
"$PHIWARD_TESTS/guest/attacks.sh" --hide-names --elsewhere || n_bad=$((n_bad + 1))
finish
