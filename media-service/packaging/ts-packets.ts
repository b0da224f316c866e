import { PACKET_BYTES } from "./ts-tables";

/** What one PES packet carries: a picture, or a few frames of sound. Times count 90,000 a second. */
export interface AccessUnit {
  readonly pts: number;
  readonly dts: number;
  /** Whether decoding can begin here. */
  readonly randomAccess: boolean;
  readonly parts: readonly Buffer[];
}

/** A stream of a segment, in decoding order. */
export interface TsStream {
  readonly pid: number;
  /** `stream_id` of its PES packets. */
  readonly streamId: number;
  readonly units: readonly AccessUnit[];
}

/** A unit cut into packets' worth. */
interface PlannedUnit {
  readonly pid: number;
  readonly dts: number;
  readonly randomAccess: boolean;
  /** Undefined where this stream's packets carry no clock. */
  readonly clock: number | undefined;
  readonly pes: Buffer;
  readonly headerBytes: number;
  readonly packets: number;
}

const HEAD_BYTES = 4;
const ROOM = PACKET_BYTES - HEAD_BYTES;
const CLOCK_FIELD_BYTES = 8;
/** Counters have four bits. */
const COUNTER_CYCLE = 16;
/** The clock that receivers see runs this much before decoding, in 90 kHz: 100 ms to fill buffers. */
const CLOCK_LEAD = 9000;
/** Video may be longer than a PES packet can tell, and says 0 then (ISO/IEC 13818-1, 2.4.3.7). */
const MAX_TOLD_BYTES = 0xffff;

/**
 * Writes the packets of a segment, in the order of decoding.
 *
 * Segments are made without knowing those before them, and yet counters (2.4.3.3) have to go on over
 * their boundaries: every stream has a multiple of 16 packets, its last unit being spread over some more.
 *
 * @param clockPid - The stream that carries the clock.
 */
export function writePackets(streams: readonly TsStream[], clockPid: number): Buffer {
  const units = streams
    .flatMap((stream) => planStream(stream, stream.pid === clockPid))
    .sort((one, other) => one.dts - other.dts);
  const total = units.reduce((sum, { packets }) => sum + packets, 0);
  const out = Buffer.alloc(total * PACKET_BYTES, 0xff);
  const counters = new Map<number, number>();
  let offset = 0;
  for (const unit of units) {
    const counter = counters.get(unit.pid) ?? 0;
    writeUnit(out.subarray(offset, offset + unit.packets * PACKET_BYTES), unit, counter);
    counters.set(unit.pid, counter + unit.packets);
    offset += unit.packets * PACKET_BYTES;
  }
  return out;
}

function planStream({ pid, streamId, units }: TsStream, carriesClock: boolean): PlannedUnit[] {
  let total = 0;
  return units.map((unit, index) => {
    const header = pesHeader(streamId, unit);
    const pes = Buffer.concat([header, ...unit.parts]);
    const firstRoom = ROOM - (carriesClock ? CLOCK_FIELD_BYTES : 0);
    let packets = 1 + Math.ceil(Math.max(0, pes.length - firstRoom) / ROOM);
    total += packets;
    if (index === units.length - 1) packets += -total & (COUNTER_CYCLE - 1);
    return {
      pid,
      dts: unit.dts,
      randomAccess: unit.randomAccess,
      clock: carriesClock ? Math.max(0, unit.dts - CLOCK_LEAD) : undefined,
      pes,
      headerBytes: header.length,
      packets,
    };
  });
}

/** The head of a PES packet (2.4.3.6), with a decoding time where it is not that of presentation. */
function pesHeader(streamId: number, { pts, dts, parts }: AccessUnit): Buffer {
  const both = pts !== dts;
  const header = Buffer.alloc(both ? 19 : 14);
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, header.length - 6);
  header.writeUIntBE(1, 0, 3);
  header.writeUInt8(streamId, 3);
  header.writeUInt16BE(sizeBytes > MAX_TOLD_BYTES ? 0 : sizeBytes, 4);
  header.writeUInt8(0x84, 6);
  header.writeUInt8(both ? 0xc0 : 0x80, 7);
  header.writeUInt8(header.length - 9, 8);
  writeTimestamp(header, 9, { prefix: both ? 3 : 2, time: pts });
  if (both) writeTimestamp(header, 14, { prefix: 1, time: dts });
  return header;
}

/** 33 bits in three pieces, each before a bit that is set. */
function writeTimestamp(
  header: Buffer,
  at: number,
  { prefix, time }: { prefix: number; time: number },
): void {
  const low = time % 0x40000000;
  const high = Math.floor(time / 0x40000000) & 7;
  header.writeUInt8((prefix << 4) | (high << 1) | 1, at);
  header.writeUInt16BE(((low >>> 14) & 0xfffe) | 1, at + 1);
  header.writeUInt16BE(((low << 1) & 0xfffe) | 1, at + 3);
}

function writeUnit(out: Buffer, unit: PlannedUnit, firstCounter: number): void {
  const { pes, packets } = unit;
  let taken = 0;
  for (let index = 0; index < packets; index++) {
    const packet = out.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES);
    const sizeBytes = shareOf(unit, index, pes.length - taken);
    const field = ROOM - sizeBytes;
    packet.writeUInt8(0x47, 0);
    packet.writeUInt16BE((index === 0 ? 0x4000 : 0) | unit.pid, 1);
    packet.writeUInt8((field > 0 ? 0x30 : 0x10) | ((firstCounter + index) & 0xf), 3);
    if (field > 0) writeAdaptation(packet, field, index === 0 ? unit : undefined);
    pes.copy(packet, PACKET_BYTES - sizeBytes, taken, taken + sizeBytes);
    taken += sizeBytes;
  }
}

/** How much of a unit a packet takes: what fits, or its even share of a unit that is spread. */
function shareOf(unit: PlannedUnit, index: number, leftBytes: number): number {
  const room = index === 0 && unit.clock !== undefined ? ROOM - CLOCK_FIELD_BYTES : ROOM;
  const leftPackets = unit.packets - index;
  const spread = leftPackets > Math.ceil(leftBytes / ROOM);
  const wanted = spread ? Math.ceil(leftBytes / leftPackets) : room;
  const least = index === 0 ? unit.headerBytes : 1;
  return Math.min(room, leftBytes - (leftPackets - 1), Math.max(least, wanted));
}

/** The field between head and payload (2.4.3.4): clock, flags, and stuffing that `out` holds already. */
function writeAdaptation(
  packet: Buffer,
  fieldBytes: number,
  unit: Pick<PlannedUnit, "clock" | "randomAccess"> | undefined,
): void {
  packet.writeUInt8(fieldBytes - 1, HEAD_BYTES);
  if (fieldBytes === 1) return;
  const clock = unit?.clock;
  const randomAccess = unit?.randomAccess === true ? 0x40 : 0;
  packet.writeUInt8(randomAccess | (clock === undefined ? 0 : 0x10), HEAD_BYTES + 1);
  if (clock === undefined) return;
  packet.writeUInt32BE(Math.floor(clock / 2) % 0x100000000, HEAD_BYTES + 2);
  packet.writeUInt8((clock % 2 === 1 ? 0x80 : 0) | 0x7e, HEAD_BYTES + 6);
  packet.writeUInt8(0, HEAD_BYTES + 7);
}
