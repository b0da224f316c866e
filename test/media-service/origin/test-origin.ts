import fastify, { type FastifyInstance } from "fastify";
import type { OriginDeps } from "../../../media-service/origin/origin-deps";
import { entityId } from "../../../media-service/domain/ids";
import { LocatorType } from "../../../media-service/domain/locator";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { registerOrigin } from "../../../media-service/origin/register-origin";
import { renderServerManifest } from "../../../media-service/packaging/server-manifest";
import { tinyAudio, tinyMp4, tinyVideo } from "../packaging/tiny-mp4";
import { FakeBlobStore, FakePublishedAssets } from "./fake-store";

/** The locator under which {@link startOrigin} publishes its asset. */
export const LOCATOR = "0f1e2d3c-4b5a-4697-8877-665544332211";
/** That asset's container. */
export const CONTAINER = `asset-${LOCATOR}`;

/** An origin over fakes, with one published asset. */
export interface TestOrigin {
  readonly app: FastifyInstance;
  readonly blobs: FakeBlobStore;
  readonly published: FakePublishedAssets;
  /** The time that the origin sees. */
  now: Date;
}

/** Starts an origin that remembers locators for no time, so that tests need not wait. */
export async function startOrigin(deps: Partial<OriginDeps> = {}): Promise<TestOrigin> {
  const blobs = new FakeBlobStore();
  const published = new FakePublishedAssets();
  putFilm(blobs, CONTAINER);
  published.publish(LOCATOR);
  const app = fastify();
  const origin = { app, blobs, published, now: new Date("2026-06-01T00:00:00Z") };
  registerOrigin(app, {
    published,
    blobs,
    clock: { now: () => origin.now },
    dataCenter: "east",
    watchPage: false,
    contentSteering: false,
    cache: { lookupMs: 1 },
    ...deps,
  });
  await app.ready();
  return origin;
}

/** Writes an asset of three files: 8.32 s of picture and sound. */
export function putFilm(blobs: FakeBlobStore, container: string, name = "film"): void {
  const video = `${name}_640x360_300.mp4`;
  const audio = `${name}_AACAudio_128_Audio1.mp4`;
  blobs.put(container, video, tinyMp4([tinyVideo(208)]));
  blobs.put(container, audio, tinyMp4([{ ...tinyAudio(391), trackId: 1 }]));
  blobs.put(
    container,
    `${name}.ism`,
    renderServerManifest(
      [
        { kind: "video", src: video, systemBitrate: 300_000, trackId: 1, trackName: "video" },
        { kind: "audio", src: audio, systemBitrate: 128_000, trackId: 1, trackName: "Audio1" },
      ],
      name,
    ),
  );
}

/** Writes the film into an account, published under a locator that lives an hour. */
export async function publishFilm({ stores, blobs }: AccountDeps, guid: string): Promise<void> {
  const now = new Date();
  const container = `asset-${guid}`;
  const memory = new FakeBlobStore();
  putFilm(memory, container);
  await blobs.createContainer(container);
  for await (const { name, sizeBytes, etag } of memory.list(container)) {
    const address = { container, blob: name };
    const content = await memory.readRange(address, { offset: 0, sizeBytes, etag });
    await blobs.write(address, content, { contentType: "video/mp4" });
  }
  const assetId = entityId("cid", guid);
  await stores.assets.insert({
    ...{ id: assetId, name: "film", alternateId: null, options: 0, formatOption: 0, state: 0 },
    ...{ created: now, lastModified: now, storageAccountName: "s", container },
    ...{ containerReady: true, deleting: false, parentAssetIds: [] },
  });
  await stores.locators.insert({
    ...{ id: entityId("lid", guid), name: null, type: LocatorType.onDemandOrigin },
    ...{
      accessPolicyId: entityId("pid", guid),
      assetId,
      startTime: null,
      permissions: 1,
      container,
    },
    expirationDateTime: new Date(now.getTime() + 3_600_000),
  });
}
