import { strict as assert } from "node:assert";
import type { PlayedSample } from "./read-segment";

/**
 * Reads a fragment of Smooth Streaming apart from the product, as far as [MS-SSTR] 2.2.4 allows: times
 * count from what the manifest says, in 100 ns.
 */
export function readSmoothFragment(fragment: Buffer, startTime: number): PlayedSample[] {
  const moofBytes = fragment.readUInt32BE(0);
  assert.equal(fragment.toString("latin1", 4, 8), "moof");
  assert.equal(fragment.toString("latin1", moofBytes + 4, moofBytes + 8), "mdat");
  assert.equal(moofBytes + fragment.readUInt32BE(moofBytes), fragment.length);
  assert.equal(fragment.includes("tfdt"), false, "no decode time: the manifest has it");
  const trun = fragment.indexOf("trun") + 4;
  assert.equal(fragment.readUInt32BE(trun), 0x01000f01, "all fields of each sample");
  const count = fragment.readUInt32BE(trun + 4);
  let offset = fragment.readUInt32BE(trun + 8);
  assert.equal(offset, moofBytes + 8);
  let decodeTime = startTime;
  const samples = Array.from({ length: count }, (_, index) => {
    const at = trun + 12 + index * 16;
    const duration = fragment.readUInt32BE(at);
    const sizeBytes = fragment.readUInt32BE(at + 4);
    const sample = {
      bytes: fragment.subarray(offset, offset + sizeBytes),
      decodeTime,
      presentationTime: decodeTime + fragment.readInt32BE(at + 12),
      duration,
      sync: (fragment.readUInt32BE(at + 8) & 0x10000) === 0,
    };
    offset += sizeBytes;
    decodeTime += duration;
    return sample;
  });
  assert.equal(offset, fragment.length);
  return samples;
}
