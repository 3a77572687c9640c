#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Man pages render without a warning and speak of every command, option and setting.
cd "$(dirname "$0")/../.." || exit 1
O=${O:-build}
failed=0

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; failed=1; fi
}

render() { # render PAGE: as text, without hyphens at line ends
	MANWIDTH=200 MANROFFOPT='' LC_ALL=C.UTF-8 man -l -E ascii --no-hyphenation -P cat "$1" 2>/dev/null | sed 's/.\x08//g'
}

if ! command -v man >/dev/null; then
	echo "skip - man pages: no man program here"
	exit 0
fi
for page in docs/man/*.[158]; do
	warnings=$(LC_ALL=C.UTF-8 man --warnings=w -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
	[ -z "$warnings" ] || echo "$warnings"
	[ -z "$warnings" ]
	verdict $? "$page renders without a warning"
	head -1 "$page" | grep -q 'SPDX-License-Identifier'
	verdict $? "$page names its licence"
done

phiward=$O/bin/phiward
if [ ! -x "$phiward" ]; then
	echo "skip - commands and options: $phiward is not built"
else
	text=$(render docs/man/phiward.1)
	completion=$(cat agent/cli/completion/phiward.bash)
	while read -r command; do
		grep -Eq "^ +$command( |$)" <<<"$text"
		verdict $? "phiward.1 has the command '$command'"
		# shellcheck disable=SC2086 # "policy load" is two words
		for option in $("$phiward" $command --help | sed -n 's/^  --\([a-z-]\+\).*/\1/p'); do
			grep -q -- "--$option" <<<"$text"
			verdict $? "phiward.1 has --$option of '$command'"
			# Options with a value need to be known to completion.
			# shellcheck disable=SC2086
			if "$phiward" $command --help | grep -Eq "^  --$option [A-Z]"; then
				grep -q -- "--$option" <<<"$completion"
				verdict $? "completion has --$option"
			fi
		done
	done < <("$phiward" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\+\( [a-z]\+\)\?\)  .*/\1/p')
fi

text=$(render docs/man/phiwardd.8)
for setting in $(sed -n '/^} rows\[\]/,/^};/s/^\t{ "\([a-z.-]*\)".*/\1/p' agent/host/settings.c); do
	grep -q -- "$setting" <<<"$text"
	verdict $? "phiwardd.8 has the setting $setting"
done

# Every field that an event is written with stands in its page and in docs/EVENTS.md.
text=$(render docs/man/phiward-events.5)
for field in $(sed -n 's/.*pw_json_[a-z0-9]*([^,]*, "\([a-z0-9_]*\)".*/\1/p; s/.*json_time([^,]*, "\([a-z_]*\)".*/\1/p' agent/evidence/render.c | sort -u); do
	grep -qw -- "$field" <<<"$text"
	verdict $? "phiward-events.5 has the field $field"
	grep -qw -- "$field" docs/EVENTS.md
	verdict $? "EVENTS.md has the field $field"
done

if command -v bash >/dev/null; then
	bash -n agent/cli/completion/phiward.bash
	verdict $? "completion is sound bash"
fi
exit $failed
