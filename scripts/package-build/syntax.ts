// As much of an ESTree as is looked at here; the parser is rolldown's own.

export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export type Parse = (code: string, file: string) => Node

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** The nodes directly below one, in the order of the source. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
    .sort((a, b) => a.start - b.start)
}

/** Visits a node and all below it, parents first; `path` holds the ancestors, the nearest last. */
export function walk(node: Node, visit: (node: Node, path: readonly Node[]) => void, path: readonly Node[] = []): void {
  visit(node, path)
  const below = [...path, node]
  for (const child of childrenOf(node)) walk(child, visit, below)
}

export const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression'

export const nameOf = (node: unknown): string | null =>
  isNode(node) && (node.type === 'Identifier' || node.type === 'PrivateIdentifier') ? String(node.name) : null

/** Of `x.y` and `{ y: … }` the `y`: a name, and no reference. */
export function isKey(node: Node, parent: Node | undefined): boolean {
  if (!parent || parent.computed === true) return false
  if (parent.type === 'MemberExpression') return parent.property === node
  return parent.key === node && parent.shorthand !== true
}
