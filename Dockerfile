# The media service: API, worker and origin in one image; ROLES tells a container which of them to be.
#
# Both stages begin from Node.js 22.23.3 on Debian 12, for all platforms, by the digest recorded in
# https://github.com/docker-library/repo-info/blob/master/repos/node/remote/22.23.3-bookworm-slim.md

FROM node:22.23.3-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c AS packages
WORKDIR /project
COPY package.json package-lock.json ./
COPY scripts/service-package.cjs scripts/
COPY media-service media-service
# Of the project's packages, those that the service names; the rest is for deploying it.
RUN node scripts/service-package.cjs /app
WORKDIR /app
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22.23.3-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c
# Debian takes replaced versions off its mirrors, so one that is pinned cannot be built for long; the image's
# bill of materials says which it has.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app ./
COPY tsconfig.json ./
COPY player player
COPY media-service media-service
# A process that is told to end stays for a while: whoever sends requests has to learn of it first. Both
# together are less than the app's termination grace period.
ENV NODE_ENV=production \
  CONTAINER_APP_PORT=8080 \
  SHUTDOWN_DELAY_SECONDS=5 \
  SHUTDOWN_GRACE_SECONDS=45
EXPOSE 8080
# By number: orchestrators that refuse root cannot tell from a name. It is the base image's user `node`.
USER 1000:1000
# Container Apps has probes of its own and takes no notice of this one.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CONTAINER_APP_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--require", "tsx/cjs", "media-service/main.ts"]
