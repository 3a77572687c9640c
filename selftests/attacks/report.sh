#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The approved script of the battery: prints the first line of a file, by itself.
if ! read -r line <"$1"; then
	exit 1
fi
printf '%s\n' "$line"
