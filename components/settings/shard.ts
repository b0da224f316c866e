import { createHash } from "node:crypto";
import type { ConfigReader, Entry } from "./config-reader";
import type { ViewersDomain } from "./delivery";
import type { MediaServicesSettings } from "./media-services";
import type { Video } from "./videos";

/** The part of the library that a stack holds. */
export interface Shard {
  /** From 1. The first stack declares the data centers, and what stands before them. */
  index: number;
  /** How many stacks hold the library together. */
  count: number;
  /** What the first stack declared before the data centers; undefined in the first stack itself. */
  front: FirstStacksFront | undefined;
}

/** Outputs of the first stack that addresses of videos are made of. */
export interface FirstStacksFront {
  edgeHost: string;
  trafficManagerHost: string | undefined;
}

const mostShards = 1_000;
const host = {
  pattern: /^[A-Za-z0-9.-]+(?::\d{1,5})?$/,
  allowed: "the first stack's output of this name, a host",
};

/** Reads `shard`; undefined where one stack holds the whole library. */
export function readShard(
  config: ConfigReader,
  {
    mediaServices,
    domain,
  }: { mediaServices: MediaServicesSettings; domain: ViewersDomain | undefined },
): Shard | undefined {
  const owner = { at: "shard", entry: config.record("shard") };
  if (Object.keys(owner.entry).length === 0) return undefined;
  const count = readNumber(config, owner, { name: "count", max: mostShards }) ?? mostShards;
  // What is refused is not judged any further: one mistake is one line.
  const index = readNumber(config, owner, { name: "index", max: count });
  config.onlyMembers(owner, [
    ...["index", "count"],
    ...(index === 1 ? [] : ["edgeHost", "trafficManagerHost"]),
  ]);
  if (index === undefined) return undefined;
  if (index === 1) return { index, count, front: undefined };
  if (mediaServices.kind !== "existing") {
    config.refuse(
      "mediaServices",
      `is "${mediaServices.kind}", but shard.index is ${index}; allowed: existing, with the first stack's accounts`,
    );
  }
  if (domain !== undefined) {
    config.refuse(
      "domain",
      "belongs to the first stack; leave it out where shard.index is above 1",
    );
  }
  return { index, count, front: readFront(config, owner) };
}

/**
 * The videos that belong to a shard. It follows from a video's name alone, so no video moves for another
 * one's sake; with a larger `count` videos move to the added shards only.
 */
export function videosOfShard(videos: Video[], shard: Shard | undefined): Video[] {
  if (shard === undefined) return videos;
  return videos.filter(({ name }) => shardOf(name, shard.count) === shard.index);
}

function readNumber(
  config: ConfigReader,
  { at, entry }: Entry,
  { name, max }: { name: string; max: number },
): number | undefined {
  const value = entry[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= max) {
    return value;
  }
  const got = value === undefined ? "is required" : `is ${JSON.stringify(value)}`;
  config.refuse(`${at}.${name}`, `${got}; allowed: a whole number from 1 to ${max}`);
  return undefined;
}

function readFront(config: ConfigReader, owner: Entry): FirstStacksFront {
  return {
    edgeHost: config.member(owner, "edgeHost", host),
    trafficManagerHost:
      owner.entry["trafficManagerHost"] === undefined
        ? undefined
        : config.member(owner, "trafficManagerHost", host),
  };
}

/** Jump consistent hash of Lamping and Veach, https://arxiv.org/abs/1406.2294; its buckets from 1. */
function shardOf(name: string, count: number): number {
  let key = createHash("sha256").update(name).digest().readBigUInt64BE();
  let shard = 0;
  for (let next = 0; next < count;) {
    shard = next;
    key = BigInt.asUintN(64, key * 2862933555777941757n + 1n);
    next = Math.floor((shard + 1) * (2 ** 31 / (Number(key >> 33n) + 1)));
  }
  return shard + 1;
}
