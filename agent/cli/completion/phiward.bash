# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of phiward(1) for bash. What there is to choose from is asked of --help, so
# that it cannot differ from the program.

_phiward() {
	local cur prev command words
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()

	case $prev in
	--op)
		mapfile -t COMPREPLY < <(compgen -W "list stat read write create rename link delete send" -- "$cur")
		return
		;;
	--verdict)
		mapfile -t COMPREPLY < <(compgen -W "allow warn would-deny deny" -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "ocsf atna fhir cef ecs json" -- "$cur")
		return
		;;
	--msgid)
		mapfile -t COMPREPLY < <(compgen -W "IHE+RFC-3881 DICOM+RFC3881" -- "$cur")
		return
		;;
	--since | --until | --site | --host)
		return
		;;
	--user)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	--group)
		mapfile -t COMPREPLY < <(compgen -g -- "$cur")
		return
		;;
	--exe | --script | --policy)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--to)
		# what is behind the colon is another word to bash
		mapfile -t COMPREPLY < <(compgen -W "tcp: udp: unix: printer: usb: dir:" -- "$cur")
		compopt -o nospace 2>/dev/null
		return
		;;
	--limit | --holding | --set | --clear | --reason)
		return
		;;
	esac

	if [ "$COMP_CWORD" -eq 1 ]; then
		words=$(phiward --help 2>/dev/null | sed -n 's/^  \([a-z]\+\).*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	command=${COMP_WORDS[1]}
	if [ "$command" = help ] && [ "$COMP_CWORD" -eq 2 ]; then
		words=$(phiward --help 2>/dev/null | sed -n 's/^  \([a-z]\+\).*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	if [ "$command" = policy ]; then
		if [ "$COMP_CWORD" -eq 2 ]; then
			words=$(phiward --help 2>/dev/null | sed -n 's/^  policy \([a-z]\+\).*/\1/p')
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
			return
		fi
		command="policy ${COMP_WORDS[2]}"
	fi
	case $cur in
	-*)
		# shellcheck disable=SC2086 # "policy load" is two words
		words=$(phiward $command --help 2>/dev/null | sed -n 's/^  \(--[a-z-]\+\).*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		;;
	*)
		case $command in
		check | explain | "policy diff" | label | lineage | export)
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			;;
		esac
		;;
	esac
}
complete -F _phiward phiward
