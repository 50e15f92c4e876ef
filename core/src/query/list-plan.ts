import type { Basis } from '../sql/query-plan.ts'
import type { Order } from '../sql/select-frame.ts'
import { keyEquals } from '../sql/source.ts'
import type { Row, RowShape, SqlValue } from '../sqlite/driver.ts'
import { Undecided } from './maintained.ts'
import { compareStored } from './stored-order.ts'

/** One column of the order. */
interface Term extends Order {
  /** Property of a result row that holds the column. */
  readonly name: string
}

/** A row's place in the order: the stored values of the terms. The key is among them, so that no two rows share a place. */
export type Place = readonly SqlValue[]

/** What keeps the lists of one form current: its order, and statements that ask for single rows and for those after a place. */
export class ListPlan {
  /** Decodes like the query's own, and throws `Undecided` for values of the order that could not be told back. */
  readonly shape: RowShape
  /** The row of a key, if it matches the filter. Binds: the filter's values, then the key. */
  readonly rowSql: string
  /** Rows that match and come after a place. Binds: the filter's values, `afterBinds`, their number. Null where a null may stand. */
  readonly afterSql: string | null
  readonly #terms: readonly Term[]
  readonly #keyTerms: readonly number[]

  private constructor({ frame, filter }: Basis, terms: readonly Order[], names: readonly string[]) {
    const { key } = frame.source
    const { shape } = frame
    const filtered = `${frame.head}where ${filter.condition ? `(${filter.condition}) and ` : ''}`
    const flags = names.filter((_, i) => terms[i]?.ref.column.type === 'boolean')
    this.shape =
      flags.length === 0
        ? shape
        : shape.map((column) => (flags.includes(column.name) ? { ...column, decode: flag } : column))
    this.rowSql = filtered + keyEquals(frame.source)
    this.afterSql = terms.some(({ ref }) => ref.column.nullable)
      ? null
      : `${filtered}${afterSql(terms)} ${frame.order} limit ?`
    this.#terms = terms.map((term, i) => ({ ...term, name: names[i] as string }))
    this.#keyTerms = key.map((ref) => terms.findIndex((term) => term.ref === ref))
  }

  /** Null when result rows do not hold what orders them and tells them apart. */
  static of(basis: Basis): ListPlan | null {
    const { terms, columns } = basis.frame
    const names: string[] = []
    for (const { ref } of terms) {
      const name = columns.find((column) => column.ref === ref)?.name
      // Different texts may be the same JSON.
      if (name === undefined || ref.column.type === 'json') return null
      names.push(name)
    }
    return new ListPlan(basis, terms, names)
  }

  /** @throws Undecided */
  placeOf(row: Row): Place {
    return this.#terms.map((term) => storedIn(row, term))
  }

  /** The place of a row of the table, given by its stored columns. */
  placeIn(columns: readonly SqlValue[], key: readonly SqlValue[]): Place {
    return this.#terms.map(({ ref }, i) => {
      const part = this.#keyTerms.indexOf(i)
      return (part < 0 ? columns[ref.column.place] : key[part]) as SqlValue
    })
  }

  /** Negative when `row` comes before `place`. Throws Undecided. */
  compare(row: Row, place: Place): number {
    for (let i = 0; i < this.#terms.length; i++) {
      const term = this.#terms[i] as Term
      const order = compareStored(storedIn(row, term), place[i] as SqlValue)
      if (order !== 0) return term.descending ? -order : order
    }
    return 0
  }

  afterBinds(place: Place): SqlValue[] {
    return [place[0] as SqlValue, ...place.flatMap((value, i) => (i < place.length - 1 ? [value, value] : [value]))]
  }
}

/** The first comparison stands apart so that an index can begin there. */
function afterSql(terms: readonly Order[]): string {
  const [{ ref, descending }] = terms as readonly [Order]
  const rest = terms.reduceRight((inner, term) => {
    const beyond = `${term.ref.text} ${term.descending ? '<' : '>'} ?`
    return inner === '' ? beyond : `${beyond} or ${term.ref.text} = ? and (${inner})`
  }, '')
  return `${ref.text} ${descending ? '<=' : '>='} ? and (${rest})`
}

/** The stored form of an ordered column of a result row. */
function storedIn(row: Row, { ref, name }: Term): SqlValue {
  const value = row[name]
  if (value === null) return null
  if (ref.column.type === 'boolean') return value ? 1 : 0
  if (ref.column.type === 'timestamp') return (value as { getTime(): number }).getTime()
  return value as SqlValue
}

/** Raw SQL may have stored other integers than 0 and 1, which come in between. */
function flag(value: SqlValue): boolean {
  if (value !== 0 && value !== 1) throw new Undecided()
  return value === 1
}
