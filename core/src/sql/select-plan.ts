import type { RowShape, SqlValue } from '../sqlite/driver.ts'
import { allOf, type Condition, conditionSql } from './condition.ts'
import { quoteName } from './identifier.ts'
import { pinsOf } from './pins.ts'
import { planFrom, type QueryPlan } from './query-plan.ts'
import { keyOrder, type Selected, type SelectState, selectedColumns } from './select-state.ts'
import type { Source } from './source.ts'
import { TextCache } from './text-cache.ts'

const texts = new TextCache()

/** A result list, compiled. */
interface Head {
  /** `select … from …`, with a space at its end */
  readonly text: string
  readonly shape: RowShape
  readonly decoding: string
  readonly identity: readonly string[] | null
}

/** Heads of whole tables; point reads make a new builder each time. */
const wholeTables = new WeakMap<Source, Head>()

export function planSelect(state: SelectState, result: 'rows' | 'first'): QueryPlan {
  const head = headOf(state)
  const binds: SqlValue[] = []
  const condition = allOf(state.where)
  const middle = whereSql(condition, binds)
  const tail = orderSql(state) + limitSql(state, result, binds)
  return planFrom({
    sql: texts.join(head.text, middle, tail),
    binds,
    shape: head.shape,
    decoding: head.decoding,
    result,
    identity: head.identity,
    pins: state.joins.length > 0 ? null : pinsOf(condition),
  })
}

/** `where …`, with a space at its end; empty without condition. */
export function whereSql(condition: Condition | null, binds: SqlValue[]): string {
  return condition ? texts.join('where ', conditionSql(condition, binds), ' ') : ''
}

/** `from "todos" inner join …`, with a space at its end. */
export function fromSql(state: SelectState): string {
  let sql = `from ${state.source.from} `
  for (const join of state.joins) {
    const on = join.on.map(([left, right]) => `${left.text} = ${right.text}`).join(' and ')
    sql += `${join.kind} join ${join.source.from} on ${on} `
  }
  return sql
}

function headOf(state: SelectState): Head {
  if (state.joins.length > 0 || state.selected) return compileHead(state)
  const known = wholeTables.get(state.source)
  if (known) return known
  const head = compileHead(state)
  wholeTables.set(state.source, head)
  return head
}

function compileHead(state: SelectState): Head {
  const columns = selectedColumns(state)
  const list = columns.map(({ name, ref }) => `${ref.text} as ${quoteName(name)}`).join(', ')
  return {
    text: `select ${list} ${fromSql(state)}`,
    shape: columns.map(({ name, ref }) => ({ name, decode: ref.column.decode })),
    decoding: columns.map(({ ref }) => ref.column.type).join(),
    identity: identityOf(state, columns),
  }
}

function identityOf(state: SelectState, columns: readonly Selected[]): readonly string[] | null {
  const names: string[] = []
  for (const source of [state.source, ...state.joins.map((join) => join.source)]) {
    for (const ref of source.key) {
      const found = columns.find((column) => column.ref === ref)
      if (!found) return null
      names.push(found.name)
    }
  }
  return names
}

/** Orders by column and key, always: ties come out the same with and without an index. */
function orderSql(state: SelectState): string {
  if (state.orders.length === 0 && state.joins.length === 0) return keyOrderOf(state.source)
  const terms = state.orders.map(({ ref, descending }) => (descending ? `${ref.text} desc` : ref.text))
  return `order by ${[...terms, ...keyOrder(state).map((ref) => ref.text)].join(', ')}`
}

const keyOrders = new WeakMap<Source, string>()

function keyOrderOf(source: Source): string {
  const known = keyOrders.get(source)
  if (known !== undefined) return known
  const sql = `order by ${source.key.map((ref) => ref.text).join(', ')}`
  keyOrders.set(source, sql)
  return sql
}

export function limitSql(
  state: { readonly limit: number | null; readonly offset: number | null },
  result: 'rows' | 'first',
  binds: SqlValue[],
): string {
  const limit = result === 'first' ? Math.min(state.limit ?? 1, 1) : state.limit
  if (limit === null && state.offset === null) return ''
  binds.push(limit ?? -1)
  if (state.offset === null) return ' limit ?'
  binds.push(state.offset)
  return ' limit ? offset ?'
}
