import type { Mutant } from './mutant.ts'

/** Seen where two sessions drew one id, or two versions of the app share a file. */
export const versionMutants: readonly Mutant[] = [
  {
    name: 'outcomes by id alone',
    rule: 'DUR-1',
    from: 10,
    edits: [
      { file: 'leader/session-hub.ts', find: 'if (known && printOf(known) === print)', replace: 'if (known)' },
      {
        file: 'leader/session-hub.ts',
        find: '    if (this.#isTaken(session, hello)) return',
        replace: '    if (this.#sessions.size === 0) return',
      },
    ],
    faults: { twins: 8, leaderCrashes: 8 },
  },
  {
    name: 'a conflict told to everyone',
    rule: 'LOG-1',
    edits: [
      { file: 'leader/leader-session.ts', find: 'filter(({ from }) => from === this)', replace: 'filter(() => true)' },
      {
        file: 'leader/session-hub.ts',
        find: '    if (this.#isTaken(session, hello)) return',
        replace: '    if (this.#sessions.size === 0) return',
      },
    ],
    faults: { twins: 8, leaderCrashes: 8 },
  },
  {
    name: 'told by id whoever has sent it',
    rule: 'STATE-1',
    edits: [
      {
        file: 'leader/leader-session.ts',
        find: 'news.senders.get(event.id) === this',
        replace: 'event.sessionId === this.sessionId',
      },
    ],
    faults: { twins: 8 },
  },
  {
    name: 'the namesake of a received commit stays applied',
    rule: 'STATE-1',
    from: 196,
    edits: [
      { file: 'leader/leader-state.ts', find: "        this.#replaced.add(pending[0]?.id ?? '')\n", replace: '' },
    ],
    faults: { twins: 8 },
  },
  {
    name: 'an older leader writes the state',
    rule: 'STATE-1',
    from: 35,
    edits: [
      {
        file: 'leader/boot.ts',
        find: 'return { ...names, logOnly: true }',
        replace: 'return { ...names, logOnly: false }',
      },
    ],
    faults: { upgrades: 6, leaderCrashes: 8 },
  },
  {
    name: 'the image of another version taken',
    rule: 'STATE-1',
    from: 24,
    edits: [
      {
        file: 'leader/session-hub.ts',
        find: 'sameFile || hello.schemaHash !== schema.hash ? null',
        replace: 'sameFile || schema === null ? null',
      },
    ],
    faults: { upgrades: 6, lateCode: 0 },
  },
  {
    name: 'a known part of an unknown commit applied',
    rule: 'LOG-3',
    from: 5,
    edits: [
      {
        file: 'replica/materialize.ts',
        find: 'if (!this.knows(commit, local)) return noWrites',
        replace: 'commit = commit.filter((event) => this.knows([event], local))',
      },
    ],
    faults: { upgrades: 6 },
  },
]
