import type { ConfigReader } from "./config-reader";

const name = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const path = `${name}(?:/${name})*`;
const tag = String.raw`(?::\w[\w.-]{0,127})?`;

/** A tag can be moved to another image, a digest can't: what was tried out is what is deployed. */
const byDigest = new RegExp(
  String.raw`^[a-z0-9.-]+(?::\d{1,5})?/${path}${tag}@sha256:[0-9a-f]{64}$`,
);

/** No cloud can pull from a registry of this name: such an image only stands for the local one. */
const ofThisMachine = new RegExp(`^localhost/${path}${tag}$`);

const allowed =
  "<registry>/<repository>@sha256:<64 hex digits>, or localhost/<name> in the local cloud";

/** Whether an image is one that only the local cloud runs. */
export function isLocalImage(image: string): boolean {
  return ofThisMachine.test(image);
}

/** Reads `image`: one by its digest, or one of this machine. */
export function readContainerImage(config: ConfigReader): string {
  const image = config.text("image", "");
  if (image === "") {
    config.refuse(
      "image",
      `is required; name the image that was built, for example with --config; allowed: ${allowed}`,
    );
  } else if (!byDigest.test(image) && !ofThisMachine.test(image)) {
    config.refuse("image", `is "${image}"; allowed: ${allowed}`);
  }
  return image;
}
