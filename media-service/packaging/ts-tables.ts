/** Where a stream of a segment is, and what it is. */
export interface TsStreamInfo {
  readonly pid: number;
  readonly streamType: number;
  readonly descriptors: Buffer;
}

/** Bytes of every packet (ISO/IEC 13818-1, 2.4.3). */
export const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
const PROGRAM = 1;
const TABLES_PID = 0;
const PROGRAM_PID = 0x1000;
/** `section_syntax_indicator` and the reserved bits after it, above a length of 12 bits. */
const SECTION_FLAGS = 0xb000;
/** Reserved bits set, version 0, valid now. */
const CURRENT_VERSION = 0xc1;
/** Bytes of a section that its length counts, but for its content: five in front and the CRC. */
const SECTION_OVERHEAD_BYTES = 9;

/**
 * The two packets in front of a segment: which program there is, and which streams it has (2.4.4).
 *
 * @param ordinal - Number of the segment. Each has one packet of either kind, so it is their counter.
 */
export function tablePackets(
  streams: readonly TsStreamInfo[],
  clockPid: number,
  ordinal: number,
): Buffer {
  const programs = Buffer.alloc(4);
  programs.writeUInt16BE(PROGRAM, 0);
  programs.writeUInt16BE(0xe000 | PROGRAM_PID, 2);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xe000 | clockPid, 0);
  head.writeUInt16BE(0xf000, 2);
  const entries = streams.map(({ pid, streamType, descriptors }) => {
    const entry = Buffer.alloc(5);
    entry.writeUInt8(streamType, 0);
    entry.writeUInt16BE(0xe000 | pid, 1);
    entry.writeUInt16BE(0xf000 | descriptors.length, 3);
    return Buffer.concat([entry, descriptors]);
  });
  const program = Buffer.concat([head, ...entries]);
  return Buffer.concat([
    sectionPacket(TABLES_PID, section(0, programs), ordinal),
    sectionPacket(PROGRAM_PID, section(2, program), ordinal),
  ]);
}

function section(tableId: number, content: Buffer): Buffer {
  const bytes = Buffer.alloc(3 + SECTION_OVERHEAD_BYTES + content.length);
  bytes.writeUInt8(tableId, 0);
  bytes.writeUInt16BE(SECTION_FLAGS | (SECTION_OVERHEAD_BYTES + content.length), 1);
  bytes.writeUInt16BE(PROGRAM, 3);
  bytes.writeUInt8(CURRENT_VERSION, 5);
  content.copy(bytes, 8);
  const end = bytes.length - 4;
  bytes.writeUInt32BE(crc32Mpeg(bytes.subarray(0, end)), end);
  return bytes;
}

function sectionPacket(pid: number, content: Buffer, ordinal: number): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES, 0xff);
  packet.writeUInt8(SYNC_BYTE, 0);
  packet.writeUInt16BE(0x4000 | pid, 1);
  packet.writeUInt8(0x10 | (ordinal & 0xf), 3);
  packet.writeUInt8(0, 4);
  content.copy(packet, 5);
  return packet;
}

/** The CRC of sections (annex A): neither input nor output reversed, as zlib's are. */
function crc32Mpeg(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
