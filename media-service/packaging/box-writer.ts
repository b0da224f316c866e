/** A box of a type around its parts (ISO/IEC 14496-12, 4.2). */
export function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, header.length);
  header.writeUInt32BE(sizeBytes, 0);
  header.write(type, 4, "latin1");
  return Buffer.concat([header, ...parts], sizeBytes);
}

/** A box with version and flags. */
export function fullBox(
  { type, version = 0, flags = 0 }: { type: string; version?: number; flags?: number },
  ...parts: readonly Buffer[]
): Buffer {
  return box(type, uint32(version * 0x1000000 + flags), ...parts);
}

/** Unsigned numbers of 32 bits. */
export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

/** Unsigned numbers of 16 bits. */
export function uint16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

/** An unsigned number of 64 bits. */
export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
