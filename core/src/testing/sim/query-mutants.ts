import type { Mutant } from './mutant.ts'

/** Seen by live queries, which are compared with a fresh run of their SQL after each step. */
export const queryMutants: readonly Mutant[] = [
  {
    name: 'undo without news',
    rule: 'QRY-1',
    edits: [
      {
        file: 'replica/rebase.ts',
        find: '    this.#materialize.changes?.beforeUndo(this.#applied, this.#appliedLocals)\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a limit that runs short stays short',
    rule: 'QRY-1',
    from: 2,
    edits: [
      {
        file: 'query/maintained-list.ts',
        find: 'if (spare === 0 || this.#complete) return',
        replace: 'if (spare <= 0) return',
      },
    ],
  },
  {
    name: 'a count forgets what left',
    rule: 'QRY-1',
    edits: [{ file: 'query/maintained-tally.ts', find: 'exact(total - this.#part(host, before))', replace: 'total' }],
  },
  {
    name: 'the row of a key keeps what it showed',
    rule: 'QRY-1',
    edits: [{ file: 'query/maintained-row.ts', find: 'if (held && before?.[place] === stored)', replace: 'if (held)' }],
  },
  {
    name: 'an update by key makes the row that it misses',
    rule: 'QRY-1',
    edits: [
      { file: 'query/maintained-row.ts', find: '    if (partial && !held) throw new Undecided()\n', replace: '' },
    ],
  },
  {
    name: 'the first of two updates of a row is taken for both',
    rule: 'QRY-1',
    from: 19,
    edits: [
      {
        file: 'replica/change-collector.ts',
        find: '    if (row) row.after = undefined\n    else this.#add',
        replace: '    if (!row) this.#add',
      },
    ],
  },
  {
    name: 'rows of one rank are one row',
    rule: 'QRY-1',
    edits: [
      {
        file: 'query/list-plan.ts',
        find: 'i < this.#terms.length; i++',
        replace: 'i < Math.max(1, this.#terms.length - 1); i++',
      },
    ],
  },
  {
    name: 'null is the text null',
    rule: 'QRY-1',
    from: 6,
    edits: [
      {
        file: 'query/plan-key.ts',
        find: '<< 64n : only\n',
        replace: "<< 64n : (only ?? 'null')\n",
      },
    ],
  },
  {
    name: 'everyone wakes',
    rule: 'QRY-2',
    edits: [
      {
        file: 'query/structural-sharing.ts',
        find: '  return same ? previous : next\n}\n\n/**\n',
        replace: '  return next\n}\n\n/**\n',
      },
      {
        file: 'query/subscription.ts',
        find: 'if (sameValue(value, this.#heard)) return',
        replace: 'if (value === this.#heard && sameValue(value, this.#heard)) return',
      },
    ],
  },
]
