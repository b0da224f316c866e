import { strict as assert } from "node:assert";
import { afterEach, beforeEach, describe, it } from "mocha";
import { CONTAINER, LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const VTT = "WEBVTT\n\n00:00:01.250 --> 00:00:03.000\nHello &amp; <i>bye</i>\n";
const FILM = `/${LOCATOR}/film.ism`;

describe("subtitles", () => {
  let origin: TestOrigin;
  const get = async (path: string): Promise<string> => {
    const response = await origin.app.inject(`${FILM}/${path}`);
    assert.equal(response.statusCode, 200, `${path}: ${response.body}`);
    return response.body;
  };

  beforeEach(async () => {
    origin = await startOrigin();
    origin.blobs.put(CONTAINER, "film_eng.vtt", VTT);
    origin.blobs.put(
      CONTAINER,
      "film.ism",
      `<smil><body><switch>
        <video src="film_640x360_300.mp4" systemBitrate="300000"/>
        <textstream src="film_eng.vtt" systemBitrate="2000" systemLanguage="eng">
          <param name="trackName" value="English (CC)"/>
        </textstream>
      </switch></body></smil>`,
    );
  });
  afterEach(() => origin.app.close());

  it("are a group of HLS, in segments with cue times of the whole", async () => {
    const master = await get("manifest(format=m3u8-cmaf)");
    const uri = "QualityLevels(2000)/Manifest(English__CC_,format=m3u8-cmaf)";
    assert(
      master.includes(
        `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English (CC)",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="${uri}"`,
      ),
    );
    assert.match(master, /#EXT-X-STREAM-INF:.*,SUBTITLES="subtitles"\n/);
    const playlist = await get(uri);
    const segment = "Fragments(English__CC_=0,format=m3u8-cmaf).vtt";
    assert(playlist.includes(`#EXTINF:8.320000,\n${segment}\n#EXT-X-ENDLIST`));

    assert.equal(
      await get(`QualityLevels(2000)/${segment}`),
      `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n${VTT.slice(8)}`,
    );
  });

  it("beside MPEG-TS count from where its clock begins", async () => {
    const segment = "QualityLevels(2000)/Fragments(English__CC_=0,format=m3u8-aapl).vtt";

    assert.match(
      await get(segment),
      /^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00\.000\n/,
    );
  });

  it("of one name are told apart by number, for a group of HLS has each name once", async () => {
    const unnamed = '<textstream src="film_eng.vtt"/>';
    const named =
      '<textstream src="film_eng.vtt"><param name="trackName" value="One"/></textstream>';
    origin.blobs.put(
      CONTAINER,
      "film.ism",
      `<smil><body><video src="film_640x360_300.mp4"/>${(unnamed + named).repeat(2)}</body></smil>`,
    );
    const master = await get("manifest(format=m3u8-cmaf)");
    const names = [...master.matchAll(/TYPE=SUBTITLES.*NAME="([^"]*)"/g)].map(([, name]) => name);

    assert.deepEqual(names, ["text_und", "One", "text_und 2", "One 2"]);
    const labels = [...(await get("manifest(format=mpd-time-cmaf)")).matchAll(/<Label>(.*)</g)];
    assert.deepEqual(
      labels.map(([, label]) => label),
      names,
    );
  });

  it("are an adaptation set of DASH with one file", async () => {
    const mpd = await get("manifest(format=mpd-time-cmaf)");
    const [, url = ""] = /<BaseURL>([^<]+)<\/BaseURL>/.exec(mpd) ?? [];

    assert.match(mpd, /<AdaptationSet id="3" contentType="text" mimeType="text\/vtt" lang="en">/);
    assert.equal(await get(url), VTT);
  });

  it("for the hard of hearing say so, where the server manifest does", async () => {
    const text = (role: string): string =>
      `<textstream src="film_eng.vtt"><param name="role" value="${role}"/></textstream>`;
    origin.blobs.put(
      CONTAINER,
      "film.ism",
      `<smil><body><video src="film_640x360_300.mp4"/>${text("caption")}${text("subtitle")}</body></smil>`,
    );
    const master = await get("manifest(format=m3u8-cmaf)");
    const characteristics = [...master.matchAll(/TYPE=SUBTITLES.*FORCED=NO,(.*)URI=/g)];
    assert.deepEqual(
      characteristics.map(([, told]) => told),
      [
        'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",',
        "",
      ],
    );
    const mpd = await get("manifest(format=mpd-time-cmaf)");
    const scheme = 'schemeIdUri="urn:mpeg:dash:role:2011"';
    const sets = [...mpd.matchAll(/contentType="text".*\n([^]*?) *<Representation/g)];
    assert.deepEqual(
      sets.map(([, told = ""]) => told.trim().split(/\s*\n\s*/)),
      [
        [
          "<Label>text_und</Label>",
          `<Accessibility ${scheme} value="caption"/>`,
          `<Role ${scheme} value="caption"/>`,
        ],
        ["<Label>text_und 2</Label>", `<Role ${scheme} value="subtitle"/>`],
      ],
    );
  });

  it("follow their file when it changes, and are refused when it is damaged", async () => {
    const segment = "QualityLevels(2000)/Fragments(English__CC_=i,format=mpd-time-cmaf).vtt";
    await get(segment);
    await origin.app.close();
    const { blobs } = origin;
    origin = await startOrigin({ blobs });
    blobs.put(CONTAINER, "film_eng.vtt", "nothing");
    const response = await origin.app.inject(`${FILM}/${segment}`);

    assert.equal(response.statusCode, 500);
    assert.match(response.body, /'film_eng\.vtt': the text begins without 'WEBVTT'/);
  });

  it("answer 404 to times and rates that do not exist", async () => {
    for (const path of [
      "QualityLevels(2000)/Fragments(English__CC_=1,format=m3u8-cmaf).vtt",
      "QualityLevels(1)/Manifest(English__CC_,format=m3u8-cmaf)",
      "QualityLevels(2000)/Manifest(English__CC_,format=mpd-time-cmaf)",
    ]) {
      assert.equal((await origin.app.inject(`${FILM}/${path}`)).statusCode, 404, path);
    }
  });
});
