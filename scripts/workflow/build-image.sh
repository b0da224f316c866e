#!/usr/bin/env bash
# build-image.sh: builds the media service's image once, pushes it to the registry REGISTRY of Azure, with its bill
# of materials and its provenance, and gives its name by digest: as the step's output `image`, and with the commit
# in build.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=$REGISTRY.azurecr.io/twinstream/media-service
az acr login --name "$REGISTRY"
docker buildx build . \
  --platform linux/amd64 \
  --tag "$name:$GITHUB_SHA" \
  --label "org.opencontainers.image.revision=$GITHUB_SHA" \
  --label "org.opencontainers.image.source=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" \
  --sbom=true \
  --provenance=mode=max \
  --metadata-file image.json \
  --push
digest=$(node -p 'require("./image.json")["containerimage.digest"]')
docker buildx imagetools inspect "$name@$digest" --format '{{ json .SBOM }}' >sbom.json
image=$name@$digest
printf '{ "commit": "%s", "image": "%s" }\n' "$GITHUB_SHA" "$image" >build.json
echo "image=$image" >>"$GITHUB_OUTPUT"
echo "Built \`$image\` from \`$GITHUB_SHA\`." >>"$GITHUB_STEP_SUMMARY"
