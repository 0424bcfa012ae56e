#!/bin/bash
# lint.sh - the step of action.yml: annotations on standard output, the table in the step summary, SARIF
# and a page beside it. Ends with the status of the program, and writes it to $GITHUB_OUTPUT.
#
# Reads I2G_PATHS, I2G_FAIL_ON, I2G_EMITTER, I2G_BASELINE, I2G_ARGS, I2G_SARIF, I2G_HTML and I2G_PROGRAM, as
# action.yml sets them. Lists have one entry a line.
set -u

program=${I2G_PROGRAM:-}
if [ -z "$program" ]; then
	here=$(cd -P -- "$(dirname -- "$0")" && pwd)
	program=$here/../../scripts/run
	"$program" version || exit 2
fi

sarif=${I2G_SARIF:-ingress2gw.sarif}
command=(lint -o github -o "sarif=$sarif")
[ -z "${I2G_FAIL_ON:-}" ] || command+=("--fail-on=$I2G_FAIL_ON")
[ -z "${I2G_EMITTER:-}" ] || command+=("--emitter=$I2G_EMITTER")
[ -z "${I2G_HTML:-}" ] || command+=(-o "html=$I2G_HTML")
[ -z "${I2G_BASELINE:-}" ] || command+=("--baseline=$I2G_BASELINE")
while IFS= read -r line; do
	[ -z "$line" ] || command+=("$line")
done <<<"${I2G_ARGS:-}"
command+=(--)
while IFS= read -r line; do
	[ -z "$line" ] || command+=("$line")
done <<<"${I2G_PATHS:-.}"

"$program" "${command[@]}"
status=$?
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	printf 'status=%s\nsarif=%s\n' "$status" "${sarif//$'\n'/}" >>"$GITHUB_OUTPUT"
fi
exit "$status"
