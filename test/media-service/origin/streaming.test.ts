import { strict as assert } from "node:assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { LightMyRequestResponse } from "fastify";
import { UnavailableError } from "../../../media-service/domain/errors";
import { readSegment } from "../packaging/read-segment";
import { tinyAudio, tinyMp4, tinyVideo } from "../packaging/tiny-mp4";
import { FakeBlobStore } from "./fake-store";
import { CONTAINER, LOCATOR, putFilm, startOrigin, type TestOrigin } from "./test-origin";

const VIDEO = "film_640x360_300.mp4";
const MASTER = `/${LOCATOR}/film.ism/manifest(format=m3u8-cmaf)`;
const QUALITY = `/${LOCATOR}/film.ism/QualityLevels(300000)`;
const SEGMENT = `${QUALITY}/Fragments(video=20800000,format=m3u8-cmaf).m4s`;

describe("origin", () => {
  let origin: TestOrigin;
  const get = (
    url: string,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> => origin.app.inject({ url, headers });

  beforeEach(async () => {
    origin = await startOrigin();
  });
  afterEach(() => origin.app.close());

  it("answers manifests of every format with their types, briefly cached", async () => {
    for (const [format, type] of [
      ["(format=m3u8-cmaf)", "application/vnd.apple.mpegurl"],
      ["(format=m3u8-aapl,audio-only=false)", "application/vnd.apple.mpegurl"],
      ["(format=m3u8-aapl-v3).m3u8", "application/vnd.apple.mpegurl"],
      ["(format=mpd-time-cmaf)", "application/dash+xml"],
      ["(format=mpd-time-csf)", "application/dash+xml"],
      ["", "application/vnd.ms-sstr+xml"],
      ["(format=fmp4-v20)", "application/vnd.ms-sstr+xml"],
    ]) {
      const response = await get(`/${LOCATOR}/film.ism/Manifest${format}`);

      assert.equal(response.statusCode, 200);
      assert.equal(response.headers["content-type"], type);
      assert.equal(response.headers["cache-control"], "public, max-age=4");
    }
  });

  it("finds the same under percent-encoded and differently written URLs", async () => {
    const expected = (await get(MASTER)).body;
    for (const url of [
      `/${LOCATOR}/film.ism/manifest%28format%3Dm3u8-cmaf%29`,
      `/${LOCATOR.toUpperCase()}/film.ism/Manifest(Format=M3U8-CMAF)`,
      `/${LOCATOR}/film.ism/manifest(format=m3u8-cmaf)?any=query`,
    ]) {
      const response = await get(url);

      assert.equal(response.statusCode, 200, url);
      assert.equal(response.body, expected);
    }
  });

  it("serves what its playlists name, by one read a segment, kept for 30 days", async () => {
    const playlist = await get(`${QUALITY}/Manifest(video,format=m3u8-cmaf)`);
    const names = playlist.body.split("\n").filter((line) => line.startsWith("Fragments"));
    assert.equal(names.length, 4);
    const samples = [];
    for (const name of names) {
      origin.blobs.reads.length = 0;
      const response = await get(`${QUALITY}/${name}`);
      assert.equal(response.statusCode, 200);
      assert.equal(response.headers["content-type"], "video/mp4");
      assert.equal(response.headers["cache-control"], "public, max-age=2592000, immutable");
      assert.equal(origin.blobs.reads.length, 1);
      samples.push(...readSegment(response.rawPayload));
    }

    assert.deepEqual(
      samples.map(({ bytes }) => bytes.toString("hex")),
      tinyVideo(208).samples.map(({ bytes }) => bytes.toString("hex")),
    );
  });

  it("reads fragments that go out together, and sound with pictures, as few times as it can", async () => {
    const nal = Buffer.from("0000000365880f", "hex");
    const picture = tinyVideo(208);
    const shown = { ...picture, samples: picture.samples.map((one) => ({ ...one, bytes: nal })) };
    const body = '<switch><video src="both.mp4"/><audio src="both.mp4"/></switch>';
    origin.blobs.put(CONTAINER, "both.mp4", tinyMp4([shown, tinyAudio(391)]));
    origin.blobs.put(CONTAINER, "both.ism", `<smil><body>${body}</body></smil>`);
    const master = await get(`/${LOCATOR}/both.ism/manifest(format=m3u8-aapl-v3)`);
    const playlist = master.body.split("\n").find((line) => line.startsWith("QualityLevels")) ?? "";
    const quality = playlist.slice(0, playlist.indexOf("/"));
    const segment = `/${LOCATOR}/both.ism/${quality}/Fragments(video=0,format=m3u8-aapl-v3)`;
    origin.blobs.reads.length = 0;
    const bare = await get(segment);

    assert.equal(bare.statusCode, 200, bare.body);
    assert.equal(bare.headers["content-type"], "video/mp2t");
    assert.equal(origin.blobs.reads.length, 1);
    assert.deepEqual((await get(`${segment}.ts`)).rawPayload, bare.rawPayload);
    assert.equal((await get(`${segment}.ts`)).headers.etag, bare.headers.etag);
  });

  it("makes one text of all URLs that mean the same, so that no URL fills the memory", async () => {
    for (const [one = "", other] of [
      ["format=m3u8-aapl-v3,audioTrack=Audio1", "format=m3u8-aapl-v3,AUDIOTRACK=aUDIO1"],
      ["format=m3u8-cmaf", "format=m3u8-cmaf,audioTrack=anything"],
      ["format=mpd-time-csf", "format=mpd-time-csf,what=ever"],
    ]) {
      const first = await get(`/${LOCATOR}/film.ism/manifest(${one})`);
      const second = await get(`/${LOCATOR}/film.ism/manifest(${other})`);

      assert.equal(second.statusCode, 200);
      assert.equal(second.headers.etag, first.headers.etag);
      assert.equal(second.body, first.body);
    }
  });

  it("tells segments of different formats apart by their entity tags", async () => {
    const audio = `/${LOCATOR}/film.ism/QualityLevels(128000)`;
    const tags = await Promise.all(
      [
        `${audio}/Fragments(Audio1=0,format=m3u8-cmaf)`,
        `${audio}/Fragments(Audio1=0,format=m3u8-aapl)`,
        `${audio}/Fragments(Audio1=0)`,
        `${QUALITY}/Fragments(video=0,format=m3u8-cmaf)`,
        `${QUALITY}/Fragments(video=0,format=m3u8-cmaf,keyframes)`,
      ].map(async (url) => (await get(url)).headers.etag),
    );

    assert.equal(new Set(tags).size, tags.length);
  });

  it("serves a segment under its bare name, and its init segment", async () => {
    const bare = await get(SEGMENT.replace(".m4s", ""));
    const init = await get(`${QUALITY}/Fragments(video=i,format=m3u8-cmaf).mp4`);

    assert.deepEqual(bare.rawPayload, (await get(SEGMENT)).rawPayload);
    assert.equal(init.statusCode, 200);
    assert.equal(init.rawPayload.toString("latin1", 4, 8), "ftyp");
  });

  it("tells every page which data center served, on errors as well", async () => {
    for (const url of [MASTER, SEGMENT, `/${LOCATOR}/none.mp4`, `/${LOCATOR}/film.ism/x`]) {
      const { headers } = await get(url);

      assert.equal(headers["x-data-center"], "east");
      assert.equal(headers["access-control-allow-origin"], "*");
      assert.match(String(headers["access-control-expose-headers"]), /X-Data-Center/);
    }
    const preflight = await origin.app.inject({ method: "OPTIONS", url: SEGMENT });
    assert.equal(preflight.statusCode, 204);
    assert.match(String(preflight.headers["access-control-allow-headers"]), /Range/);
  });

  for (const url of [MASTER, SEGMENT, `/${LOCATOR}/${VIDEO}`]) {
    it(`answers conditions, ranges and HEAD on ${url.slice(38)}`, async () => {
      const whole = await get(url);
      const etag = String(whole.headers.etag);
      assert.match(etag, /^"[\w-]+"$/);

      const unchanged = await get(url, { "if-none-match": `"other", ${etag}` });
      assert.equal(unchanged.statusCode, 304);
      assert.equal(unchanged.body, "");
      assert.equal(unchanged.headers.etag, etag);

      const part = await get(url, { range: "bytes=10-19" });
      assert.equal(part.statusCode, 206);
      assert.equal(part.headers["content-range"], `bytes 10-19/${whole.rawPayload.length}`);
      assert.deepEqual(part.rawPayload, whole.rawPayload.subarray(10, 20));

      const other = await get(url, { range: "bytes=10-19", "if-range": '"other"' });
      assert.deepEqual([other.statusCode, other.rawPayload], [200, whole.rawPayload]);

      const beyond = await get(url, { range: "bytes=99999999-" });
      assert.equal(beyond.statusCode, 416);
      assert.equal(beyond.headers["content-range"], `bytes */${whole.rawPayload.length}`);

      const head = await origin.app.inject({
        method: "HEAD",
        url,
        headers: { range: "bytes=0-1" },
      });
      assert.equal(head.statusCode, 200);
      assert.equal(head.headers["content-length"], String(whole.rawPayload.length));
      assert.equal(head.body, "");
    });
  }

  it("gives equal content equal entity tags in both data centers", async () => {
    const blobs = new FakeBlobStore();
    blobs.put("other", "first", "so that ETags of the store differ");
    putFilm(blobs, CONTAINER);
    const west = await startOrigin({ blobs, dataCenter: "west" });

    for (const url of [MASTER, SEGMENT, `/${LOCATOR}/${VIDEO}`]) {
      assert.equal((await west.app.inject(url)).headers.etag, (await get(url)).headers.etag);
    }
    await west.app.close();
  });

  it("never asks the store for a segment that the client has", async () => {
    const { headers } = await get(SEGMENT);
    origin.blobs.reads.length = 0;
    await get(SEGMENT, { "if-none-match": String(headers.etag) });

    assert.deepEqual(origin.blobs.reads, []);
  });

  it("opens an asset once for many requests at the same time", async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => get(MASTER)));

    assert(responses.every(({ statusCode }) => statusCode === 200));
    assert.equal(origin.blobs.propertyReads, 3);
    assert.equal(origin.published.finds, 1);
  });

  function replaceVideo(): void {
    const replaced = { ...tinyVideo(208), trackId: 1 };
    const samples = replaced.samples.map((one) => ({ ...one, bytes: Buffer.alloc(99, 7) }));
    origin.blobs.put(CONTAINER, VIDEO, tinyMp4([{ ...replaced, samples }]));
  }

  function isReplaced(response: LightMyRequestResponse): boolean {
    return readSegment(response.rawPayload).every(({ bytes }) => bytes.equals(Buffer.alloc(99, 7)));
  }

  it("serves the new version of a file that was replaced after it was opened", async () => {
    await get(MASTER);
    replaceVideo();
    const response = await get(SEGMENT);

    assert.equal(response.statusCode, 200);
    assert(isReplaced(response));
  });

  it("serves a segment from memory, until its file counts as changed", async () => {
    await origin.app.close();
    origin = await startOrigin({ cache: { lookupMs: 60_000, presentationMs: 50 } });
    const first = await get(SEGMENT);
    origin.blobs.reads.length = 0;
    const second = await get(SEGMENT);
    assert.deepEqual(second.rawPayload, first.rawPayload);
    assert.deepEqual(origin.blobs.reads, []);
    replaceVideo();
    const deadline = Date.now() + 5000;
    let response = second;
    while (!isReplaced(response) && Date.now() < deadline) response = await get(SEGMENT);

    assert(isReplaced(response));
    assert.notEqual(response.headers.etag, first.headers.etag);
  });

  it("gives a segment from memory with the headers that it had from the store", async () => {
    await origin.app.close();
    origin = await startOrigin({ cache: { lookupMs: 60_000 } });
    const answers = [await get(SEGMENT), await get(SEGMENT), await get(SEGMENT)];
    const [first, ...others] = answers.map(({ statusCode, headers }) => {
      const { date, ...stable } = headers;
      assert(date !== undefined);
      return { statusCode, stable };
    });

    assert.equal(first?.statusCode, 200);
    for (const other of others) assert.deepEqual(other, first);
    const part = await get(SEGMENT, { range: "bytes=0-3" });
    assert.equal(part.statusCode, 206);
  });

  it("keeps no more segments in memory than it may", async () => {
    await origin.app.close();
    origin = await startOrigin({ cache: { lookupMs: 60_000, segmentBytes: 5000 } });
    await get(MASTER);
    const times = [0, 20_800_000, 41_600_000, 62_400_000];
    const read = async (time: number): Promise<number> => {
      origin.blobs.reads.length = 0;
      await get(SEGMENT.replace("20800000", String(time)));
      return origin.blobs.reads.length;
    };
    for (const time of times) assert.equal(await read(time), 1);

    assert.equal(await read(times[3] ?? 0), 0);
    assert.equal(await read(times[0] ?? 0), 1);
  });

  it("opens many assets at once with hardly any memory to remember them", async () => {
    await origin.app.close();
    origin = await startOrigin({ cache: { indexBytes: 50_000 } });
    const names = Array.from({ length: 12 }, (_, index) => `film${index}`);
    for (const name of names) putFilm(origin.blobs, CONTAINER, name);
    const responses = await Promise.all(names.map((name) => get(MASTER.replace("film", name))));

    assert.deepEqual([...new Set(responses.map(({ statusCode }) => statusCode))], [200]);
  });

  it("reads a segment once for many requests at the same time", async () => {
    await get(MASTER);
    origin.blobs.reads.length = 0;
    const responses = await Promise.all(Array.from({ length: 20 }, () => get(SEGMENT)));

    assert(responses.every(({ statusCode }) => statusCode === 200));
    assert.equal(origin.blobs.reads.length, 1);
  });

  it("forgets a segment that could not be read", async () => {
    await get(MASTER);
    origin.blobs.before = () => Promise.reject(new UnavailableError("the store is away"));
    assert.equal((await get(SEGMENT)).statusCode, 503);
    origin.blobs.before = () => Promise.resolve();

    assert.equal((await get(SEGMENT)).statusCode, 200);
  });

  for (const [accept, encoding] of [
    ["gzip, deflate, br", "br"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["gzip", "gzip"],
    ["*", "br"],
    ["br;q=0, gzip;q=0", undefined],
    ["identity", undefined],
    ["", undefined],
  ] as const) {
    it(`sends manifests ${encoding ?? "as they are"} to '${accept}'`, async () => {
      const plain = await get(MASTER);
      const response = await get(MASTER, { "accept-encoding": accept });
      const bytes = response.rawPayload;

      assert.equal(response.headers["content-encoding"], encoding);
      assert.equal(response.headers.vary, "Accept-Encoding");
      assert.equal(response.headers["content-length"], String(bytes.length));
      assert.equal(response.headers.etag === plain.headers.etag, encoding === undefined);
      const texts = { br: brotliDecompressSync, gzip: gunzipSync };
      const text = encoding === undefined ? bytes : texts[encoding](bytes);
      assert.equal(text.toString(), plain.body);
      const known = { "accept-encoding": accept, "if-none-match": String(response.headers.etag) };
      assert.equal((await get(MASTER, known)).statusCode, 304);
    });
  }

  it("never compresses media, nor parts", async () => {
    for (const url of [SEGMENT, `/${LOCATOR}/${VIDEO}`]) {
      const { headers } = await get(url, { "accept-encoding": "gzip, br" });
      assert.deepEqual([headers["content-encoding"], headers.vary], [undefined, undefined]);
    }
    const whole = await get(MASTER);
    const part = await get(MASTER, { "accept-encoding": "br", range: "bytes=0-9" });
    assert.deepEqual(part.rawPayload, whole.rawPayload.subarray(0, 10));
  });

  it("answers for a plain file by its date as well", async () => {
    const url = `/${LOCATOR}/${VIDEO}`;
    const { headers } = await get(url);
    const date = String(headers["last-modified"]);

    assert.equal((await get(url, { "if-modified-since": date })).statusCode, 304);
    assert.equal((await get(url, { "if-range": date, range: "bytes=0-0" })).statusCode, 206);
    assert.equal(
      (await get(url, { "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT" })).statusCode,
      200,
    );
  });

  it("streams a plain file in parts, whole", async () => {
    const bytes = Buffer.alloc(5_000_000, "0123456789");
    origin.blobs.put(CONTAINER, "large.mp4", bytes);
    const response = await get(`/${LOCATOR}/large.mp4`);

    assert(response.rawPayload.equals(bytes));
    assert.equal(response.headers["content-length"], "5000000");
    assert(origin.blobs.reads.every(({ sizeBytes }) => sizeBytes <= 2 * 1024 * 1024));
  });

  for (const { why, arrange, url, status, text } of [
    {
      why: "an unknown locator",
      url: MASTER.replace(LOCATOR, "00000000-0000-4000-8000-000000000000"),
      status: 404,
      text: /There is no locator/,
    },
    {
      why: "what looks like a locator and is none",
      url: `/${"-".repeat(36)}/film.mp4`,
      status: 404,
      text: /is no locator/,
    },
    {
      why: "an expired locator",
      arrange: () => (origin.now = new Date("2200-01-01")),
      url: SEGMENT,
      status: 403,
      text: /expired at 2100-01-01T00:00:00\.000Z/,
    },
    {
      why: "a locator that has not begun",
      arrange: () => (origin.now = new Date("1960-01-01")),
      url: MASTER,
      status: 403,
      text: /begins at 1970-01-01/,
    },
    {
      why: "a stopped endpoint",
      arrange: () => (origin.published.running = false),
      url: MASTER,
      status: 503,
      text: /streaming endpoint is stopped/,
    },
    {
      why: "a store that does not answer",
      arrange: () => {
        origin.blobs.before = () => Promise.reject(new UnavailableError("the store is away"));
      },
      url: MASTER,
      status: 503,
      text: /The store is away/,
    },
    {
      why: "no such asset file",
      url: `/${LOCATOR}/none.ism/manifest(format=m3u8-cmaf)`,
      status: 404,
      text: /no blob 'none\.ism'/,
    },
    {
      why: "a time at which no segment begins",
      url: SEGMENT.replace("20800000", "20800001"),
      status: 404,
      text: /begins at 20800001/,
    },
    {
      why: "a quality that does not exist",
      url: SEGMENT.replace("300000", "300001"),
      status: 404,
      text: /no quality of 300001/,
    },
    {
      why: "a stream that does not exist",
      url: SEGMENT.replace("video=", "text="),
      status: 404,
      text: /no stream 'text'/,
    },
    {
      why: "a playlist of DASH",
      url: `${QUALITY}/Manifest(video,format=mpd-time-cmaf)`,
      status: 404,
      text: /one manifest for all/,
    },
    {
      why: "a format that does not exist",
      url: `/${LOCATOR}/film.ism/manifest(format=m3u8)`,
      status: 400,
      text: /no format 'm3u8': ask for one of m3u8-cmaf, /,
    },
    {
      why: "an initialization segment of a form that has none",
      url: `${QUALITY}/Fragments(video=i,format=m3u8-aapl)`,
      status: 404,
      text: /HLS version 4, MPEG-TS has no initialization segments/,
    },
    {
      why: "a segment of MPEG-TS at a time inside of one",
      url: `${QUALITY}/Fragments(video=20800000,format=m3u8-aapl).ts`,
      status: 404,
      text: /begins at 20800000/,
    },
    {
      why: "sound that does not exist, with the pictures",
      url: `/${LOCATOR}/film.ism/manifest(format=m3u8-aapl-v3,audioTrack=none)`,
      status: 404,
      text: /no sound 'none'/,
    },
    {
      why: "a playlist with sound that does not exist",
      url: `${QUALITY}/Manifest(video,format=m3u8-aapl-v3,audioTrack=none)`,
      status: 404,
      text: /no sound 'none'/,
    },
    {
      why: "key frames of Smooth Streaming",
      url: `${QUALITY}/Fragments(video=0,keyframes)`,
      status: 404,
      text: /Smooth Streaming has no key frames/,
    },
    {
      why: "the key frames of sound",
      url: `/${LOCATOR}/film.ism/QualityLevels(128000)/Manifest(Audio1,format=m3u8-cmaf,keyframes)`,
      status: 404,
      text: /only video has key frames/,
    },
    {
      why: "a path out of the container",
      url: `/${LOCATOR}/%2e%2e%2fother%2fsecret.mp4`,
      status: 400,
      text: /names no file/,
    },
    {
      why: "a path with dots",
      url: `/${LOCATOR}/a%2f..%2f..%2fsecret.mp4`,
      status: 400,
      text: /names no file/,
    },
    {
      why: "a path with backslashes",
      url: `/${LOCATOR}/..%5csecret.mp4`,
      status: 400,
      text: /names no file/,
    },
    {
      why: "a file that is not for clients",
      url: `/${LOCATOR}/film.ismc`,
      status: 404,
      text: /not a file that is served/,
    },
    {
      why: "a damaged server manifest",
      arrange: () => {
        origin.blobs.put(CONTAINER, "film.ism", "<smil>");
      },
      url: MASTER,
      status: 500,
      text: /'film\.ism': the text is not well formed XML/,
    },
    {
      why: "a server manifest that leads out of the asset",
      arrange: () => {
        origin.blobs.put(
          CONTAINER,
          "film.ism",
          '<smil><body><video src="../b/v.mp4"/></body></smil>',
        );
      },
      url: MASTER,
      status: 500,
      text: /names no file of the asset/,
    },
    {
      why: "a fault of its own, whose words stay in the log",
      arrange: () => {
        origin.blobs.before = () => Promise.reject(new Error("password in here"));
      },
      url: MASTER,
      status: 500,
      text: /the log of this data center says what/,
    },
  ]) {
    it(`answers ${status} to ${why}, cached nowhere and without a stack trace`, async () => {
      arrange?.();
      const response = await get(url);

      assert.equal(response.statusCode, status, response.body);
      assert.match(response.body, text);
      assert.doesNotMatch(response.body, /\n\s+at |password/);
      assert.equal(response.headers["cache-control"], "no-store");
      assert.equal(response.headers["content-type"], "text/plain; charset=utf-8");
    });
  }

  it("stops serving within moments of a locator's deletion", async () => {
    assert.equal((await get(SEGMENT)).statusCode, 200);
    origin.published.assets.delete(LOCATOR);
    origin.published.deleted.add(LOCATOR);
    const deadline = Date.now() + 2000;
    let status = 200;
    while (status === 200 && Date.now() < deadline) status = (await get(SEGMENT)).statusCode;

    assert.equal(status, 403);
    assert.match((await get(SEGMENT)).body, /was deleted/);
    origin.published.publish(LOCATOR);
    while (status !== 200 && Date.now() < deadline) status = (await get(SEGMENT)).statusCode;
    assert.equal(status, 200, "one that is made again is served");
  });

  it("leaves other paths to others", async () => {
    const response = await get("/api/Assets");

    assert.equal(response.statusCode, 404);
    assert.equal(response.headers["x-data-center"], undefined);
  });
});
