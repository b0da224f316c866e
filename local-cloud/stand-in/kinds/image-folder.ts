import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CloudServices } from "./resource-kind";

const byDigest = /@sha256:([0-9a-f]{64})$/;

/** The service's program, in an image as in the project. */
export const serviceProgram = join("media-service", "main.ts");

/**
 * Folder with the files of an image. Without a registry every image is the media service of this project;
 * with one, images by digest are what it holds, a folder named by the digest each.
 *
 * @throws Error for a digest that the registry doesn't hold, as a platform that can't pull an image.
 */
export function imageFolder(
  image: string,
  { projectRoot, imagesFolder }: Pick<CloudServices, "projectRoot" | "imagesFolder">,
): string {
  const [, digest] = byDigest.exec(image) ?? [];
  if (imagesFolder === undefined || digest === undefined) return projectRoot;
  const folder = join(imagesFolder, digest);
  if (existsSync(join(folder, serviceProgram))) return folder;
  throw new Error(
    `image ${image} is not in ${imagesFolder} (TWINSTREAM_IMAGES): put its files into a folder named ${digest} there, or deploy one that is`,
  );
}
