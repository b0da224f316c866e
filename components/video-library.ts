import type * as pulumi from "@pulumi/pulumi";
import pLimit from "p-limit";
import { FailoverVideo, type FailoverVideoArgs } from "./failover-video";
import type { Video } from "./settings/videos";
import type { StreamingHost, StreamingUrls } from "./streaming-urls";

/** What a library of videos is declared from. */
export interface VideoLibraryArgs {
  videos: Video[];
  /** What all of them have in common. */
  common: Omit<FailoverVideoArgs, "file" | "blob" | "encodeIn" | "locatorId">;
  /** How many videos are worked on at once: bounds the encode jobs and copies under way. */
  videosAtOnce: number;
  /** Where players ask for videos. */
  hosts: Record<string, pulumi.Input<StreamingHost>>;
}

/** Where one video plays. */
export interface LibraryEntry {
  /** As people call it. */
  name: string;
  relativePath: pulumi.Input<string>;
  urls: pulumi.Input<Record<string, StreamingUrls>>;
}

/**
 * Declares every video, a few at a time: the next one begins when all of an earlier one is there. A
 * program that declares thousands of resources in one go keeps thousands of open calls in memory,
 * and decides by chance which of them goes first.
 */
export function declareLibrary(args: VideoLibraryArgs): Promise<LibraryEntry[]> {
  const limit = pLimit(args.videosAtOnce);
  return Promise.all(args.videos.map((video) => limit(() => declareVideo(video, args))));
}

async function declareVideo(
  { title, name, ...video }: Video,
  { common, hosts }: VideoLibraryArgs,
): Promise<LibraryEntry> {
  const declared = new FailoverVideo(name, { ...common, ...video });
  await declared.declared();
  const [relativePath, urls] = await Promise.all([
    valueIfKnown(declared.relativePath),
    valueIfKnown(declared.urlsOn(hosts)),
  ]);
  return { name: title, relativePath, urls };
}

/** An output holds on to all that it came from; of a thousand videos only the values are kept. */
function valueIfKnown<T>(output: pulumi.Output<T>): Promise<pulumi.Input<T>> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
    setImmediate(resolve, output);
  });
}
