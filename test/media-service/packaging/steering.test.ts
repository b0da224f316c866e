import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { withDashPathways } from "../../../media-service/packaging/dash-steering";
import { withHlsPathways } from "../../../media-service/packaging/hls-steering";

const pathways = {
  path: "/0f1e2d3c-4b5a-4697-8877-665544332211/a%20film.ism",
  inUse: { name: "edge", baseUrl: "https://edge.test" },
  others: [
    { name: "east", baseUrl: "https://east.test" },
    { name: "west", baseUrl: "http://127.0.0.1:8081" },
  ],
};
const east = `https://east.test${pathways.path}`;
const west = `http://127.0.0.1:8081${pathways.path}`;

describe("content steering in a multivariant playlist", () => {
  it("lists variants, I-frames and renditions once a pathway, with groups of their own", () => {
    const plain = [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="A",URI="Q(1)/Manifest(A).m3u8"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="B",INSTREAM-ID="CC1"',
      '#EXT-X-STREAM-INF:BANDWIDTH=9,AUDIO="audio",CLOSED-CAPTIONS="cc"',
      "Q(9)/Manifest(video,format=m3u8-cmaf).m3u8",
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2,URI="Q(2)/Iframes.m3u8"',
      "",
    ].join("\n");
    const variant = "Q_9_/Manifest_video_format=m3u8-cmaf_.m3u8";

    assert.deepEqual(
      withHlsPathways(plain, { ...pathways, others: pathways.others.slice(0, 1) }).split("\n"),
      [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        '#EXT-X-CONTENT-STEERING:SERVER-URI="steering",PATHWAY-ID="edge"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="A",URI="Q(1)/Manifest(A).m3u8",STABLE-RENDITION-ID="Q_1_/Manifest_A_.m3u8"',
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="B",INSTREAM-ID="CC1"',
        `#EXT-X-STREAM-INF:BANDWIDTH=9,AUDIO="audio",CLOSED-CAPTIONS="cc",PATHWAY-ID="edge",STABLE-VARIANT-ID="${variant}"`,
        "Q(9)/Manifest(video,format=m3u8-cmaf).m3u8",
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2,URI="Q(2)/Iframes.m3u8",PATHWAY-ID="edge",STABLE-VARIANT-ID="Q_2_/Iframes.m3u8"',
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-east",NAME="A",URI="${east}/Q(1)/Manifest(A).m3u8",STABLE-RENDITION-ID="Q_1_/Manifest_A_.m3u8"`,
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc-east",NAME="B",INSTREAM-ID="CC1"',
        `#EXT-X-STREAM-INF:BANDWIDTH=9,AUDIO="audio-east",CLOSED-CAPTIONS="cc-east",PATHWAY-ID="east",STABLE-VARIANT-ID="${variant}"`,
        `${east}/Q(9)/Manifest(video,format=m3u8-cmaf).m3u8`,
        `#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2,URI="${east}/Q(2)/Iframes.m3u8",PATHWAY-ID="east",STABLE-VARIANT-ID="Q_2_/Iframes.m3u8"`,
        "",
      ],
    );
  });

  it("leaves what names no group as it is", () => {
    const plain = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,CLOSED-CAPTIONS=NONE\nv.m3u8\n";

    assert.match(
      withHlsPathways(plain, pathways),
      /BANDWIDTH=9,CLOSED-CAPTIONS=NONE,PATHWAY-ID="west",STABLE-VARIANT-ID="v.m3u8"\n.*\/v.m3u8\n$/,
    );
  });
});

describe("content steering in a media presentation description", () => {
  it("gives a base URL a pathway, the one in use first, and where to ask", () => {
    const plain = '<?xml version="1.0"?>\n<MPD type="static">\n  <Period/>\n</MPD>\n';

    assert.deepEqual(withDashPathways(plain, pathways).split("\n"), [
      '<?xml version="1.0"?>',
      '<MPD type="static">',
      `  <BaseURL serviceLocation="edge">https://edge.test${pathways.path}/</BaseURL>`,
      `  <BaseURL serviceLocation="east">${east}/</BaseURL>`,
      `  <BaseURL serviceLocation="west">${west}/</BaseURL>`,
      `  <ContentSteering defaultServiceLocation="edge" queryBeforeStart="false">https://edge.test${pathways.path}/steering</ContentSteering>`,
      "  <Period/>",
      "</MPD>",
      "",
    ]);
  });

  it("escapes what XML would read otherwise", () => {
    const steered = withDashPathways("<MPD>\n</MPD>\n", { ...pathways, path: "/l/a&$'b.ism" });

    assert(
      steered.includes(
        '<BaseURL serviceLocation="edge">https://edge.test/l/a&amp;$\'b.ism/</BaseURL>',
      ),
    );
  });
});
