import { partsOf } from './message-text.ts'
import { ModuleIndex } from './module-index.ts'
import type { Node } from './syntax.ts'

/** Function → the indexes of its parameters that end up in messages and nowhere else. */
type Carriers = Map<string, Set<number>>

/**
 * The expressions whose value becomes the message of an error and nothing else: the second argument of `new StoreError` and of `messageFor`, that
 * of `messagePart`, what is given on to it through parameters of these modules' functions, and constants that are used in such places alone.
 *
 * @param modules path → syntax tree
 */
export function messagePlaces(modules: ReadonlyMap<string, Node>): Map<string, ReadonlySet<Node>> {
  const indexes = [...modules].map(([file, program]) => new ModuleIndex(file, program))
  const carriers: Carriers = new Map()
  const places = new Map(indexes.map((index) => [index, new Set<Node>()]))
  // Each round knows one step more of the way that a text takes.
  for (let before = -1; before !== sizeOf(carriers, places); ) {
    before = sizeOf(carriers, places)
    for (const [index, found] of places) {
      for (const call of index.calls) for (const node of messagesOf(call, index, carriers)) addPlace(node, found)
      for (const { node, scope } of index.constants) {
        if (onlyInMessages(node.id as Node, scope, index, found)) addPlace(node.init as Node, found)
      }
      for (const { node, name } of index.functions) {
        const params = node.params as Node[]
        for (const [at, param] of params.entries()) {
          if (!onlyInMessages(param, node, index, found)) continue
          carriers.set(name, (carriers.get(name) ?? new Set()).add(at))
        }
      }
    }
  }
  return new Map([...places].map(([index, found]) => [index.file, found]))
}

const sizeOf = (...maps: readonly ReadonlyMap<unknown, ReadonlySet<unknown>>[]) =>
  maps.flatMap((map) => [...map.values()]).reduce((sum, { size }) => sum + size, 0)

function messagesOf(call: Node, index: ModuleIndex, carriers: Carriers): Node[] {
  const given = call.arguments as Node[]
  const callee = index.calleeOf(call)
  // Behind `...list` no argument is known by its index.
  if (callee === undefined || given.some(({ type }) => type === 'SpreadElement')) return []
  const made = call.type === 'NewExpression'
  const isMessage = callee.endsWith(made ? ':StoreError' : ':messageFor')
  const isPart = !made && callee.endsWith(':messagePart')
  const at = isMessage ? [1] : isPart ? [0] : made ? [] : [...(carriers.get(callee) ?? [])]
  return at.flatMap((each) => given[each] ?? [])
}

function addPlace(node: Node, places: Set<Node>): void {
  places.add(node)
  for (const part of partsOf(node)) {
    places.add(part)
    if (part.type === 'TemplateLiteral') for (const piece of part.expressions as Node[]) addPlace(piece, places)
    if (part.type === 'BinaryExpression' && part.operator === '+') {
      addPlace(part.left as Node, places)
      addPlace(part.right as Node, places)
    }
  }
}

/** A second thing of that name in the scope counts as another use, so that none is taken for the other. */
function onlyInMessages(declared: Node, scope: Node, index: ModuleIndex, places: ReadonlySet<Node>): boolean {
  if (declared.type !== 'Identifier') return false
  const uses = index.usesOf(declared, scope)
  return uses.length > 0 && uses.every((use) => places.has(use))
}
