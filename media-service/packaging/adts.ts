import { CorruptError } from "../domain/errors";

/** Bytes in front of each frame: no CRC. */
const HEADER_BYTES = 7;
/** The length has 13 bits. */
const MAX_FRAME_BYTES = 0x1fff;
const LOW_COMPLEXITY = 2;
/** Object types that stand for spectral band replication, with the real one further on. */
const EXTENDED = [5, 29];

/**
 * A function that puts AAC's transport header before a frame (ISO/IEC 13818-7, 6.2), as MPEG-TS wants.
 *
 * @param decoderConfig - The track's AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
 * @throws CorruptError when the header can't express the configuration.
 */
export function adtsWriter(decoderConfig: Buffer): (frame: Buffer) => Buffer[] {
  if (decoderConfig.length < 2) throw new CorruptError("an AAC track tells no decoder set-up");
  const head = decoderConfig.readUInt16BE(0);
  const told = head >> 11;
  // Decoders find the extension in the frames themselves, at the core's sampling rate.
  const objectType = EXTENDED.includes(told) ? LOW_COMPLEXITY : told;
  const frequencyIndex = (head >> 7) & 0xf;
  const channels = (head >> 3) & 0xf;
  if (objectType < 1 || objectType > 4 || frequencyIndex > 12 || channels < 1 || channels > 7) {
    throw new CorruptError(
      `AAC of type ${told}, frequency index ${frequencyIndex} and channel configuration ${channels} has no form in MPEG-TS; ask for format=m3u8-cmaf`,
    );
  }
  return (frame) => {
    const sizeBytes = frame.length + HEADER_BYTES;
    if (sizeBytes > MAX_FRAME_BYTES) {
      throw new CorruptError(`an AAC frame of ${frame.length} bytes is too large for MPEG-TS`);
    }
    const header = Buffer.from([
      0xff,
      0xf1,
      ((objectType - 1) << 6) | (frequencyIndex << 2) | (channels >> 2),
      ((channels & 3) << 6) | (sizeBytes >> 11),
      (sizeBytes >> 3) & 0xff,
      ((sizeBytes & 7) << 5) | 0x1f,
      0xfc,
    ]);
    return [header, frame];
  };
}
