import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { spread } from "../../drill/checks/compare-video";
import { dashSegments } from "../../drill/checks/dash";
import { hlsPlaylists, hlsSegments } from "../../drill/checks/hls";
import { comparable, withoutSteering } from "../../drill/checks/manifest-text";
import { smoothSegments } from "../../drill/checks/smooth";

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

  it("finds Smooth segments of every quality of every stream, with and without times and repeats", () => {
    const manifest = `<SmoothStreamingMedia MajorVersion="2" MinorVersion="2" Duration="50" TimeScale="10">
      <StreamIndex Type="video" Name="video" Url="QualityLevels({bitrate})/Fragments(video={start time})">
        <QualityLevel Index="0" Bitrate="9"/><QualityLevel Index="1" Bitrate="8"/>
        <c t="5" d="20" r="2"/><c d="5"/>
      </StreamIndex>
      <StreamIndex Type="audio" Name="a" TimeScale="100" Url="QualityLevels({Bitrate})/Fragments(a={start_time})">
        <QualityLevel Index="0" Bitrate="1"/><c t="0"/><c t="200" d="50"/>
      </StreamIndex>
    </SmoothStreamingMedia>`;

    const found = smoothSegments(manifest, "http://a.test/guid/film.ism/manifest").map((quality) =>
      quality.map(({ url, seconds }) => [url.replace(/^.*ism\//, ""), seconds]),
    );

    assert.deepEqual(found, [
      ...[9, 8].map((bitrate) => [
        [`QualityLevels(${bitrate})/Fragments(video=5)`, 2],
        [`QualityLevels(${bitrate})/Fragments(video=25)`, 2],
        [`QualityLevels(${bitrate})/Fragments(video=45)`, 0.5],
      ]),
      [
        ["QualityLevels(1)/Fragments(a=0)", 2],
        ["QualityLevels(1)/Fragments(a=200)", 0.5],
      ],
    ]);
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

  it("compares steered HLS by the pathway that each host has in use", () => {
    const on = (own: string, other: string): string =>
      [
        "#EXTM3U",
        `#EXT-X-CONTENT-STEERING:SERVER-URI="s",PATHWAY-ID="${own}"`,
        `#EXT-X-MEDIA:GROUP-ID="a",URI="audio",STABLE-RENDITION-ID="x"`,
        `#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a",PATHWAY-ID="${own}",STABLE-VARIANT-ID="v"`,
        "low",
        `#EXT-X-MEDIA:GROUP-ID="a-${other}",URI="http://${other}.test/audio"`,
        `#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a-${other}",PATHWAY-ID="${other}",STABLE-VARIANT-ID="v"`,
        `http://${other}.test/low`,
        "",
      ].join("\n");

    assert.equal(comparable(on("east", "west"), []), comparable(on("west", "east"), []));
    assert.deepEqual(hlsPlaylists(withoutSteering(on("east", "west")), BASE).length, 2);
    const changed = on("west", "east").replace("\nlow", "\nlower");
    assert.notEqual(comparable(on("east", "west"), []), comparable(changed, []));
  });

  it("compares steered DASH without its base URLs", () => {
    const on = (own: string, other: string): string =>
      `<MPD>\n  <BaseURL serviceLocation="${own}">http://${own}.test/</BaseURL>\n  <BaseURL serviceLocation="${other}">http://${other}.test/</BaseURL>\n  <ContentSteering defaultServiceLocation="${own}" queryBeforeStart="false">http://${own}.test/s</ContentSteering>\n  <Period/></MPD>`;

    assert.equal(comparable(on("east", "west"), []), "<MPD>\n  <Period/></MPD>");
    assert.equal(comparable(on("east", "west"), []), comparable(on("west", "east"), []));
  });

  it("samples evenly, with the first and the last", () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    assert.deepEqual(spread(all, 3), [0, 5, 10]);
    assert.deepEqual(spread(all, 1), [0]);
    assert.deepEqual(spread(all, undefined), all);
    assert.deepEqual(spread([1, 2], 5), [1, 2]);
  });
});
