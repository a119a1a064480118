/** Lines of a stream, the last one with or without a newline, within a cap on one line and on all. Throws beyond it. */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  caps: { readonly lineBytes: number; readonly totalBytes: number },
): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let lineBytes = 0;
  let totalBytes = 0;
  for await (const chunk of source) {
    totalBytes += chunk.byteLength;
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8');
      parts = [];
      lineBytes = 0;
      rest = rest.subarray(end + 1);
    }
    parts.push(rest);
    lineBytes += rest.byteLength;
    if (lineBytes > caps.lineBytes || totalBytes > caps.totalBytes) throw new RangeError('The answer is too long.');
  }
  if (lineBytes > 0) yield Buffer.concat(parts).toString('utf8');
}
