#!/usr/bin/env bash
# deploy.sh STACK: brings a stack to what the program declares.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec bash scripts/workflow/pulumi.sh up "$1" --yes --skip-preview
