#!/usr/bin/env bash
# export.sh STACK: prints the state of a stack; of one that was never deployed an empty one.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${CLOUD:-azure}" = azure ]; then exec pulumi stack export --stack "$1"; fi
state=${TWINSTREAM_HOME:-.twinstream}/state/.pulumi/stacks/twinstream/$1.json
if [ ! -f "$state" ]; then
  echo '{ "deployment": {} }'
  exit
fi
exec node scripts/run.cjs local-cloud/pulumi.ts stack export --stack "$1"
