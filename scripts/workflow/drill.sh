#!/usr/bin/env bash
# drill.sh STACK: takes a data center of the stack away and brings it back; fails where a promise to viewers is
# missed. DRILL_ARGUMENTS are more options, for example "--check-only", which takes nothing away.
set -euo pipefail
cd "$(dirname "$0")/../.."
read -r -a more <<<"${DRILL_ARGUMENTS:-}"
exec node scripts/run.cjs drill/main.ts --stack "$1" --cloud "${CLOUD:-azure}" --yes --no-browser "${more[@]}"
