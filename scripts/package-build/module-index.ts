import { posix } from 'node:path'
import { isFunction, isKey, isNode, type Node, nameOf, walk } from './syntax.ts'

/** What is looked for in a module, found in one walk. Names of functions are those by which all modules know them. */
export class ModuleIndex {
  readonly file: string
  readonly calls: Node[] = []
  /** Functions of the top level and private methods. */
  readonly functions: { readonly node: Node; readonly name: string }[] = []
  readonly constants: { readonly node: Node; readonly scope: Node }[] = []
  /** Local name → name in all modules; private methods with their `#`. Only what is bound once in the module. */
  readonly #names = new Map<string, string>()
  readonly #bound = new Map<string, number>()
  readonly #uses = new Map<string, Node[]>()
  readonly #program: Node

  constructor(file: string, program: Node) {
    this.file = file
    this.#program = program
    walk(program, (node, path) => this.#enter(node, path))
    for (const [name, count] of this.#bound) if (count > 1) this.#names.delete(name)
  }

  /** What the callee of a call or `new` is called in all modules. */
  calleeOf({ callee }: Node): string | undefined {
    const { type, object, property } = callee as Node & { object: Node }
    const own = type === 'MemberExpression' && object.type === 'ThisExpression'
    return this.#names.get(own ? privateName(property) : (nameOf(callee) ?? ''))
  }

  /** All identifiers in a scope that have a declared one's name, whatever they mean; keys are none. */
  usesOf(declared: Node, scope: Node): Node[] {
    const all = this.#uses.get(nameOf(declared) ?? '') ?? []
    return all.filter((use) => use !== declared && use.start >= scope.start && use.end <= scope.end)
  }

  #enter(node: Node, path: readonly Node[]): void {
    const parent = path.at(-1)
    if (node.type === 'Identifier' && !isKey(node, parent)) {
      const name = nameOf(node)!
      this.#uses.set(name, [...(this.#uses.get(name) ?? []), node])
    }
    if (node.type === 'CallExpression' || node.type === 'NewExpression') this.calls.push(node)
    if (isFunction(node)) for (const param of node.params as Node[]) this.#bind(param)
    if (node.type === 'CatchClause') this.#bind(node.param)
    if (node.type === 'ClassDeclaration') this.#bind(node.id)
    if (node.type === 'ImportDeclaration') this.#import(node)
    if (node.type === 'FunctionDeclaration') {
      this.#bind(node.id)
      this.#function(node, nameOf(node.id), path)
    }
    if (node.type === 'MethodDefinition') this.#method(node)
    if (node.type === 'VariableDeclarator') {
      this.#bind(node.id)
      if (parent?.kind !== 'const' || !isNode(node.init)) return
      if (isFunction(node.init)) this.#function(node.init, nameOf(node.id), path.slice(0, -1))
      else this.constants.push({ node, scope: path.findLast(isFunction) ?? this.#program })
    }
  }

  #import(node: Node): void {
    const from = String((node.source as Node).value)
    const file = from.startsWith('.') ? posix.join(posix.dirname(this.file), from) : from
    for (const specifier of node.specifiers as Node[]) {
      this.#bind(specifier.local)
      const [local, imported] = [nameOf(specifier.local), nameOf(specifier.imported)]
      if (local && imported) this.#names.set(local, `${file}:${imported}`)
    }
  }

  /** Not one within another function or block: a call elsewhere cannot mean it. */
  #function(node: Node, name: string | null, path: readonly Node[]): void {
    if (name === null || path.some((each) => isFunction(each) || each.type === 'BlockStatement')) return
    this.functions.push({ node, name: `${this.file}:${name}` })
    this.#names.set(name, `${this.file}:${name}`)
  }

  #method({ key, value }: Node): void {
    const name = privateName(key)
    if (name === '') return
    this.#count(name)
    this.functions.push({ node: value as Node, name: `${this.file}:${name}` })
    this.#names.set(name, `${this.file}:${name}`)
  }

  /** Counts the names that a pattern binds; names of members and defaults count with them, which only leaves more as it is. */
  #bind(pattern: unknown): void {
    if (!isNode(pattern)) return
    if (pattern.type === 'Identifier') return this.#count(nameOf(pattern)!)
    walk(pattern, (node, path) => {
      if (node.type === 'Identifier' && !path.some(({ type }) => type === 'TSTypeAnnotation'))
        this.#count(nameOf(node)!)
    })
  }

  #count(name: string): void {
    this.#bound.set(name, (this.#bound.get(name) ?? 0) + 1)
  }
}

const privateName = (key: unknown) => (isNode(key) && key.type === 'PrivateIdentifier' ? `#${nameOf(key)}` : '')
