// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is source that is looked at
import { parseSync } from 'vite'
import { expect, test } from 'vitest'
import { lateTextsOf } from './late-texts.ts'
import type { Node, Parse } from './syntax.ts'

const parse: Parse = (code, file) => {
  const { program, errors } = parseSync(file, code)
  if (errors[0]) throw new Error(errors[0].message)
  return program as unknown as Node
}

/** Of one module or several: what they become, and the texts in the order of their numbers. */
function late(sources: string | Record<string, string>): { code: Record<string, string>; texts: string[] } {
  const given = typeof sources === 'string' ? { 'a.ts': sources } : sources
  const head = `import { StoreError } from './base/errors.ts'\n`
  const all = new Map(Object.entries(given).map(([file, code]) => [file, head + code]))
  const { texts, modules } = lateTextsOf(all, { parse, lateText: 'base/late-text.ts' })
  const imported = `import { lateText } from './base/late-text.ts';`
  const bare = (code: string) => code.replace(imported, '').replace(head, '')
  return {
    code: Object.fromEntries([...modules].map(([file, code]) => [file, bare(code)])),
    texts: [...texts.values()],
  }
}

const alone = (code: string) => late(code).code['a.ts']

test('a message becomes a number, and its expressions arguments in their order', () => {
  const { code, texts } = late("throw new StoreError('a/b', `no column ${name} in table ${table.name}`, { details })")
  expect(code).toEqual({ 'a.ts': "throw new StoreError('a/b', lateText(1, name, table.name), { details })" })
  expect(texts).toEqual(['no column %s in table %s'])
})

test('equal texts have one number, whatever stands in them', () => {
  const { code, texts } = late(
    'new StoreError(c, `nothing known of ${a}`); new StoreError(c, `nothing known of ${b.c()}`)',
  )
  expect(code['a.ts']).toBe('new StoreError(c, lateText(1, a)); new StoreError(c, lateText(1, b.c()))')
  expect(texts).toEqual(['nothing known of %s'])
})

test.each([
  ["(way ? 'the long way round' : 'the other way round')", '(way ? lateText(1) : lateText(2))'],
  ["way ?? 'the long way round'", 'way ?? lateText(1)'],
  ["'the long way' + ` round by ${x}`", 'lateText(1, x)'],
  ["x + 'the long way round'", 'x + lateText(1)'],
  ["`it goes ${way ? 'the long way round' : 'so'} today`", "lateText(1, way ? lateText(2) : 'so')"],
  ['`it goes ${say(`the long way ${x}`)} today`', 'lateText(1, say(`the long way ${x}`))'],
  ['`\n  it goes on\n  ${x}`', 'lateText(1, x)\n\n'],
])('choices, joined pieces and nested texts: %s', (message, becomes) => {
  expect(alone(`new StoreError(c, ${message})`)).toBe(`new StoreError(c, ${becomes})`)
})

test('lines stay where they are', () => {
  const code = 'f()\nnew StoreError(c,\n  `it goes ${\n    x\n  } and\n so on`,\n)\ng()'
  expect(alone(code)!.split('\n').length).toBe(code.split('\n').length)
  expect(alone(code)!.split('\n').indexOf('g()')).toBe(code.split('\n').indexOf('g()'))
})

test('texts go the way of parameters, through functions of other modules and private methods', () => {
  const { code } = late({
    'damage.ts':
      "export function damaged(what: string): StoreError {\n return new StoreError('a', `damaged: ${what}`)\n}",
    'log.ts': `import { damaged as broken } from './damage.ts'
class Log { #fail(why: string) { return broken(why) } read() { throw this.#fail('a row is missing') } }`,
  })
  expect(code['log.ts']).toContain('this.#fail(lateText(1))')
})

test('what is given to messageFor is a message too', () => {
  const code = `import { messageFor } from './base/late-text.ts'
function invariant(condition: unknown, what: string) { if (!condition) throw new Error(messageFor('invariant', what)) }
invariant(a, 'a is not as it was')`
  expect(alone(code)).toContain('invariant(a, lateText(1))')
})

test('what is given to messagePart is a part of some message', () => {
  const code = `import { messagePart } from './base/late-text.ts'
function told(found: { why: string }, why: string) { found.why = messagePart(why) }
const rule = { refuse: () => messagePart('this is not a read') }
told(found, 'nested too deep for it')`
  expect(alone(code)).toContain('messagePart(lateText(1))')
  expect(alone(code)).toContain('told(found, lateText(2))')
})

test('what development alone says has no entry, whatever else is asked', () => {
  const code = (test: string) => `if (${test}) { if (a) throw new StoreError(c, 'a text that is long') }`
  expect(alone(code('DEVELOPMENT'))).toBeUndefined()
  expect(alone(code('DEVELOPMENT && b && d'))).toBeUndefined()
  expect(alone(code('b && DEVELOPMENT'))).toContain('lateText(1)')
  expect(alone(`if (DEVELOPMENT) f(); else throw new StoreError(c, 'a text that is long')`)).toContain('lateText(1)')
})

test('a constant that is used in messages alone is one', () => {
  const code = (more: string) =>
    `function f() { const hint = 'give it a number'; ${more} throw new StoreError(c, hint) }`
  expect(alone(code(''))).toContain('const hint = lateText(1)')
  expect(alone(code('log(hint);'))).toBeUndefined()
})

test.each([
  [
    'a message that is data as well',
    "const e = (why: string) => new StoreError(c, why, { details: { why } }); e('a long reason why')",
  ],
  ['a short one', 'new StoreError(c, `${a}: ${b}`)'],
  ['what is no message', "new StoreError('a code that is long'); other('a', 'a text that is long')"],
  ['another class of that name', "function f(StoreError: any) { new StoreError(c, 'a text that is long') }"],
  [
    'a function of a name that is bound twice',
    "function e(s: string) { return new StoreError(c, s) } function g(e: any) { e('a text that is long') }",
  ],
  [
    'methods of one name',
    "class A { #e(s: string) { return new StoreError(c, s) } } class B { #e(s: string) { send(s) } f() { this.#e('a text that is long') } }",
  ],
  [
    'a parameter that is assigned',
    "function e(s: string) { s = s.trim(); return new StoreError(c, s) } e('a text that is long')",
  ],
  [
    'arguments behind a spread',
    "function e(a: any, s: string) { return new StoreError(c, s) } e(...list, 'a text that is long')",
  ],
  ['SQL', "driver.exec('SELECT a FROM b WHERE c')"],
])('left as it is: %s', (_, code) => {
  expect(late(code)).toEqual({ code: {}, texts: [] })
})

test.each([
  ['\nnew StoreError(c, `at most 5%s of ${x}`)', 'a.ts:3: a message holds %s'],
  ['new StoreError(c, `the list holds ${a, b}`)', 'a.ts:2: a message holds a comma expression'],
  ["const lateText = 1; new StoreError(c, 'a text that is long')", 'the name lateText is taken'],
  ["new StoreError(c, 'a text that is long'", 'Expected'],
])('the build fails rather than guess: %s', (code, why) => {
  expect(() => late(code)).toThrow(why)
})
