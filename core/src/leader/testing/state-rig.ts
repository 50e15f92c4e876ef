import { expect } from 'vitest'
import { type Commit, type ConfirmedEvent, type EventId, splitCommits } from '../../protocol/event-record.ts'
import { Author, idOf } from '../../replica/testing/author.ts'
import { type Replay, rowsOf } from '../../replica/testing/replay.ts'
import type { NewEvent } from '../../schema/event.ts'
import { openMemory } from '../../testing/open-wasm.ts'
import { todoSchema } from '../../testing/todo-schema.ts'
import { LeaderState } from '../leader-state.ts'
import type { LeaderNews, LeaderWork } from '../leader-work.ts'
import { takeSnapshot } from '../snapshot.ts'
import { boot } from './boot-file.ts'
import { failingDriver } from './failing-driver.ts'

/** A leader's state on a file that can fail, and what was handed in. */
export class StateRig {
  readonly file = openMemory()
  readonly driver = failingDriver(this.file)
  readonly authors = [new Author(todoSchema, 'ann'), new Author(todoSchema, 'bob'), new Author(todoSchema, 'else')]
  readonly synced: boolean
  pushed = new Set<EventId>()
  /** Every commit that was ever handed in or pulled, by its first event. */
  readonly made = new Map<EventId, Commit>()
  readonly locals: Commit[] = []
  logOnly = false
  epoch = 0
  state!: LeaderState

  constructor(synced = true) {
    this.synced = synced
  }

  async boot(logOnly = false): Promise<this> {
    const { epoch } = await boot(this.file, todoSchema)
    this.epoch = epoch
    this.load(logOnly)
    return this
  }

  load(logOnly = this.logOnly): void {
    const { driver, epoch, synced, pushed } = this
    this.logOnly = logOnly
    this.state = new LeaderState({ driver, schema: todoSchema, epoch, synced, logOnly, pushed })
  }

  commit(author: number, ...given: NewEvent[]): Commit {
    const commit = this.authors[author]!.commit(...given)
    this.made.set(idOf(commit), commit)
    return commit
  }

  apply(...work: LeaderWork[]): LeaderNews {
    return this.state.apply(work)
  }

  close(): void {
    this.file.close()
  }

  log(): ConfirmedEvent[] {
    return this.state.read(0, this.state.head)
  }
}

export const synced = (commit: Commit): LeaderWork => ({ type: 'commit', local: false, events: commit })
export const local = (commit: Commit): LeaderWork => ({ type: 'commit', local: true, events: commit })

/** State, verdicts and snapshot against a replay of the file's log (rule STATE-1). */
export function checkState(rig: StateRig, replay: Replay): void {
  const { commits } = splitCommits(rig.log())
  const locals = rig.state.file.local.commitsAfter(0)
  const rows = replay.rows(commits, rig.state.pending, locals)
  const failing = new Set(replay.failed.map(idOf))
  expect(rowsOf(rig.file, todoSchema)).toEqual(rows)
  const quarantined = commits.filter((commit) => failing.has(idOf(commit))).map((commit) => commit[0]?.seq)
  expect(rig.state.quarantined.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(quarantined)

  const base = rig.state.base ?? -1
  const atBase = commits.filter((commit) => (commit[0] as ConfirmedEvent).seq <= base)
  const image = openMemory()
  image.deserialize(takeSnapshot(rig.file, openMemory, todoSchema))
  expect(rowsOf(image, todoSchema)).toEqual(replay.rows(atBase, locals))
  image.close()
}
