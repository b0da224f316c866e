import { strict as assert } from "node:assert";
import { uint32 } from "../../../media-service/packaging/box-writer";

/** The lower left corner's way into a picture's place, by 90 degrees clockwise (ISO/IEC 14496-12, 6.2.2). */
const UPRIGHT = uint32(0, 0x10000, 0, 0xffff0000, 0, 0, 90 * 0x10000, 0, 0x40000000);

/** Changes the file as programs do that cut without encoding: every track is shown for so long. */
export function trimEnd(file: Buffer, milliseconds: number): void {
  for (const at of placesOf(file, "elst")) file.writeUInt32BE(milliseconds, at + 12);
}

/** Changes the file as phones write it: its first track, which is 90 lines high, stands upright. */
export function turnUpright(file: Buffer): void {
  const [at] = placesOf(file, "tkhd");
  assert(at !== undefined);
  UPRIGHT.copy(file, at + 44);
}

/**
 * Says of AAC-LC of 24 kHz and one channel that bands are to be replicated up to 48 kHz, in the words of
 * ISO/IEC 14496-3, 1.6.2.1: object type 5, the frequency 6, one channel, the frequency 3, object type 2.
 */
export function sayHighEfficiency(file: Buffer): void {
  const config = file.indexOf(Buffer.from("1308", "hex"), placesOf(file, "esds")[0]);
  assert(config > 0);
  Buffer.from("2b09880000", "hex").copy(file, config);
}

/** Where the names of all boxes of a type stand. */
function placesOf(file: Buffer, type: string): number[] {
  const places: number[] = [];
  for (let at = file.indexOf(type); at >= 0; at = file.indexOf(type, at + 4)) places.push(at);
  assert(places.length > 0, `there is no ${type}`);
  return places;
}
