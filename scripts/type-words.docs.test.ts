import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './workspace.ts'

// What an editor shows of an app's queries: its rows and columns, not the aliases that they were computed by.

mkdirSync(join(root, 'docs/.livefold'), { recursive: true })
const folder = mkdtempSync(join(root, 'docs/.livefold/words-'))
const file = join(folder, 'app.ts')

const declarations = `
import { groupBy, innerJoin, localTable, table, text, integer, defineSchema, event, queryDb, type Store } from '@livefold/core'
import { z } from 'zod'
declare const store: Store
const lists = table('lists', { id: text().primaryKey(), name: text() })
const items = table('items', { id: text().primaryKey(), listId: text(), qty: integer().default(1) })
const here = localTable('here', { id: text().primaryKey() })
const bought = event('v1.Bought', z.object({ id: z.string() }))
export const rows = store.query(queryDb(items.where({ qty: 1 }).orderBy('id')))
export const row = store.query(items.where({ id: 'a' }).first())
export const joined = store.query(innerJoin(items, lists, { listId: 'id' }).first())
export const groups = store.query(groupBy(items, 'listId').aggregate((of) => ({ n: of.count() })))
`

const wrongs: readonly (readonly [code: string, message: string])[] = [
  [
    'items.where({ nope: 1 })',
    "'nope' does not exist in type 'Match<{ readonly id: string; readonly listId: string; readonly qty: number; }>",
  ],
  ["items.where({ qty: 'x' })", "Type 'string' is not assignable to type 'number | readonly number[] | undefined'"],
  ["items.orderBy('nope')", 'not assignable to parameter of type \'"id" | "listId" | "qty"\''],
  ["groupBy(items, 'nope')", 'not assignable to parameter of type \'"id" | "listId" | "qty"\''],
  ["innerJoin(items, lists, { listId: 'nope' })", 'not assignable to type \'"id" | "name"\''],
  ["innerJoin(items, lists, { qty: 'id' })", "Type 'string' is not assignable to type 'never'"],
  [
    "items.insert({ id: 'a' })",
    "of type '{ readonly id: string; readonly listId: string; readonly qty?: number | undefined; }'",
  ],
  [
    'defineSchema({ version: 1, tables: { here }, events: { bought }, materializers: { bought: (_, ctx) => (ctx.query(here), []) } })',
    '& "materializers of synced events read no local tables"',
  ],
]

let program: ts.Program
let source: ts.SourceFile

beforeAll(() => {
  writeFileSync(file, `${declarations}${wrongs.map(([code]) => `${code}\n`).join('')}`)
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  program = ts.createProgram([file], { ...options, noEmit: true, noUnusedLocals: false, types: [] })
  source = program.getSourceFile(file)!
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('types of results are spelled out', () => {
  const checker = program.getTypeChecker()
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)
  const flags = ts.TypeFormatFlags.NoTruncation
  const item = '{ readonly id: string; readonly listId: string; readonly qty: number; }'
  expect(exported.map((symbol) => checker.typeToString(checker.getTypeOfSymbol(symbol), source, flags))).toEqual([
    `readonly ${item}[]`,
    `${item} | undefined`,
    '{ readonly "items.id": string; readonly "items.listId": string; readonly "items.qty": number; readonly "lists.id": string; readonly "lists.name": string; } | undefined',
    'readonly { readonly listId: string; readonly n: number; }[]',
  ])
})

test('each wrong line is told once, in names of the app', () => {
  const first = declarations.split('\n').length
  const told = program.getSemanticDiagnostics(source).map(({ start, messageText }) => ({
    line: source.getLineAndCharacterOfPosition(start!).line + 1,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }))
  expect(told).toEqual(
    wrongs.map(([, message], index) => ({ line: first + index, message: expect.stringContaining(message) })),
  )
  for (const { message } of told.slice(0, -1)) expect(message).not.toMatch(/ColumnBuilder|TableScope|No overload/)
})
