"use strict";

// Reads a stack's state (`pulumi stack export`) and prints the image that its container apps run.
const fs = require("node:fs");

const { deployment } = JSON.parse(fs.readFileSync(0, "utf8"));
const images = (deployment.resources ?? [])
  .filter(({ type }) => type === "azure-native:app:ContainerApp")
  .flatMap(({ inputs }) => inputs?.template?.containers ?? [])
  .map(({ image }) => image);
const [image, other] = new Set(images);
if (image === undefined || other !== undefined) {
  console.error(
    image === undefined
      ? "The stack runs no image yet: deploy it once, or set IMAGE."
      : `The stack runs several images (${[...new Set(images)].join(", ")}): finish its deployment, or set IMAGE.`,
  );
  process.exit(1);
}
console.log(image);
