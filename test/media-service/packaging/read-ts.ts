import { strict as assert } from "node:assert";

/** A PES packet as a player finds it; times count 90,000 a second. */
export interface PlayedUnit {
  readonly pts: number;
  readonly dts: number;
  readonly randomAccess: boolean;
  readonly payload: Buffer;
}

/** A stream of a segment. */
export interface PlayedTsStream {
  readonly pid: number;
  readonly streamType: number;
  readonly descriptors: Buffer;
  readonly units: PlayedUnit[];
}

/**
 * Reads MPEG-TS segments apart from the product, as ISO/IEC 13818-1 says, one after the other: counters
 * and clocks must go on from one to the next as if the segments were one stream.
 */
export class TsReader {
  /** Last clock that was seen. */
  clock = -1;
  private readonly counters = new Map<number, number>();

  /** Reads a segment that has to be whole by itself. */
  read(segment: Buffer): PlayedTsStream[] {
    assert.equal(segment.length % 188, 0, "whole packets");
    let programPid = -1;
    let clockPid = -1;
    let streams: PlayedTsStream[] = [];
    const open = new Map<number, { parts: Buffer[]; randomAccess: boolean }>();
    for (let at = 0; at < segment.length; at += 188) {
      const packet = segment.subarray(at, at + 188);
      const { pid, start, payload, clock, randomAccess } = this.packet(packet);
      if (pid === 0) programPid = readTable(payload, 0).readUInt16BE(2) & 0x1fff;
      else if (pid === programPid) ({ clockPid, streams } = readProgram(readTable(payload, 2)));
      else {
        const stream = streams.find((candidate) => candidate.pid === pid);
        assert(stream, `PID ${pid} is in the table`);
        if (clock !== undefined) {
          assert.equal(pid, clockPid);
          assert(clock > this.clock, `the clock runs: ${clock} after ${this.clock}`);
          this.clock = clock;
        }
        if (start) {
          finish(stream, open.get(pid));
          open.set(pid, { parts: [payload], randomAccess });
        } else {
          assert(open.has(pid), "a unit begins in the segment");
          open.get(pid)?.parts.push(payload);
        }
      }
    }
    for (const stream of streams) finish(stream, open.get(stream.pid));
    return streams;
  }

  private packet(packet: Buffer): {
    pid: number;
    start: boolean;
    payload: Buffer;
    clock: number | undefined;
    randomAccess: boolean;
  } {
    assert.equal(packet[0], 0x47);
    const head = packet.readUInt16BE(1);
    assert.equal(head & 0xa000, 0, "no error, no priority");
    const pid = head & 0x1fff;
    const control = packet.readUInt8(3);
    assert.equal(control & 0xd0, 0x10, "in the clear, with payload");
    const last = this.counters.get(pid);
    if (last !== undefined) assert.equal(control & 0xf, (last + 1) & 0xf, `counter of PID ${pid}`);
    this.counters.set(pid, control & 0xf);
    const fieldBytes = (control & 0x20) === 0 ? 0 : packet.readUInt8(4) + 1;
    assert(fieldBytes < 184);
    const flags = fieldBytes > 1 ? packet.readUInt8(5) : 0;
    assert.equal(flags & 0xaf, 0, "no discontinuity and nothing unknown");
    const stuffing = packet.subarray((flags & 0x10) === 0 ? 6 : 12, 4 + fieldBytes);
    assert(stuffing.every((byte) => byte === 0xff));
    const clock =
      (flags & 0x10) === 0 ? undefined : packet.readUInt32BE(6) * 2 + (packet.readUInt8(10) >> 7);
    return {
      pid,
      start: (head & 0x4000) !== 0,
      payload: packet.subarray(4 + fieldBytes),
      clock,
      randomAccess: (flags & 0x40) !== 0,
    };
  }
}

function finish(
  stream: PlayedTsStream,
  unit: { parts: Buffer[]; randomAccess: boolean } | undefined,
): void {
  if (!unit) return;
  const pes = Buffer.concat(unit.parts);
  assert.equal(pes.readUIntBE(0, 3), 1, "a PES packet begins with its start code");
  const told = pes.readUInt16BE(4);
  if (told > 0) assert.equal(told, pes.length - 6, "length of a PES packet");
  const headerBytes = pes.readUInt8(8);
  const pts = readTime(pes, 9);
  const dts = (pes.readUInt8(7) & 0x40) === 0 ? pts : readTime(pes, 14);
  assert(dts <= pts);
  const { randomAccess } = unit;
  stream.units.push({ pts, dts, randomAccess, payload: pes.subarray(9 + headerBytes) });
}

function readTime(bytes: Buffer, at: number): number {
  for (const marked of [0, 2, 4]) assert.equal(bytes.readUInt8(at + marked) & 1, 1, "marker bit");
  const high = (bytes.readUInt8(at) >> 1) & 7;
  return (
    high * 0x40000000 +
    (bytes.readUInt16BE(at + 1) >> 1) * 0x8000 +
    (bytes.readUInt16BE(at + 3) >> 1)
  );
}

/** What a table says, its CRC being right. */
function readTable(payload: Buffer, tableId: number): Buffer {
  const section = payload.subarray(1 + payload.readUInt8(0));
  assert.equal(section[0], tableId);
  const end = 3 + (section.readUInt16BE(1) & 0xfff);
  assert.equal(remainder(section.subarray(0, end)), 0, "CRC of a table");
  assert(section.subarray(end).every((byte) => byte === 0xff));
  return section.subarray(8, end - 4);
}

/** Dividing a section with its CRC by the polynomial leaves nothing. */
function remainder(bytes: Buffer): number {
  let register = 0xffffffffn;
  for (const byte of bytes) {
    for (let bit = 7n; bit >= 0n; bit--) {
      const carry = ((register >> 31n) ^ (BigInt(byte) >> bit)) & 1n;
      register = ((register << 1n) & 0xffffffffn) ^ (carry * 0x04c11db7n);
    }
  }
  return Number(register);
}

function readProgram(table: Buffer): { clockPid: number; streams: PlayedTsStream[] } {
  const streams: PlayedTsStream[] = [];
  let at = 4 + (table.readUInt16BE(2) & 0xfff);
  while (at < table.length) {
    const end = at + 5 + (table.readUInt16BE(at + 3) & 0xfff);
    streams.push({
      streamType: table.readUInt8(at),
      pid: table.readUInt16BE(at + 1) & 0x1fff,
      descriptors: table.subarray(at + 5, end),
      units: [],
    });
    at = end;
  }
  return { clockPid: table.readUInt16BE(0) & 0x1fff, streams };
}

/** The NAL units of a byte stream. */
export function nalUnits(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  const code = Buffer.from([0, 0, 0, 1]);
  for (let at = stream.indexOf(code); at >= 0;) {
    const next = stream.indexOf(code, at + 4);
    units.push(stream.subarray(at + 4, next < 0 ? stream.length : next));
    at = next;
  }
  return units;
}

/** The frames of an AAC stream, without their headers, which have to say `config`. */
export function adtsFrames(stream: Buffer, config: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    assert.equal(stream.readUInt16BE(at) & 0xfff6, 0xfff0, "ADTS header");
    const head = stream.readUInt16BE(at + 2);
    const told = ((head >> 14) + 1) * 2048 + ((head >> 10) & 0xf) * 128 + ((head >> 6) & 7) * 8;
    assert.equal(told, config.readUInt16BE(0) & 0xfff8, "type, rate and channels");
    const sizeBytes = (stream.readUInt32BE(at + 3) >>> 13) & 0x1fff;
    frames.push(stream.subarray(at + 7, at + sizeBytes));
    at += sizeBytes;
  }
  return frames;
}
