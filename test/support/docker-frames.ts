/** A frame of Docker's attach stream, as the daemon writes it. */
export function frame(stream: 'stdout' | 'stderr', content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0);
  header.writeUInt32BE(content.byteLength, 4);
  return Buffer.concat([header, content]);
}
