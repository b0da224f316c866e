#!/usr/bin/env bash
# pulumi.sh COMMAND STACK [ARGUMENT...]: `preview`, `up` or `refresh` of a stack, with the policy pack.
#   CLOUD     azure (default) or local, the local cloud of TWINSTREAM_HOME
#   IMAGE     the media service's image by digest; default: the one that the stack runs now
#   SETTINGS  folder with Pulumi.STACK.yaml, in the local cloud; default: the project's
#   SECRETS_PROVIDER, ENCRYPTED_KEY  what `pulumi stack init` wrote into Pulumi.STACK.yaml, for files without it
set -euo pipefail
cd "$(dirname "$0")/../.."
command=$1 stack=$2
shift 2
exemptions=policy/config/$stack.json

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

on_azure() {
  local options=(--stack "$stack" --non-interactive "$@")
  local settings=Pulumi.$stack.yaml
  if [ -n "${SECRETS_PROVIDER:-}" ] && ! grep -q '^secretsprovider:' "$settings"; then
    printf 'secretsprovider: %s\nencryptedkey: %s\n' "$SECRETS_PROVIDER" "$ENCRYPTED_KEY" >>"$settings"
  fi
  local image=${IMAGE:-}
  if [ -z "$image" ]; then
    image=$(bash scripts/workflow/export.sh "$stack" | node scripts/workflow/deployed-image.cjs)
  fi
  pulumi config set --stack "$stack" image "$image"
  if [ "$command" != refresh ]; then
    options+=(--policy-pack policy)
    if [ -f "$exemptions" ]; then options+=(--policy-pack-config "$exemptions"); fi
  fi
  pulumi "$command" "${options[@]}"
}

# The embedded engine runs no policy packs: there the plan is held against the policies.
in_local_cloud() {
  local settings=$scratch/Pulumi.$stack.yaml
  node scripts/workflow/with-image.cjs "${SETTINGS:-.}/Pulumi.$stack.yaml" "${IMAGE:-}" >"$settings"
  local options=(--stack "$stack" --config-file "$settings")
  if [ "$command" = preview ]; then
    node scripts/run.cjs local-cloud/pulumi.ts preview "${options[@]}" --json >"$scratch/plan.json" || {
      cat "$scratch/plan.json"
      return 1
    }
    node scripts/run.cjs policy/check-plan.ts "$scratch/plan.json" "$exemptions"
  else
    node scripts/run.cjs local-cloud/pulumi.ts "$command" "${options[@]}" --non-interactive "$@"
  fi
}

if [ "${CLOUD:-azure}" = local ]; then in_local_cloud "$@"; else on_azure "$@"; fi
