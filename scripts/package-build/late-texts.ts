import { posix } from 'node:path'
import { messagePlaces } from './message-places.ts'
import { messageTextOf } from './message-text.ts'
import { type Node, nameOf, type Parse, walk } from './syntax.ts'

/** A package's modules as they are in its production variant, and its table of texts. */
export interface LateTexts {
  /** Number → text. */
  readonly texts: ReadonlyMap<number, string>
  /** Path → changed source; lines stay where they are. Modules without messages are not in it. */
  readonly modules: ReadonlyMap<string, string>
}

export interface LateTextsOptions {
  readonly parse: Parse
  /** Path of the module that exports `lateText`. */
  readonly lateText: string
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly number: number
  readonly args: readonly Node[]
}

/**
 * Takes the messages of `StoreError`s out of modules: `lateText(17, a, b)` stands where `` `text ${a} of ${b}` `` was.
 *
 * @param sources path below the package's `src` → source
 */
export function lateTextsOf(sources: ReadonlyMap<string, string>, options: LateTextsOptions): LateTexts {
  const { parse, lateText } = options
  const files = [...sources.keys()].sort()
  const modules = new Map(files.map((file) => [file, parse(sources.get(file)!, file)]))
  const places = messagePlaces(modules)
  const numbers = new Map<string, number>()
  const changed = new Map<string, string>()
  for (const [file, program] of modules) {
    const code = sources.get(file)!
    const fail = (what: string, at: Node): never => {
      throw new Error(`${file}:${code.slice(0, at.start).split('\n').length}: ${what}`)
    }
    const numberOf = (text: string) => {
      const number = numbers.get(text) ?? numbers.size + 1
      numbers.set(text, number)
      return number
    }
    const edits = editsOf(program, places.get(file)!, numberOf, fail)
    if (edits.length === 0) continue
    if (/\blateText\b/.test(code)) fail('the name lateText is taken', program)
    changed.set(
      file,
      `import { lateText } from '${relativePath(file, lateText)}';${replaced(code, 0, code.length, edits)}`,
    )
  }
  return { texts: new Map([...numbers].map(([text, number]) => [number, text])), modules: changed }
}

const relativePath = (file: string, target: string) =>
  posix.relative(posix.dirname(file), target).replace(/^(?!\.)/, './')

function editsOf(
  program: Node,
  places: ReadonlySet<Node>,
  numberOf: (text: string) => number,
  fail: (what: string, at: Node) => never,
): Edit[] {
  const edits: Edit[] = []
  walk(program, (node, path) => {
    // Of pieces joined by `+` the whole is one text.
    if (!places.has(node) || inDevelopment(path) || edits.some((edit) => joined(edit, node, path))) return
    const found = messageTextOf(node, fail)
    if (!found) return
    edits.push({ start: node.start, end: node.end, number: numberOf(found.text), args: found.args })
  })
  return edits
}

/** Below `if (DEVELOPMENT …)`: it is dropped with that, and needs no entry. */
function inDevelopment(path: readonly Node[]): boolean {
  return path.some((each, at) => {
    if (each.type !== 'IfStatement' || path[at + 1] !== each.consequent) return false
    let test = each.test as Node
    while (test.type === 'LogicalExpression' && test.operator === '&&') test = test.left as Node
    return nameOf(test) === 'DEVELOPMENT'
  })
}

/** Whether a node is a fixed part of an edit, and none of its arguments or within one. */
function joined(edit: Edit, node: Node, path: readonly Node[]): boolean {
  if (node.start < edit.start || node.end > edit.end) return false
  return !edit.args.some((arg) => arg === node || path.includes(arg))
}

/** The source of a range with its edits made. As many line breaks as before, so that source maps stay true. */
function replaced(code: string, start: number, end: number, edits: readonly Edit[]): string {
  const outer = edits.filter(
    (edit) =>
      edit.start >= start &&
      edit.end <= end &&
      !edits.some((other) => other !== edit && other.start >= start && other.end <= end && contains(other, edit)),
  )
  let result = ''
  let at = start
  for (const edit of outer) {
    const inside = edits.filter((other) => other !== edit && contains(edit, other))
    const args = edit.args.map((arg) => replaced(code, arg.start, arg.end, inside))
    const call = `lateText(${[edit.number, ...args].join(', ')})`
    const breaks = linesIn(code.slice(edit.start, edit.end)) - linesIn(call)
    result += code.slice(at, edit.start) + call + '\n'.repeat(breaks)
    at = edit.end
  }
  return result + code.slice(at, end)
}

const contains = (outer: Edit, inner: Edit) => outer.start <= inner.start && inner.end <= outer.end
const linesIn = (code: string) => code.split('\n').length - 1
