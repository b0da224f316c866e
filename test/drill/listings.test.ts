import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { spread } from "../../drill/checks/compare-video";
import { dashSegments } from "../../drill/checks/dash";
import { hlsPlaylists, hlsSegments } from "../../drill/checks/hls";
import { comparable } from "../../drill/checks/manifest-text";

const BASE = "http://a.test/guid/film.ism/manifest(format=x)";

describe("what a drill reads off manifests", () => {
  it("finds every HLS playlist once, renditions too", () => {
    const master = [
      "#EXTM3U",
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="audio"',
      '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a"',
      "high",
      '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"',
      "low",
      '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="b"',
      "high",
    ].join("\n");

    assert.deepEqual(
      hlsPlaylists(master, BASE),
      ["high", "low", "audio"].map((name) => `http://a.test/guid/film.ism/${name}`),
    );
  });

  it("finds HLS segments with their seconds, and the initialization segment", () => {
    const playlist =
      '#EXTM3U\r\n#EXT-X-MAP:URI="i.mp4"\r\n#EXTINF:2.5,\r\n1.m4s\r\n#EXTINF:2,\r\n2.m4s\r\n';

    assert.deepEqual(hlsSegments(playlist, BASE), [
      { url: "http://a.test/guid/film.ism/i.mp4", seconds: 0 },
      { url: "http://a.test/guid/film.ism/1.m4s", seconds: 2.5 },
      { url: "http://a.test/guid/film.ism/2.m4s", seconds: 2 },
    ]);
  });

  it("finds DASH segments by their timeline, of every representation", () => {
    const mpd = `<MPD><Period><AdaptationSet>
      <SegmentTemplate timescale="10" media="q$Bandwidth$/t$Time$" initialization="q$Bandwidth$/i">
        <SegmentTimeline><S t="0" d="20" r="1"/><S d="5"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="1" bandwidth="9"/><Representation id="2" bandwidth="8"/>
    </AdaptationSet></Period></MPD>`;

    const found = dashSegments(mpd, BASE);

    assert.deepEqual([...found.keys()], ["1", "2"]);
    assert.deepEqual(
      found.get("2")?.map(({ url, seconds }) => [url.replace(/^.*ism\//, ""), seconds]),
      [
        ["q8/i", 0],
        ["q8/t0", 2],
        ["q8/t20", 2],
        ["q8/t40", 0.5],
      ],
    );
  });

  it("takes only what differs by design out of a manifest", () => {
    const on = (host: string): string =>
      `#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="http://${host}/steer"\nhttp://${host}/a.m3u8\n`;
    const hosts = ["a.test", "a.test:81"];

    assert.equal(comparable(on("a.test"), hosts), comparable(on("a.test:81"), hosts));
    assert.notEqual(comparable(on("a.test"), hosts), comparable(on("c.test"), hosts));
    assert.equal(
      comparable('<MPD><ContentSteering x="1">u</ContentSteering><Period/></MPD>', hosts),
      "<MPD><Period/></MPD>",
    );
  });

  it("samples evenly, with the first and the last", () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    assert.deepEqual(spread(all, 3), [0, 5, 10]);
    assert.deepEqual(spread(all, 1), [0]);
    assert.deepEqual(spread(all, undefined), all);
    assert.deepEqual(spread([1, 2], 5), [1, 2]);
  });
});
