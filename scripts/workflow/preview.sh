#!/usr/bin/env bash
# preview.sh STACK: what a deployment would change, and what the policies say of it: in the log, on the page of the
# run and, with PULL_REQUEST, in one comment there that is written anew each time. Fails where the preview fails or
# a mandatory policy is not kept; the report comes then, too.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
stack=$1
output=$(mktemp) report=$(mktemp)
trap 'rm -f "$output" "$report"' EXIT

differences=(--diff --color never)
[ "${CLOUD:-azure}" = local ] && differences=()
bash scripts/workflow/pulumi.sh preview "$stack" "${differences[@]}" 2>&1 | tee "$output"
status=${PIPESTATUS[0]}

node scripts/workflow/preview-report.cjs "$stack" "$status" "$output" >"$report"
cat "$report" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
if [ -n "${PULL_REQUEST:-}" ]; then
  comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
  mark=$(head -n 1 "$report")
  earlier=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
  if [ -n "$earlier" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field "body=@$report"
  else
    gh api --silent --method POST "$comments" --field "body=@$report"
  fi || echo "the comment could not be written; the report is on the page of this run" >&2
fi
exit "$status"
