import { NotFoundError } from "../domain/errors";
import type { VideoPathways } from "../packaging/pathway";
import { BRIEFLY } from "./cache-control";
import type { ContentSteering } from "./content-steering";
import { entityTag } from "./content-tag";
import type { Resource } from "./send-resource";

/**
 * What a player is told of the ways to a video.
 *
 * @throws NotFoundError when there is nothing to tell.
 */
export async function steeringOf(
  steering: ContentSteering | undefined,
  pathways: VideoPathways | undefined,
): Promise<Resource> {
  if (!steering || !pathways) {
    throw new NotFoundError("no other way to this video is known: nothing is steered");
  }
  const text = Buffer.from(JSON.stringify(await steering.manifest(pathways)));
  return {
    etag: entityTag(text.toString(), "steering"),
    contentType: "application/json",
    cacheControl: BRIEFLY,
    body: () => Promise.resolve(text),
  };
}
