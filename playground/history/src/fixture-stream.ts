import { FixtureTree, quotePath } from './fixture-tree.ts'

export interface FixtureOptions {
  /** Commits on the first-parent line of `main`, the root included; from 540 on it has every kind of odd name. */
  readonly commits: number
  /** Files that the root commit adds; at least 10. */
  readonly rootFiles: number
  readonly seed: number
}

const SUBMODULE = '1234567890abcdef1234567890abcdef12345678'
const EPOCH = 1_700_000_000

/**
 * The commands that make git's fast-import write the fixture: a root commit of many files, then a random walk of
 * edits, additions, deletions, renames, mode changes, type changes, odd names, a submodule, files that become
 * directories and back, empty commits, side branches and merges (some with three parents, some that keep nothing).
 */
export function* fixtureStream(options: FixtureOptions): Generator<string> {
  const random = randomOf(options.seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const tree = new FixtureTree(below)
  let mark = 0
  let tick = 0
  let main = 0

  function* commit(branch: string, subject: string, from: readonly number[], changes: readonly string[]) {
    mark += 1
    tick += 1
    const who = `Author ${tick % 17} <author${tick % 17}@example.org> ${EPOCH + tick * 600} +0100`
    const [parent, ...merged] = from
    yield `commit refs/heads/${branch}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${data(subject)}`
    if (parent !== undefined) yield `from :${parent}\n`
    for (const other of merged) yield `merge :${other}\n`
    yield `${changes.join('')}\n`
    return mark
  }

  main = yield* commit('main', 'Root: a tree of many files', [], tree.plant(options.rootFiles))
  for (let n = 2; n <= options.commits; n++) {
    const kind = n % 30
    if (kind === 7 || kind === 21) {
      const sides: number[] = []
      for (let side = 0; side < (kind === 7 ? 1 : 2); side++) {
        const branch = `side-${n}-${side}`
        const path = quotePath(`side/${branch}.txt`)
        const first = yield* commit(branch, `Side work ${n}`, [main], [`M 100644 inline ${path}\n${data(`1 of ${n}`)}`])
        sides.push(yield* commit(branch, `More side work ${n}`, [first], [`D ${path}\n`]))
      }
      // fast-import merges no trees: a merge holds its first parent's tree and what is listed here.
      const brought = n % 4 === 0 ? [] : [...tree.add(`side/merged-${n}.txt`), ...tree.edit()]
      main = yield* commit('main', `Merge side work ${n}`, [main, ...sides], brought)
    } else {
      const [subject, changes] = change(tree, kind, n, below)
      main = yield* commit('main', subject, [main], changes)
    }
  }
  yield 'done\n'
}

type Below = (limit: number) => number

function change(tree: FixtureTree, kind: number, n: number, below: Below): [subject: string, changes: string[]] {
  switch (kind) {
    case 1:
      return [`Empty commit ${n}`, []]
    case 3:
      return [`Make executable ${n}`, tree.toggleMode()]
    case 5:
      return [`Rename ${n}`, [...tree.rename(), ...tree.rename()]]
    case 9:
      return [`Odd name ${n} – ünïcödé ✓`, tree.add(oddName(n, below))]
    case 11:
      return [`Symlink ${n}`, tree.toggleSymlink()]
    case 13:
      return [`Submodule ${n}`, tree.moveSubmodule('vendor/module', SUBMODULE.replace(/.{4}$/, hex4(n)))]
    case 15:
      return [`File to directory, or back ${n}`, tree.toggleDirectory('swap/place')]
    case 17:
      return [`Delete ${n}`, [...tree.remove(), ...tree.remove()]]
    case 19:
      return [`Rename a directory ${n}`, tree.moveDirectory('moving', n)]
    case 23:
      return [`Remove and put back ${n}`, tree.restore()]
    default:
      return [`Edit ${n}`, [...tree.edit(), ...tree.edit(), ...(n % 2 ? tree.add(`src/new/${n}.ts`) : [])]]
  }
}

function oddName(n: number, below: Below): string | Buffer {
  const names: readonly (string | Buffer)[] = [
    `odd/with space ${n}`,
    `odd/quote " and ' ${n}`,
    `odd/back\\slash ${n}`,
    `odd/new\nline ${n}`,
    `odd/tab\tstop ${n}`,
    `odd/emoji 😀👩‍👩‍👧 ${n}`,
    `odd/-leading-dash-${n}`,
    `-dash-at-the-root-${n}`,
    `:colon at the root ${n}`,
    `odd/percent %41 100% ${n}`,
    `odd/combining e\u0301 ${n}`,
    `odd/precomposed é ${n}`,
    `odd/日本語 ${n}`,
    `\ufeffbyte order mark ${n}`,
    `odd/control \u0001\u001b[31m ${n}`,
    `odd/'; drop table files; -- ${n}`,
    Buffer.from(`odd/latin-1 caf\u00e9 ${n}`, 'latin1'),
    Buffer.concat([Buffer.from(`odd/cut ${n} `), Buffer.from([0xf0, 0x9f, 0x98])]),
  ]
  // Walks through all of them before it repeats, in every fixture long enough.
  return names[Math.floor(n / 30) % names.length] ?? `odd/${below(1_000)}`
}

function hex4(n: number): string {
  return n.toString(16).padStart(4, '0')
}

/** The `data` command with its payload. */
export function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}

/** Mulberry32: small, seeded, good enough to pick files. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
