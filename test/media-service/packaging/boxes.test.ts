import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { initSegment } from "../../../media-service/packaging/init-segment";
import { movieFragment } from "../../../media-service/packaging/media-segment";
import { aacEntry, avcEntry, tinyAudio, tinyMp4, tinyVideo } from "./tiny-mp4";
import { tracksOf } from "./played";

/** Hexadecimal text with spaces and remarks after `//` left out. */
function golden(text: string): string {
  return text.replace(/\/\/.*$/gm, "").replace(/\s+/g, "");
}

const MATRIX = `00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000`;

describe("boxes that are written", () => {
  it("a video fragment, byte for byte", async () => {
    const [track] = await tracksOf(tinyMp4([tinyVideo(52)]));
    assert(track);
    const run = {
      baseDecodeTime: 25_600,
      samples: [
        { offset: 0, sizeBytes: 0x1234, duration: 512, compositionOffset: 1024, sync: true },
        { offset: 0x1234, sizeBytes: 0x56, duration: 511, compositionOffset: -512, sync: false },
      ],
    };

    assert.equal(
      movieFragment(track.header, run, 7).toString("hex"),
      golden(`
        0000007c 6d6f6f66                                     // moof
          00000010 6d666864 00000000 00000007                 // mfhd, number 7
          00000064 74726166                                   // traf
            00000014 74666864 00020020 00000001 01010000      // tfhd: base is moof, flags of non-sync
            00000014 74666474 01000000 0000000000006400       // tfdt, version 1
            00000034 7472756e 01000f01 00000002 00000084      // trun: two samples, data after mdat's header
              00000200 00001234 02000000 00000400
              000001ff 00000056 01010000 fffffe00
      `),
    );
  });

  it("an audio fragment, which has neither flags nor offsets", async () => {
    const [track] = await tracksOf(tinyMp4([tinyAudio(50)]));
    assert(track);
    const sample = { offset: 0, sizeBytes: 300, duration: 1024, compositionOffset: 0, sync: true };

    assert.equal(
      movieFragment(track.header, { baseDecodeTime: 0, samples: [sample] }, 1).toString("hex"),
      golden(`
        00000064 6d6f6f66
          00000010 6d666864 00000000 00000001
          0000004c 74726166
            00000014 74666864 00020020 00000002 02000000
            00000014 74666474 01000000 0000000000000000
            0000001c 7472756e 01000301 00000001 0000006c 00000400 0000012c
      `),
    );
  });

  it("a video init segment, byte for byte", async () => {
    const [track] = await tracksOf(tinyMp4([{ ...tinyVideo(52), language: "deu" }]));
    assert(track);
    const entry = avcEntry().toString("hex");

    assert.equal(
      initSegment(track).toString("hex"),
      golden(`
        0000001c 66747970 69736f36 00000001 69736f36 636d6663 64617368            // ftyp
        0000025e 6d6f6f76                                                         // moov
          0000006c 6d766864 00000000 00000000 00000000 00003200 00000000          // mvhd
            00010000 0100 0000 00000000 00000000 ${MATRIX}
            00000000 00000000 00000000 00000000 00000000 00000000 00000002
          000001c2 7472616b                                                       // trak
            0000005c 746b6864 00000003 00000000 00000000 00000001 00000000 00000000
              00000000 00000000 0000 0000 0000 0000 ${MATRIX} 02800000 01680000
            0000015e 6d646961                                                     // mdia
              00000020 6d646864 00000000 00000000 00000000 00003200 00000000 10b5 0000
              0000002d 68646c72 00000000 00000000 76696465 00000000 00000000 00000000
                566964656f48616e646c657200
              00000109 6d696e66                                                   // minf
                00000014 766d6864 00000001 00000000 00000000
                00000024 64696e66 0000001c 64726566 00000000 00000001
                  0000000c 75726c20 00000001
                000000c9 7374626c                                                 // stbl
                  0000007d 73747364 00000000 00000001 ${entry}
                  00000010 73747473 00000000 00000000
                  00000010 73747363 00000000 00000000
                  00000014 7374737a 00000000 00000000 00000000
                  00000010 7374636f 00000000 00000000
          00000028 6d766578                                                       // mvex
            00000020 74726578 00000000 00000001 00000001 00000000 00000000 00000000
      `),
    );
  });

  it("an audio init segment repeats the sample entry and gives full volume", async () => {
    const [track] = await tracksOf(tinyMp4([tinyAudio(50)]));
    assert(track);
    const bytes = initSegment(track);

    assert(bytes.includes(aacEntry()));
    assert(bytes.includes(Buffer.from("SoundHandler\0")));
    assert.equal(bytes.readUInt16BE(bytes.indexOf("tkhd") + 4 + 36), 0x0100);
  });
});
