import type { Asset } from "./media-services-client/entities";

/** The container's name, which only the asset's address tells: it need not follow from the id. */
export function containerOf({ uri }: Asset): string {
  return new URL(uri).pathname.split("/").filter(Boolean).at(-1) ?? "";
}
