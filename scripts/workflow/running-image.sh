#!/usr/bin/env bash
# running-image.sh STACK: gives the image that a stack runs now as the step's output `image`: what a deployment that
# fails is put back to. No output where there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."
state=$(bash scripts/workflow/export.sh "$1")
if image=$(node scripts/workflow/deployed-image.cjs <<<"$state"); then
  echo "stack $1 runs $image"
  echo "image=$image" >>"$GITHUB_OUTPUT"
else
  echo "stack $1 could not be put back to anything"
fi
