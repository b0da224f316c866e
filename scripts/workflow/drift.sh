#!/usr/bin/env bash
# drift.sh STACK: fails, and says where, when something was changed past the program. Credentials of providers come
# from the program's configuration, so the program is run.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
output=$(mktemp)
trap 'rm -f "$output"' EXIT
PULUMI_RUN_PROGRAM=true bash scripts/workflow/pulumi.sh refresh "$1" \
  --preview-only --expect-no-changes --diff --color never 2>&1 | tee "$output"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
  {
    echo "## Stack \`$1\` is not as it was deployed"
    echo
    echo "Keep a change by declaring it, or undo it by deploying again."
    echo
    echo '```'
    tail -c 60000 "$output"
    echo '```'
  } >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
fi
exit "$status"
