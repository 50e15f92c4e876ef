import { gunzipSync } from 'node:zlib'

/** The files of an npm tarball by path inside the package; enough of the tar format for what pnpm writes. */
export function filesOfTarball(tgz: Uint8Array): Map<string, Buffer> {
  const tar = gunzipSync(tgz)
  const files = new Map<string, Buffer>()
  let longName = ''
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number) =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '')
    const size = Number.parseInt(text(124, 12), 8)
    const body = tar.subarray(at + 512, at + 512 + size)
    const type = text(156, 1)
    if (type === 'x') longName = /\d+ path=(.*)\n/.exec(body.toString('utf8'))?.[1] ?? ''
    else {
      const prefix = text(345, 155)
      const path = longName || (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100))
      if (type === '0' || type === '') files.set(path.replace(/^package\//, ''), body)
      longName = ''
    }
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}
