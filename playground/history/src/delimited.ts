/**
 * Cuts a stream of bytes at every `delimiter` byte. Holds one record at a time; bytes after the last delimiter are a
 * record too. Records are valid until the next one is asked for.
 */
export async function* delimited(chunks: AsyncIterable<Buffer>, delimiter: number): AsyncGenerator<Buffer> {
  let open: Buffer[] = []
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(delimiter); end >= 0; end = chunk.indexOf(delimiter, start)) {
      const tail = chunk.subarray(start, end)
      yield open.length === 0 ? tail : Buffer.concat([...open, tail])
      open = []
      start = end + 1
    }
    if (start < chunk.length) open.push(chunk.subarray(start))
  }
  if (open.length > 0) yield Buffer.concat(open)
}
