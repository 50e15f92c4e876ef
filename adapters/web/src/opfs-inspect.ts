import { type Doubt, StoreError, type WalChecksum, walChecksum } from '@livefold/core/adapter'
import { POOL, storeDirectory } from './opfs-directory.ts'
import { markOpened } from './opfs-mark.ts'
import { resumeReplacement } from './opfs-repair.ts'
import { DATABASE, FRESH, type OpfsState, WAL } from './opfs-state.ts'
import { readSlots, type Slot, slotHeader } from './pool-slots.ts'
import type { StoreNames } from './store-names.ts'
import { writeFile } from './write-file.ts'

/** SQLite's flags for what a file is opened as: https://sqlite.org/c3ref/c_open_autoproxy.html */
const OPENED_AS = { database: 0x100, wal: 0x80000 }

/** Tells what has become of a store's files: a database was there. */
export async function inspectOpfs(names: StoreNames): Promise<OpfsState> {
  const directory = await storeDirectory(names)
  const slots = await readSlots(await directory.getDirectoryHandle(POOL, { create: true }))
  const find = (path: string) => slots.find((slot) => slot.path === path)
  const named = { database: find(DATABASE), wal: find(WAL) }
  const nameless = slots.filter(({ path, kind }) => path === null && kind !== null && !named[kind])
  const database = named.database ?? nameless.find(({ kind }) => kind === 'database')
  const mend = () => nameAgain(nameless)
  const state: OpfsState = {
    mark: () => markOpened(names),
    ...(nameless.length > 0 && { mend }),
    ...(find(FRESH) && { resume: resumeReplacement }),
  }
  if (!database?.size) {
    const doubt: Doubt = { kind: 'cut', why: database ? 'it is empty' : 'it is gone' }
    return { ...state, doubt, error: new StoreError('storage/corrupt', doubt.why) }
  }
  if (nameless.length === 0) return state
  return { ...state, doubt: { kind: 'unclean', why: 'its name was lost' } }
}

/** Gives files their names back, by what they begin like, before the pool sees them. */
async function nameAgain(nameless: readonly Slot[]): Promise<void> {
  for (const { handle, kind } of nameless) {
    if (kind) await writeFile(handle, slotHeader(kind === 'database' ? DATABASE : WAL, OPENED_AS[kind]))
  }
}

/** https://sqlite.org/walformat.html */
const WAL_HEADER = 32
/** As WebAssembly, which is little-endian, begins each round. */
const MAGIC = 0x377f0682
const FRAME_HEADER = 24

/**
 * SQLite ends a write-ahead log at the first frame that does not fit its checksum, and takes the rest for one that was never
 * committed. A whole end of a transaction of the same log further behind tells otherwise: a kill leaves none, since frames are
 * written in order, and half of one only as the last.
 *
 * @param frames that SQLite counts.
 * @param pageBytes as the database has it: the log's header may be what was damaged.
 */
export function doubtOfWal(bytes: Uint8Array, frames: number, pageBytes: number): Doubt | null {
  const frame = FRAME_HEADER + pageBytes
  const wal = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const damaged: Doubt = { kind: 'damaged', why: 'a part of its write-ahead log has changed' }
  if (wal.getUint32(0) !== MAGIC) return damaged
  const salts = saltsOf(wal)
  // What comes right behind the counted ones may be the frame that was cut.
  for (let at = WAL_HEADER + (Math.max(0, frames) + 1) * frame; at + frame <= wal.byteLength; at += frame) {
    const ends = wal.getUint32(at + 4) > 0 && salts.includes(wal.getBigUint64(at + 8))
    if (ends && frameFits(wal, at, frame)) return damaged
  }
  return null
}

/** By which the log's frames are told from those of the round before: as its header has it, and as its first frame has. */
function saltsOf(wal: DataView): bigint[] {
  const [header, first] = [16, WAL_HEADER + 8] as const
  // One more in the header: a kill after it was written, and before the first frame of its round was.
  const begun = fits(wal, 0, 24, [0, 0]) && wal.getUint32(header) === (wal.getUint32(first) + 1) >>> 0
  return begun ? [wal.getBigUint64(header)] : [wal.getBigUint64(header), wal.getBigUint64(first)]
}

/** Whether the checksum in a frame's header is that of the frame, carried on from the header of the one before. */
function frameFits(wal: DataView, at: number, frame: number): boolean {
  const before = at - frame + 16
  const head = walChecksum(bytesOf(wal, at, 8), true, [wal.getUint32(before), wal.getUint32(before + 4)])
  return fits(wal, at + FRAME_HEADER, frame - FRAME_HEADER, head, at + 16)
}

/** Whether the checksum at `told`, right behind them by default, is that of these bytes. */
function fits(wal: DataView, at: number, length: number, before: WalChecksum, told = at + length): boolean {
  const [a, b] = walChecksum(bytesOf(wal, at, length), true, before)
  return a === wal.getUint32(told) && b === wal.getUint32(told + 4)
}

const bytesOf = (wal: DataView, at: number, length: number) => new Uint8Array(wal.buffer, wal.byteOffset + at, length)
