import type { Mutant } from '../mutant.ts'

/** Ways to break the protocol with the backend, looked for in worlds without tables. */
export const protocolMutants: readonly Mutant[] = [
  {
    name: 'late behind ends pushing',
    rule: 'SYNC-2',
    from: 1770,
    world: 'protocol',
    edits: [
      {
        file: 'sync/sync-state.ts',
        find: '    if (behind.more && this.#received < behind.head) return []\n',
        replace: '    if (behind.more) return []\n',
      },
    ],
    faults: { pageEvents: 2, unordered: 0, slowLog: 0.6, tail: 200, commitEvents: 1 },
  },
  {
    name: 'flights outlive the line',
    rule: 'SYNC-2',
    world: 'protocol',
    edits: [{ file: 'sync/sync-state.ts', find: '    this.#flights.clear()\n', replace: '' }],
  },
  {
    name: 'what a lost line brought is kept',
    rule: 'LOG-2',
    from: 132,
    world: 'protocol',
    edits: [{ file: 'leader/upstream.ts', find: '    this.#options.lost()\n', replace: '' }],
    faults: { restores: 1, storageFaults: 0.8, lostStorages: 0, unordered: 0 },
  },
  {
    name: 'restored backend not noticed',
    rule: 'LOG-2',
    from: 78,
    world: 'protocol',
    edits: [
      {
        file: 'server/memory-log-store.ts',
        find: 'return id !== null && this.#logs.get(storeId)?.events[seq - 1]?.id === id',
        replace: 'return id !== null && (this.#logs.get(storeId)?.events.length ?? 0) >= seq',
      },
    ],
    faults: { restores: 2 },
  },
  {
    name: 'another backend not noticed',
    rule: 'SYNC-2',
    world: 'protocol',
    edits: [
      {
        file: 'sync/sync-state.ts',
        find: '      if (this.backendId !== welcome.backendId)\n',
        replace: '      if (welcome.backendId === null)\n',
      },
      {
        file: 'server/hello.ts',
        find: '  if (hello.backendId !== backendId) {\n',
        replace: '  if (backendId === null) {\n',
      },
    ],
    faults: { restores: 2 },
  },
  {
    name: 'no welcome awaited',
    rule: 'SYNC-2',
    world: 'protocol',
    edits: [{ file: 'leader/heartbeat.ts', find: '    this.#expectIn(GREETING_TIMEOUT)\n', replace: '' }],
    faults: { halfOpens: 8, partitions: 4, serverCrashes: 4 },
  },
  {
    name: 'no second attempt to connect',
    rule: 'SYNC-2',
    world: 'protocol',
    edits: [
      {
        file: 'leader/upstream.ts',
        find: '      this.#cancelRetry = null\n      this.connect()\n',
        replace: '      this.#cancelRetry = null\n',
      },
    ],
  },
  {
    name: 'gathered pages never handed over',
    rule: 'SYNC-2',
    world: 'protocol',
    edits: [
      {
        file: 'leader/upstream.ts',
        find: '      this.#carryOut(this.#sync.gathered())\n',
        replace: '',
      },
      {
        file: 'sync/sync-state.ts',
        find: '    if (page.more && this.#gathered.length < GATHER_EVENTS) return adopted\n',
        replace: '    if (this.#gathered.length < GATHER_EVENTS) return adopted\n',
      },
    ],
  },
  {
    name: 'push does not name the one before it',
    rule: 'LOG-4',
    from: 48,
    world: 'protocol',
    edits: [
      {
        file: 'sync/sync-state.ts',
        find: '    const afterId = before ? (before.ids.at(-1) as EventId) : this.#receivedId\n',
        replace: '    const afterId = this.#receivedId\n',
      },
      {
        file: 'sync/sync-state.ts',
        find: '    const after = before ? before.after + before.ids.length : this.#received\n',
        replace: '    const after = this.#received\n',
      },
      {
        file: 'sync/sync-state.ts',
        find: '    this.#flights.break()\n    if (this.#gather(behind',
        replace: '    if (this.#gather(behind',
      },
    ],
    faults: { commitEvents: 20, unordered: 0 },
  },
  {
    name: 'pushed again without what was kept',
    rule: 'LOG-4',
    world: 'protocol',
    edits: [
      {
        file: 'server/kept-push.ts',
        find: 'kept.push.events.concat(push.events)',
        replace: 'push.events.length > 0 ? push.events : kept.push.events',
      },
    ],
    faults: { unordered: 0 },
  },
  {
    name: 'own events confirmed one place too early',
    rule: 'LOG-2',
    world: 'protocol',
    edits: [
      {
        file: 'sync/sync-state.ts',
        find: '    const ids = flight.ids.slice(skip)\n',
        replace: '    const ids = flight.ids.slice(skip + 1)\n',
      },
    ],
  },
]
