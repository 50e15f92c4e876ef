import type { Mutant } from './mutant.ts'

/** Seen where the medium fails, is emptied, or another version of the app comes to it. */
export const mediumMutants: readonly Mutant[] = [
  {
    name: 'the mirror of a failed transaction kept',
    rule: 'DUR-1',
    from: 48,
    edits: [{ file: 'leader/leader.ts', find: '      this.#state = this.#loadState()\n', replace: '' }],
    faults: { storageTroubles: 12 },
  },
  {
    name: 'a failed transaction not tried again',
    rule: 'SYNC-2',
    edits: [{ file: 'leader/leader.ts', find: '      this.#cancelRetry = null\n      this.#retry()\n', replace: '' }],
    faults: { storageTroubles: 12 },
  },
  {
    name: 'a failing medium not told of',
    rule: 'SYNC-2',
    from: 7,
    edits: [
      {
        file: 'leader/leader.ts',
        find: "    this.#storageWait = { code: 'storage', detail: error.message, since: this.#storageWait?.since ?? clock.now() }\n",
        replace: '',
      },
    ],
    faults: { storageTroubles: 12 },
  },
  {
    name: 'a round trip measured by the wall clock',
    rule: 'SYNC-2',
    from: 85,
    edits: [
      {
        file: 'leader/heartbeat.ts',
        find: 'this.#pingSent = this.#now',
        replace: 'this.#pingSent = this.#options.clock.now()',
      },
      {
        file: 'leader/heartbeat.ts',
        find: 'this.#now - this.#pingSent',
        replace: 'this.#options.clock.now() - this.#pingSent',
      },
    ],
    faults: { clockJumps: 40, delays: [150, 150, 150, 150], tail: 200 },
  },
  {
    name: 'lost storage not reported',
    rule: 'SESS-1',
    edits: [
      {
        file: 'session/following.ts',
        find: '    if (this.#wanted.head < this.#headBefore) events.failed(lostStorage(this.#headBefore, this.#wanted.head))\n',
        replace: '',
      },
    ],
    faults: { lostStorages: 6 },
  },
  {
    name: 'what lost storage held not sent again',
    rule: 'SYNC-2',
    from: 20,
    edits: [{ file: 'session/wanted.ts', find: '    this.#verdicts.unack(unknown)\n', replace: '' }],
    faults: { lostStorages: 6 },
  },
  {
    name: 'first epochs of two files alike, and commits taken before a hello',
    rule: 'LOG-4',
    from: 54,
    edits: [
      { file: 'leader/boot.ts', find: 'const FIRST_EPOCHS = 1e9', replace: 'const FIRST_EPOCHS = 1' },
      {
        file: 'leader/session-hub.ts',
        find: 'if (session.sessionId) this.#options.submit',
        replace: 'this.#options.submit',
      },
    ],
    faults: { lostStorages: 6 },
  },
  {
    name: 'parents go back with the head',
    rule: 'LOG-4',
    edits: [
      {
        file: 'session/session.ts',
        find: 'this.#parent = Math.max(this.#parent, replica.head)',
        replace: 'this.#parent = replica.head',
      },
    ],
    faults: { lostStorages: 6 },
  },
  {
    name: 'what came before the leader lost',
    rule: 'SYNC-2',
    edits: [{ file: 'leader/leader-host.ts', find: '    leader.receive(reception.letters)\n', replace: '' }],
    faults: { lateCode: 1 },
  },
  {
    name: 'what came before the leader in another order',
    rule: 'LOG-4',
    from: 55,
    edits: [
      {
        file: 'leader/leader-host.ts',
        find: 'leader.receive(reception.letters)',
        replace: 'leader.receive([...reception.letters].reverse())',
      },
    ],
    faults: { lateCode: 1 },
  },
  {
    name: 'answered before the leader, and told nothing after',
    rule: 'SYNC-2',
    edits: [{ file: 'leader/session-hub.ts', find: '    if (guest.live) session.goLive()\n', replace: '' }],
    faults: { lateCode: 1 },
  },
  {
    name: 'answered by a leader that was deposed before it worked',
    rule: 'SESS-1',
    from: 153,
    edits: [
      {
        file: 'leader/reception.ts',
        find: '      checkEpoch(file, epoch)\n',
        replace: '      void [checkEpoch, epoch]\n',
      },
    ],
    faults: { lateCode: 1, leaderFreezes: 8, sessionOpens: 10, sessionCrashes: 8 },
  },
]
