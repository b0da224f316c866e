import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { H264Video, Preset } from "../../../media-service/worker/presets/preset";
import { readPreset } from "../../../media-service/worker/presets/read-preset";

const LAYER = { Type: "H264Layer", Bitrate: 400, Width: 320, Height: 180 };
const VIDEO = { Type: "H264Video", H264Layers: [LAYER] };
const SOUND = { Type: "AACAudio", Channels: 2, SamplingRate: 48_000, Bitrate: 128 };
const MP4 = { FileName: "{Basename}_{VideoBitrate}.mp4", Format: { Type: "MP4Format" } };
const JPG = { FileName: "{Basename}_{Index}{Extension}", Format: { Type: "JpgFormat" } };
const IMAGE = { Type: "JpgImage", Start: "10%", JpgLayers: [{ Width: "50%", Height: "50%" }] };

function json(more: object = {}): string {
  return JSON.stringify({ Version: 1.0, Codecs: [VIDEO, SOUND], Outputs: [MP4], ...more });
}

function xml(inner: string, attributes = 'Version="1.0"'): string {
  return (
    '<?xml version="1.0" encoding="utf-16"?>\n' +
    '<Preset xmlns:xsd="http://www.w3.org/2001/XMLSchema" ' +
    `${attributes} xmlns="http://www.windowsazure.com/media/encoding/Preset/2014/03">${inner}</Preset>`
  );
}

function h264({ video }: Preset): H264Video {
  assert(video?.kind === "h264");
  return video;
}

describe("readPreset by name", () => {
  for (const [name, layers, sound] of [
    ["H264 Multiple Bitrate 1080p", "1920x1080@6000 to 320x180@400 of 8", "2@128"],
    ["H264 Multiple Bitrate 1080p Audio 5.1", "1920x1080@6000 to 320x180@400 of 8", "6@384"],
    ["H264 Multiple Bitrate 720p", "1280x720@3400 to 320x180@400 of 6", "2@128"],
    ["H264 Multiple Bitrate 720p Audio 5.1", "1280x720@3400 to 320x180@400 of 6", "6@384"],
    ["H264 Multiple Bitrate 4K", "4096x2304@20000 to 640x360@1000 of 12", "2@128"],
    ["H264 Multiple Bitrate 4K Audio 5.1", "4096x2304@20000 to 640x360@1000 of 12", "6@384"],
    ["H264 Multiple Bitrate 16x9 SD", "848x480@1900 to 432x240@400 of 5", "2@128"],
    ["H264 Multiple Bitrate 16x9 SD Audio 5.1", "848x480@1900 to 432x240@400 of 5", "6@384"],
    ["H264 Multiple Bitrate 4x3 SD", "640x480@1600 to 360x240@400 of 5", "2@128"],
    ["H264 Multiple Bitrate 4x3 SD Audio 5.1", "640x480@1600 to 360x240@400 of 5", "6@384"],
    ["H264 Multiple Bitrate 16x9 for iOS", "1920x1080@8500 to 416x214@200 of 8", "2@64"],
    ["H264 Multiple Bitrate 4x3 for iOS", "1920x1440@8500 to 400x300@200 of 8", "2@64"],
    ["H264 Single Bitrate 1080p", "1920x1080@6750 to 1920x1080@6750 of 1", "2@128"],
    ["H264 Single Bitrate 1080p Audio 5.1", "1920x1080@6750 to 1920x1080@6750 of 1", "6@384"],
    ["H264 Single Bitrate 720p", "1280x720@4500 to 1280x720@4500 of 1", "2@128"],
    ["H264 Single Bitrate 720p Audio 5.1", "1280x720@4500 to 1280x720@4500 of 1", "6@384"],
    ["H264 Single Bitrate 4K", "3840x2160@18000 to 3840x2160@18000 of 1", "2@128"],
    ["H264 Single Bitrate 4K Audio 5.1", "3840x2160@18000 to 3840x2160@18000 of 1", "6@384"],
    ["H264 Single Bitrate 16x9 SD", "848x480@2200 to 848x480@2200 of 1", "2@128"],
    ["H264 Single Bitrate 16x9 SD Audio 5.1", "848x480@2200 to 848x480@2200 of 1", "6@384"],
    ["H264 Single Bitrate 4x3 SD", "640x480@1800 to 640x480@1800 of 1", "2@128"],
    ["H264 Single Bitrate 4x3 SD Audio 5.1", "640x480@1800 to 640x480@1800 of 1", "6@384"],
    ["H264 Single Bitrate 720p for Android", "1280x720@2000 to 1280x720@2000 of 1", "2@192"],
    ["H264 Single Bitrate High Quality SD for Android", "480x360@500 to 480x360@500 of 1", "2@128"],
    ["H264 Single Bitrate Low Quality SD for Android", "176x144@56 to 176x144@56 of 1", "2@32"],
  ] as const) {
    it(`knows '${name}'`, () => {
      const preset = readPreset(name);
      const all = h264(preset).layers.map(
        ({ width, height, kilobitsPerSecond }) =>
          `${width?.value}x${height?.value}@${kilobitsPerSecond}`,
      );
      assert.equal(`${all[0]} to ${all.at(-1)} of ${all.length}`, layers);
      assert(preset.audio?.kind === "aac");
      assert.equal(`${preset.audio.channels}@${preset.audio.kilobitsPerSecond}`, sound);
      assert.equal(preset.name, name);
    });
  }

  for (const text of [
    " adaptive streaming\r\n",
    "Adaptive_Streaming",
    "AdaptiveStreaming",
    "\uFEFFAdaptive Streaming",
  ]) {
    it(`takes '${text.trim()}' for Adaptive Streaming`, () => {
      assert.deepEqual(readPreset(text), readPreset("Adaptive Streaming"));
    });
  }

  it("knows the ladder of interleaved files and the presets of sound alone", () => {
    const ladder = readPreset("content adaptive multiple bitrate mp4");
    assert.deepEqual([ladder.video?.kind, ladder.layout], ["ladder", "interleaved"]);
    for (const [name, rate] of [
      ["AAC Audio", 128],
      ["AAC Good Quality Audio", 192],
    ] as const) {
      const { audio, video } = readPreset(name);
      assert(audio?.kind === "aac");
      assert.deepEqual([audio.kilobitsPerSecond, video], [rate, undefined]);
    }
  });

  for (const name of ["", "H264 Broadband 720p", "H264 Multiple Bitrate 8K", "{}}"]) {
    it(`refuses '${name}'`, () => {
      assert.throws(() => readPreset(name), { code: "ErrorParsingConfiguration" });
    });
  }
});

describe("readPreset of a document", () => {
  it("reads the same from JSON and XML", () => {
    const codecs = [
      {
        Type: "H264Video",
        KeyFrameInterval: "00:00:02",
        StretchMode: "AutoFit",
        H264Layers: [
          {
            ...LAYER,
            FrameRate: "30000/1001",
            Profile: "Main",
            Level: "3.1",
            BFrames: 2,
            ReferenceFrames: 3,
            Slices: 0,
            AdaptiveBFrame: true,
            EntropyMode: "Cabac",
            BufferWindow: "00:00:05",
            MaxBitrate: 500,
          },
          { ...LAYER, FrameRate: "30000/1001", Width: "50%", Height: "auto", Bitrate: 100 },
        ],
      },
      SOUND,
      { Type: "JpgImage", Start: "{Best}", JpgLayers: [{ Width: 64, Height: 36, Quality: 90 }] },
      { Type: "PngImage", Start: "00:00:01", Step: "10%", Range: "5", PngLayers: [{}] },
    ];
    const source = {
      StartTime: "00:00:04",
      Duration: "00:00:16.5",
      Streams: [],
      Filters: {
        Crop: { X: 2, Y: 4, Width: 100, Height: 50 },
        Rotation: "90",
        Deinterlace: { Mode: "Off" },
      },
      Pad: true,
    };
    const png = { FileName: "{Basename}_{Index}", Format: { Type: "PngFormat" } };
    const written = xml(
      '<Sources><Source StartTime="PT4S" Duration="PT16.5S"><Streams /><Filters>' +
        "<Crop><X>2</X><Y>4</Y><Width>100</Width><Height>50</Height></Crop>" +
        "<Rotation>90</Rotation><Deinterlace><Mode>Off</Mode></Deinterlace></Filters>" +
        "<Pad>true</Pad></Source></Sources><Encoding><H264Video>" +
        "<KeyFrameInterval>00:00:02</KeyFrameInterval><StretchMode>AutoFit</StretchMode>" +
        "<H264Layers><H264Layer><Bitrate>400</Bitrate><Width>320</Width><Height>180</Height>" +
        "<FrameRate>30000/1001</FrameRate><Profile>Main</Profile><Level>3.1</Level>" +
        "<BFrames>2</BFrames><ReferenceFrames>3</ReferenceFrames><Slices>0</Slices>" +
        "<AdaptiveBFrame>true</AdaptiveBFrame><EntropyMode>Cabac</EntropyMode>" +
        "<BufferWindow>00:00:05</BufferWindow><MaxBitrate>500</MaxBitrate></H264Layer>" +
        "<H264Layer><Bitrate>100</Bitrate><Width>50%</Width><Height>auto</Height>" +
        "<FrameRate>30000/1001</FrameRate></H264Layer></H264Layers><Chapters /></H264Video>" +
        "<AACAudio><Channels>2</Channels><SamplingRate>48000</SamplingRate>" +
        '<Bitrate>128</Bitrate></AACAudio><JpgImage Start="{Best}"><JpgLayers><JpgLayer>' +
        "<Width>64</Width><Height>36</Height><Quality>90</Quality></JpgLayer></JpgLayers>" +
        '</JpgImage><PngImage Start="00:00:01" Step="10%" Range="5"><PngLayers><PngLayer />' +
        "</PngLayers></PngImage></Encoding><Outputs>" +
        '<Output FileName="{Basename}_{VideoBitrate}.mp4"><MP4Format /></Output>' +
        '<Output FileName="{Basename}_{Index}{Extension}"><JpgFormat /></Output>' +
        '<Output FileName="{Basename}_{Index}"><PngFormat /></Output></Outputs>',
    );

    const preset = readPreset(written);
    const again = readPreset(json({ Sources: [source], Codecs: codecs, Outputs: [MP4, JPG, png] }));

    assert.deepEqual(preset, again);
    assert.deepEqual(preset.source, {
      startSeconds: 4,
      durationSeconds: 16.5,
      crop: { x: 2, y: 4, width: 100, height: 50 },
      rotationDegrees: 90,
      deinterlace: false,
    });
    assert.equal(h264(preset).layers[0]?.maxKilobitsPerSecond, 500);
    assert.deepEqual(
      preset.images.map(({ format, start, step, range }) => ({ format, start, step, range })),
      [
        {
          format: "jpg",
          start: "best",
          step: { unit: "percent", value: 10 },
          range: { unit: "percent", value: 100 },
        },
        {
          format: "png",
          start: { unit: "seconds", value: 1 },
          step: { unit: "percent", value: 10 },
          range: { unit: "frames", value: 5 },
        },
      ],
    );
  });

  it("takes what clients write loosely: other cases, numbers and truths as texts, last commas", () => {
    const strict = readPreset(json());
    const loose = `{ "version": "1.0", "CODECS": [
      { "type": "h264video", "h264layers": [
        { "bitrate": "400", "Width": "320", "Height": "180", }, ], "SceneChangeDetection": "False" },
      { "Type": "AACAudio", "Bitrate": "128", "Profile": "aaclc" }, ],
      "Outputs": [ { "FileName": "{Basename}_{VideoBitrate}.mp4", "Format": { "Type": "mp4format" } } ], }`;
    assert.deepEqual(readPreset(loose), strict);
  });

  it("keeps commas and brackets in texts as they are", () => {
    const Outputs = [{ ...MP4, FileName: "a-}_{VideoBitrate}.mp4" }];
    assert.throws(() => readPreset(json({ Outputs })), /must not contain "}"/);
  });

  for (const [why, text, says] of [
    ["cut-off JSON", '{"Version": 1.0, "Codecs": [', /is not JSON/],
    ["cut-off XML", xml("<Encoding>"), /not well formed XML/],
    ["XML of something else", "<Asset/>", /no root element 'Preset'/],
    ["a document type", '<!DOCTYPE a [<!ENTITY b "c">]><Preset Version="1.0"/>', /document type/],
    ["no version", json({ Version: undefined }), /Version is missing/],
    ["another version", json({ Version: 2.0 }), /Version must be a number from 1 to 1/],
    ["a member that is not known", json({ Codex: [] }), /Codex is not known here/],
    ["no codecs", json({ Codecs: [] }), /Codecs have neither video nor sound/],
    ["no outputs", json({ Outputs: [] }), /Outputs have no MP4Format/],
    ["a codec without a type", json({ Codecs: [{}] }), /Codecs\[0\]\.Type is missing/],
    [
      "a codec of another kind",
      json({ Codecs: [{ Type: "HEVCVideo" }] }),
      /Codecs\[0\]\.Type must be/,
    ],
    ["two videos", json({ Codecs: [VIDEO, VIDEO] }), /Codecs\[1\] is not offered/],
    ["two sounds", json({ Codecs: [SOUND, SOUND] }), /Codecs\[1\] is not offered/],
    ["a codec that is no object", json({ Codecs: ["H264Video"] }), /Codecs\[0\] must be an object/],
    ["codecs that are no list", json({ Codecs: VIDEO }), /Codecs must be a list/],
    ["images without a format", json({ Codecs: [VIDEO, IMAGE] }), /no format for the jpg images/],
    ["a format without images", json({ Outputs: [MP4, JPG] }), /no images for the jpg format/],
    ["two outputs of a format", json({ Outputs: [MP4, MP4] }), /Outputs\[1\] is not offered/],
    ["two sources", json({ Sources: [{}, {}] }), /Sources\[1\] is not offered: a task joins/],
    ["an asset as source", json({ Sources: [{ AssetID: "x" }] }), /AssetID is not offered/],
    ["chosen streams", json({ Sources: [{ Streams: [{}] }] }), /Streams is not offered/],
    [
      "an overlay",
      json({ Sources: [{ Filters: { VideoOverlay: { Source: "a.png" } } }] }),
      /Sources\[0\]\.Filters\.VideoOverlay is not offered/,
    ],
    [
      "an overlay in XML",
      xml(
        "<Sources><Source><Filters><VideoOverlay><Source>a.png</Source></VideoOverlay></Filters></Source></Sources>",
      ),
      /Sources\[0\]\.Filters\.VideoOverlay is not offered/,
    ],
    ["a slanted picture", json({ Sources: [{ Filters: { Rotation: 45 } }] }), /Rotation must be/],
    ["a time that is none", json({ Sources: [{ StartTime: "4s" }] }), /StartTime must be a time/],
    [
      "an unknown element",
      xml("<Encoding><H264Video><Foo/></H264Video></Encoding>"),
      /Codecs\[0\]\./,
    ],
    [
      "two formats of an output",
      xml('<Outputs><Output FileName="a"><MP4Format/><JpgFormat/></Output></Outputs>'),
      /two formats/,
    ],
    ["an empty list's stranger", xml("<Outputs><Foo/></Outputs>"), /Outputs holds 'Foo'/],
  ] as const) {
    it(`refuses ${why} with the place`, () => {
      assert.throws(() => readPreset(text), { code: "ErrorParsingConfiguration", message: says });
    });
  }

  const layer = (more: object) =>
    json({ Codecs: [{ ...VIDEO, H264Layers: [{ ...LAYER, ...more }] }] });
  for (const [why, text, says] of [
    ["no rate", layer({ Bitrate: undefined }), /H264Layers\[0\]\.Bitrate is missing/],
    ["a rate that is no number", layer({ Bitrate: "fast" }), /Bitrate must be a whole number/],
    ["a peak below the mean", layer({ MaxBitrate: 1 }), /MaxBitrate must not be lower/],
    ["no size", layer({ Width: "auto", Height: undefined }), /Width is missing/],
    ["a size beyond the whole", layer({ Width: "150%" }), /Width must be 1 to 8192 pixels/],
    ["B frames in Baseline", layer({ Profile: "Baseline", BFrames: 2 }), /BFrames must be 0/],
    ["CABAC in Baseline", layer({ Profile: "Baseline", EntropyMode: "Cabac" }), /must be Cavlc/],
    ["a profile that is none", layer({ Profile: "High10" }), /Profile must be Auto or Baseline/],
    ["a level that is none", layer({ Level: "9" }), /Level must be auto or a level/],
    ["a frame rate that is none", layer({ FrameRate: "25" }), /FrameRate must be a fraction/],
    ["two passes", json({ Codecs: [{ ...VIDEO, TwoPass: true }] }), /TwoPass is not offered/],
    ["another pace", json({ Codecs: [{ ...VIDEO, SyncMode: "Vfr" }] }), /SyncMode must be Auto/],
    ["no layer", json({ Codecs: [{ ...VIDEO, H264Layers: [] }] }), /must have 1 to 20 layers/],
    [
      "scene changes in several layers",
      json({
        Codecs: [
          { ...VIDEO, SceneChangeDetection: true, H264Layers: [LAYER, { ...LAYER, Bitrate: 200 }] },
        ],
      }),
      /SceneChangeDetection can only be true with one layer/,
    ],
    [
      "layers of two frame rates",
      json({ Codecs: [{ ...VIDEO, H264Layers: [LAYER, { ...LAYER, FrameRate: "25/1" }] }] }),
      /the same FrameRate/,
    ],
    ["HE-AAC", json({ Codecs: [{ ...SOUND, Profile: "HEAACV2" }] }), /Profile is not offered/],
    [
      "eight channels",
      json({ Codecs: [{ ...SOUND, Channels: 8 }] }),
      /Channels must be 1, 2, 5 or 6/,
    ],
    [
      "a sampling rate that is none",
      json({ Codecs: [{ ...SOUND, SamplingRate: 47_000 }] }),
      /SamplingRate must be one of/,
    ],
    [
      "too little for six channels",
      json({ Codecs: [{ ...SOUND, Channels: 6 }] }),
      /from 240 to 1024 kbit/,
    ],
    [
      "images without layers",
      json({ Codecs: [{ Type: "JpgImage" }], Outputs: [JPG] }),
      /JpgLayers must have/,
    ],
    [
      "images of no step",
      json({ Codecs: [{ ...IMAGE, Step: 0 }], Outputs: [JPG] }),
      /Step must be more than 0/,
    ],
    [
      "a position that is none",
      json({ Codecs: [{ ...IMAGE, Start: "soon" }], Outputs: [JPG] }),
      /Start must be a number of frames/,
    ],
    [
      "images without a number",
      json({ Codecs: [IMAGE], Outputs: [{ ...JPG, FileName: "a{Extension}" }] }),
      /must have \{Index\} once/,
    ],
    [
      "an MP4 with a number",
      json({ Outputs: [{ ...MP4, FileName: "{Index}.mp4" }] }),
      /must not have \{Index\}/,
    ],
    [
      "a macro that is none",
      json({ Outputs: [{ ...MP4, FileName: "{Basename}_{Mood}.mp4" }] }),
      /the macro '\{Mood\}'/,
    ],
    [
      "a name that leaves its folder",
      json({ Outputs: [{ ...MP4, FileName: "../{VideoBitrate}.mp4" }] }),
      /must not contain "\/"/,
    ],
  ] as const) {
    it(`refuses ${why}`, () => {
      assert.throws(() => readPreset(text), { code: "ErrorParsingConfiguration", message: says });
    });
  }
});
