import { mediumMutants } from './medium-mutants.ts'
import type { Mutant } from './mutant.ts'
import { protocolMutants } from './protocol/protocol-mutants.ts'
import { queryMutants } from './query-mutants.ts'
import { versionMutants } from './version-mutants.ts'

const fullMutants: readonly Mutant[] = [
  {
    name: 'no rollback',
    rule: 'STATE-1',
    edits: [
      {
        file: 'replica/savepoint-undo.ts',
        find: "    this.#savepoints.run('ROLLBACK TO livefold_base')\n",
        replace: '',
      },
    ],
  },
  {
    name: 'wrong rollback order',
    rule: 'STATE-3',
    edits: [
      {
        file: 'replica/changeset-undo.ts',
        find: 'const record = this.#records.pop()',
        replace: 'const record = this.#records.shift()',
      },
    ],
  },
  {
    name: 'undo of the newest record alone',
    rule: 'STATE-1',
    edits: [
      {
        file: 'replica/changeset-undo.ts',
        find: '      undoRecord(this.#driver, this.#driver, record.pos)\n',
        replace: '      if (this.#records.length === 0) undoRecord(this.#driver, this.#driver, record.pos)\n',
      },
    ],
  },
  {
    name: 'compare-and-set by number only',
    rule: 'LOG-4',
    from: 5,
    edits: [
      {
        file: 'server/memory-log-store.ts',
        find: 'if (head.seq !== after || head.id !== afterId)',
        replace: 'if (head.seq !== after)',
      },
    ],
  },
  {
    name: 'no compare-and-set and no id check',
    rule: 'LOG-1',
    from: 18,
    edits: [
      {
        file: 'server/memory-log-store.ts',
        find: "    if (known) return known\n    const { head } = log\n    if (head.seq !== after || head.id !== afterId) return { kind: 'behind', head }\n",
        replace: '    void known\n',
      },
    ],
    faults: { leaderFreezes: 10, cuts: 10, tail: 200, delays: [150, 150, 150, 150] },
  },
  {
    name: 'log and state in two transactions',
    rule: 'STATE-2',
    edits: [
      {
        file: 'leader/leader-state.ts',
        find: '        for (const item of work) this.#take(item)\n',
        replace:
          '        for (const item of work) this.#take(item)\n      })\n      this.#options.driver.transaction(() => {\n',
      },
    ],
    faults: { leaderCrashes: 12 },
  },
  {
    name: 'ack before durable',
    rule: 'DUR-1',
    edits: [
      {
        file: 'session/own-commits.ts',
        find: '    this.count(own, 1)\n    return own\n',
        replace: '    this.count(own, 1)\n    own.receipt.ack()\n    return own\n',
      },
    ],
    faults: { leaderCrashes: 12 },
  },
  {
    name: 'reject while in flight',
    rule: 'LOG-1',
    from: 2,
    edits: [
      {
        file: 'leader/leader-state.ts',
        find: '        if (pushed.has(first.id)) return false\n',
        replace: '',
      },
    ],
  },
  {
    name: 'pushed forgotten at boot',
    rule: 'LOG-1',
    from: 5,
    edits: [
      {
        file: 'leader/leader.ts',
        find: '    for (const [first] of this.#state.pending) if (first) this.#pushed.add(first.id)\n',
        replace: '',
      },
    ],
    faults: { leaderCrashes: 12, cuts: 12 },
  },
  {
    name: 'recorder over confirmed work',
    rule: 'STATE-1',
    edits: [
      {
        file: 'replica/rebase.ts',
        find: '    const pending = this.#pending.all\n',
        replace: '    const pending = this.#pending.all\n    this.#undo.pendingFrom()\n',
      },
      {
        file: 'replica/rebase.ts',
        find: '    if (from >= pending.length) return []\n',
        replace: '    if (from >= pending.length) {\n      this.#undo.pendingTo([])\n      return []\n    }\n',
      },
      { file: 'replica/rebase.ts', find: '    this.#undo.pendingFrom()\n', replace: '' },
    ],
  },
  {
    name: 'reads through ctx are not noticed',
    rule: 'STATE-1',
    edits: [
      { file: 'replica/materialize.ts', find: '    this.#hasRead = true\n', replace: '' },
      {
        file: 'replica/foretell.ts',
        find: 'materialize.evaluate(commit[i] as EventRecord, refused)',
        replace: 'materialize.evaluate(commit[i] as EventRecord)',
      },
    ],
  },
  {
    name: 'a write goes by others of its row that wait',
    rule: 'STATE-1',
    from: 59,
    edits: [
      {
        file: 'replica/gathered-writes.ts',
        find: '    if (this.#slots[slot] && this.#slots[slot] !== own.number) this.#flush()\n',
        replace: '',
      },
    ],
  },
  {
    name: 'what reads is run before what waits',
    rule: 'STATE-1',
    edits: [
      {
        file: 'replica/gathered-writes.ts',
        find: '    this.#flush()\n    const outcome',
        replace: '    const outcome',
      },
    ],
  },
  {
    name: 'a write by a predicate has no footprint',
    rule: 'STATE-1',
    from: 2,
    edits: [
      {
        file: 'replica/footprint.ts',
        find: '    if (rows === null || key === null) return true\n',
        replace: '    if (rows === null || key === null) return false\n',
      },
    ],
    faults: { reads: 0, partitions: 4, delays: [150, 150, 60, 60] },
  },
  {
    name: 'local tables in the digest',
    rule: 'STATE-5',
    edits: [
      {
        file: 'store/digest-of.ts',
        find: 'options.local ? [...tables.values()] : syncedTables',
        replace: 'options.local || true ? [...tables.values()] : syncedTables',
      },
    ],
  },
  {
    name: 'local events pushed',
    rule: 'STATE-5',
    edits: [
      {
        file: 'leader/leader-state.ts',
        find: 'if (work.local) this.#takeLocal(commit)',
        replace: 'if (work.local && this.head < 0) this.#takeLocal(commit)',
      },
    ],
  },
  {
    name: 'no epoch check',
    rule: 'LEAD-1',
    from: 3,
    edits: [
      {
        file: 'leader/boot.ts',
        find: '  if (current === epoch) return\n',
        replace: '  if (current !== null) return\n',
      },
    ],
    faults: { leaderFreezes: 8 },
  },
  {
    name: 'deposed leader tells what it reads',
    rule: 'SESS-1',
    from: 26,
    edits: [
      {
        file: 'leader/leader.ts',
        find: '      inOffice: () => this.#inOffice(),\n',
        replace: '      inOffice: () => true,\n',
      },
    ],
    faults: { leaderFreezes: 8, sessionOpens: 10, sessionCrashes: 8 },
  },
  {
    name: 'announcement of an old leader taken',
    rule: 'SESS-1',
    from: 2,
    edits: [
      {
        file: 'session/leader-client.ts',
        find: 'if (message.dbId === this.#dbId && epoch < this.#epoch) return',
        replace: 'if (message.dbId === null) return',
      },
      {
        file: 'leader/leader.ts',
        find: '      inOffice: () => this.#inOffice(),\n',
        replace: '      inOffice: () => true,\n',
      },
    ],
    faults: { leaderFreezes: 8, sessionOpens: 10, sessionCrashes: 8 },
  },
  {
    name: 'what waits for its code is lost',
    rule: 'SYNC-2',
    edits: [
      {
        file: 'session/session.ts',
        find: 'else this.#waiting.push(message)',
        replace: 'else this.#waiting.length = 0',
      },
    ],
    faults: { lateSessions: 1 },
  },
  {
    name: 'unacked commits not sent again',
    rule: 'SYNC-2',
    edits: [
      {
        file: 'session/following.ts',
        find: 'outbox.replace(own.unackedInOrder())',
        replace: 'outbox.replace([])',
      },
    ],
    faults: { leaderCrashes: 10 },
  },
  {
    name: 'nobody told of new events',
    rule: 'SYNC-2',
    edits: [
      {
        file: 'server/fan-out.ts',
        find: '    for (const wake of this.#subscribers) this.#toWake.add(wake)\n',
        replace: '',
      },
    ],
  },
  {
    name: 'readers told of a push in another order',
    rule: 'LOG-2',
    from: 3,
    edits: [
      {
        file: 'server/log-page.ts',
        find: 'confirmEvent(event, after + 1 + i)',
        replace: 'confirmEvent(events.at(-1 - i) as EventRecord, after + 1 + i)',
      },
    ],
  },
  {
    name: 'no answer awaited',
    rule: 'SYNC-2',
    edits: [
      {
        file: 'leader/heartbeat.ts',
        find: '    this.#cancelDeadline = clock.after(',
        replace: '    if (this.#greeting) this.#cancelDeadline = clock.after(',
      },
    ],
    faults: { halfOpens: 8 },
  },
  {
    name: 'commit without a savepoint',
    rule: 'LOG-3',
    from: 4,
    edits: [
      {
        file: 'replica/materialize.ts',
        find: "      this.#driver.prepare('ROLLBACK TO livefold_commit').run()\n",
        replace: '',
      },
    ],
  },
  {
    name: 'page cut within a commit',
    rule: 'LOG-3',
    from: 45,
    edits: [
      {
        file: 'server/memory-log-store.ts',
        find: '    while (end > after && end < events.length && events[end - 1]?.joined) end++\n',
        replace: '',
      },
      {
        file: 'sync/sync-state.ts',
        find: '    if (cut?.joined) return',
        replace: '    if (cut === null) return',
      },
      {
        file: 'leader/leader-state.ts',
        find: 'splitCommits(work.events).commits) this.#receive',
        replace: '[work.events]) this.#receive',
      },
    ],
    faults: { pageEvents: 2 },
  },
  {
    name: 'ping left behind by close',
    rule: 'BND-1',
    edits: [
      {
        file: 'leader/heartbeat.ts',
        find: '    this.#cancelPing?.()\n    this.#pingSent = null\n',
        replace: '    this.#pingSent = null\n',
      },
    ],
  },
  {
    name: 'quarantine not kept',
    rule: 'STATE-1',
    from: 2,
    edits: [
      {
        file: 'leader/leader-state.ts',
        find: '    this.file.verdicts.quarantine(quarantined)\n',
        replace: '',
      },
    ],
  },
]

export const mutants: readonly Mutant[] = [
  ...fullMutants,
  ...queryMutants,
  ...mediumMutants,
  ...versionMutants,
  ...protocolMutants,
]
