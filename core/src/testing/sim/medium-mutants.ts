import type { Mutant } from './mutant.ts'

/** Seen where the medium fails, is emptied, or another version of the app comes to it. */
export const mediumMutants: readonly Mutant[] = [
  {
    name: 'the mirror of a failed transaction kept',
    rule: 'DUR-1',
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
    name: 'a round trip below zero told',
    rule: 'SYNC-2',
    edits: [
      {
        file: 'leader/upstream.ts',
        find: 'Math.max(0, this.#options.clock.now() - this.#pingSent)',
        replace: 'this.#options.clock.now() - this.#pingSent',
      },
    ],
    faults: { clockJumps: 40, delays: [150, 150, 150, 150], tail: 200 },
  },
]
