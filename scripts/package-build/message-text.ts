import { isNode, type Node } from './syntax.ts'

/** What stands for an argument in a text of the table. */
export const ARGUMENT = '%s'
/** Shorter ones are left where they are: the call would not be shorter. */
const SHORTEST = 14

/** A text with its arguments taken out. */
export interface MessageText {
  readonly text: string
  readonly args: readonly Node[]
}

/** The parts that an expression in the place of a message is made of: itself, what stands in parentheses, both ways of a choice. */
export function partsOf(node: Node): Node[] {
  const inner = node.type === 'ParenthesizedExpression' ? [node.expression] : []
  const ways = node.type === 'ConditionalExpression' ? [node.consequent, node.alternate] : []
  // Of `a ?? 'text'`, `a || 'text'`: the text.
  const last = node.type === 'LogicalExpression' && node.operator !== '&&' ? [node.left, node.right] : []
  const below = [...inner, ...ways, ...last].filter(isNode)
  return below.length === 0 ? [node] : below.flatMap(partsOf)
}

/** The text of a string, a template, or of such joined by `+`; null for all else, and for what is too short to be worth it. */
export function messageTextOf(node: Node, fail: (what: string, at: Node) => never): MessageText | null {
  const pieces = piecesOf(node)
  if (pieces === null) return null
  const fixed = pieces.filter((piece) => typeof piece === 'string')
  for (const piece of fixed)
    if (piece.includes(ARGUMENT)) fail(`a message holds ${ARGUMENT}, which stands for arguments`, node)
  if (fixed.join('').length < SHORTEST) return null
  const args = pieces.filter((piece) => typeof piece !== 'string')
  for (const arg of args) if (arg.type === 'SequenceExpression') fail('a message holds a comma expression', arg)
  return {
    args,
    text: pieces.map((piece) => (typeof piece === 'string' ? piece : ARGUMENT)).join(''),
  }
}

function piecesOf(node: Node): (string | Node)[] | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : null
  if (node.type === 'TemplateLiteral') {
    const expressions = node.expressions as Node[]
    return (node.quasis as Node[]).flatMap((quasi, i) => [
      (quasi.value as { cooked: string }).cooked,
      ...expressions.slice(i, i + 1),
    ])
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null
  // `+` joins as a template does only where both sides are strings for certain.
  const [left, right] = [piecesOf(node.left as Node), piecesOf(node.right as Node)]
  return left && right && [...left, ...right]
}
