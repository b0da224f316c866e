#!/usr/bin/env bash
# put-back.sh STACK: deploys IMAGE, which the stack ran before, after a deployment that failed, and compares what the
# data centers offer then. It looks first at what is there: a deployment that broke off may have left the state behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash scripts/workflow/pulumi.sh up "$1" --yes --skip-preview --refresh
echo "Stack \`$1\` was put back to \`$IMAGE\`." >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
DRILL_ARGUMENTS="${DRILL_ARGUMENTS:-} --check-only" exec bash scripts/workflow/drill.sh "$1"
