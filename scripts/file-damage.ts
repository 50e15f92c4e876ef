import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'

/** Whole numbers below `n`, the same for the same seed (mulberry32). */
export function draws(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

const PAGE = 4096

/** Ways for a disk to spoil a file; each tells what it did. */
const WAYS: readonly ((bytes: Buffer, draw: (n: number) => number) => string)[] = [
  (bytes, draw) => {
    const at = draw(bytes.length)
    const bit = draw(8)
    bytes[at] = (bytes[at] as number) ^ (1 << bit)
    return `bit ${bit} of byte ${at} flipped`
  },
  (bytes, draw) => {
    const count = 2 + draw(30)
    for (let i = 0; i < count; i++) {
      const at = draw(bytes.length)
      bytes[at] = (bytes[at] as number) ^ (1 << draw(8))
    }
    return `${count} bits flipped`
  },
  (bytes, draw) => {
    const page = draw(Math.ceil(bytes.length / PAGE))
    bytes.fill(0, page * PAGE, Math.min((page + 1) * PAGE, bytes.length))
    return `page ${page} zeroed`
  },
  (bytes, draw) => {
    const [from, length] = [draw(bytes.length), 1 + draw(600)]
    bytes.fill(0xa5, from, Math.min(from + length, bytes.length))
    return `${length} bytes from ${from} overwritten`
  },
  (bytes, draw) => {
    const length = 1 + draw(100)
    for (let i = 0; i < Math.min(length, bytes.length); i++) bytes[i] = draw(256)
    return `header: ${length} bytes of garbage`
  },
]

/** Damages a database file, or its write-ahead log where there is one. */
export function damage(database: string, draw: (n: number) => number): string {
  const log = `${database}-wal`
  const file = existsSync(log) && draw(2) === 0 ? log : database
  const name = file === log ? 'log' : 'database'
  const way = draw(WAYS.length + 1)
  if (way === WAYS.length) {
    const length = draw(statSync(file).size)
    const handle = openSync(file, 'r+')
    ftruncateSync(handle, length)
    closeSync(handle)
    return `${name}: cut to ${length} bytes`
  }
  const bytes = readFileSync(file)
  const what = WAYS[way]?.(bytes, draw)
  writeFileSync(file, bytes)
  return `${name}: ${what}`
}
