/** Pieces as one: where they lie beside each other in memory nothing is copied. */
export function joinedBytes(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (!first || !lieTogether(pieces)) return Buffer.concat(pieces, sizeBytes);
  return Buffer.from(first.buffer, first.byteOffset, sizeBytes);
}

function lieTogether(pieces: readonly Buffer[]): boolean {
  return pieces.every((piece, index) => {
    const before = pieces[index - 1];
    if (!before) return true;
    return before.buffer === piece.buffer && before.byteOffset + before.length === piece.byteOffset;
  });
}
