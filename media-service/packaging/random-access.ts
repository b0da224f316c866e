import { MediaError } from "../domain/errors";
import { type Box, boxesOfType, boxVersion, readUnsigned } from "./box-reader";
import type { ByteSource } from "./byte-source";
import { loadBox, readHeaderAt } from "./index-boxes";

/** The `mfro` box, which ends a file that has an `mfra` (ISO/IEC 14496-12, 8.8.11). */
const END_BYTES = 16;

/**
 * Where fragments begin by the file's `mfra` (8.8.9 and 8.8.10), in order: a hint only, for nothing
 * else depends on that box. Empty when there is none that can be read.
 */
export async function readFragmentPlaces(source: ByteSource): Promise<number[]> {
  if (source.sizeBytes < END_BYTES) return [];
  const end = await source.read(source.sizeBytes - END_BYTES, END_BYTES);
  if (end.toString("latin1", 4, 8) !== "mfro") return [];
  const start = source.sizeBytes - end.readUInt32BE(12);
  if (start < 0) return [];
  try {
    const header = await readHeaderAt(source, start);
    if (header.type !== "mfra") return [];
    const { bytes, box } = await loadBox(source, start, header);
    const places = boxesOfType(bytes, box, "tfra").flatMap((tfra) => placesIn(bytes, tfra));
    return [...new Set(places)].sort((one, other) => one - other);
  } catch (error) {
    if (error instanceof MediaError || error instanceof RangeError) return [];
    throw error;
  }
}

function placesIn(bytes: Buffer, tfra: Box): number[] {
  const wide = boxVersion(bytes, tfra) === 1;
  const lengths = bytes.readUInt32BE(tfra.payload + 8);
  const numberBytes = [4, 2, 0].reduce((sum, shift) => sum + ((lengths >> shift) & 3) + 1, 0);
  const entryBytes = (wide ? 16 : 8) + numberBytes;
  const count = bytes.readUInt32BE(tfra.payload + 12);
  const places: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = tfra.payload + 16 + index * entryBytes;
    if (at + entryBytes > tfra.end) break;
    places.push(readUnsigned(bytes, at + (wide ? 8 : 4), wide));
  }
  return places;
}
