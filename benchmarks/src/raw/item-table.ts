import type { Change, Item } from '../work/item.ts'
import { type Engine, ROW } from './engine.ts'
import {
  CREATE_ITEMS,
  INSERT_ITEM,
  MARK_ITEM,
  PAGE,
  RENAME_ITEM,
  SELECT_ALL,
  SELECT_BY_TITLE,
  SELECT_ITEM,
  SELECT_PAGE,
} from './statements.ts'

/** The items of one database, by hand: one function a statement. */
export class ItemTable {
  readonly #engine: Engine
  readonly #insert: number
  readonly #rename: number
  readonly #mark: number
  readonly #one: number
  readonly #page: number
  readonly #all: number
  readonly #byTitle: number
  /** Lengths of the three texts of each row that is being read; the numbers beside. */
  readonly #lengths: number[] = []
  readonly #numbers: number[] = []

  constructor(engine: Engine) {
    this.#engine = engine
    for (const sql of CREATE_ITEMS) engine.exec(sql)
    this.#insert = engine.prepare(INSERT_ITEM)
    this.#rename = engine.prepare(RENAME_ITEM)
    this.#mark = engine.prepare(MARK_ITEM)
    this.#one = engine.prepare(SELECT_ITEM)
    this.#page = engine.prepare(SELECT_PAGE)
    this.#all = engine.prepare(SELECT_ALL)
    this.#byTitle = engine.prepare(SELECT_BY_TITLE)
  }

  insert(item: Item): void {
    const { x } = this.#engine
    const statement = this.#insert
    this.#engine.begin()
    this.#engine.bindText(statement, 1, item.id)
    this.#engine.bindText(statement, 2, item.listId)
    this.#engine.bindText(statement, 3, item.title)
    x.sqlite3_bind_int(statement, 4, item.done ? 1 : 0)
    x.sqlite3_bind_int(statement, 5, item.rank)
    x.sqlite3_bind_int64(statement, 6, BigInt(item.createdAt.getTime()))
    this.#engine.run(statement)
  }

  apply(change: Change): void {
    if (change.kind === 'add') return this.insert(change.item)
    const statement = change.kind === 'rename' ? this.#rename : this.#mark
    this.#engine.begin()
    if (change.kind === 'rename') this.#engine.bindText(statement, 1, change.title)
    else this.#engine.x.sqlite3_bind_int(statement, 1, change.done ? 1 : 0)
    this.#engine.bindText(statement, 2, change.id)
    this.#engine.run(statement)
  }

  read(id: string): Item | undefined {
    const { x } = this.#engine
    const statement = this.#one
    this.#engine.begin()
    this.#engine.bindText(statement, 1, id)
    if (x.sqlite3_step(statement) !== ROW) {
      x.sqlite3_reset(statement)
      return undefined
    }
    const idEnd = this.#engine.gather(statement, 0)
    const listEnd = idEnd + this.#engine.gather(statement, 1)
    this.#engine.gather(statement, 2)
    const done = x.sqlite3_column_int(statement, 3) !== 0
    const rank = x.sqlite3_column_int(statement, 4)
    const createdAt = new Date(x.sqlite3_column_double(statement, 5))
    x.sqlite3_reset(statement)
    const text = this.#engine.takeTexts()
    return {
      id: text.slice(0, idEnd),
      listId: text.slice(idEnd, listEnd),
      title: text.slice(listEnd),
      done,
      rank,
      createdAt,
    }
  }

  page(listId: string, before: number): Item[] {
    this.#bindPage(listId, before)
    return this.#rows(this.#page)
  }

  byTitle(after: number): Item[] {
    this.#engine.x.sqlite3_bind_int64(this.#byTitle, 1, BigInt(after))
    return this.#rows(this.#byTitle)
  }

  all(): Item[] {
    return this.#rows(this.#all)
  }

  /** The page's statement stepped to its end and nothing read: what no reader can do without. */
  stepPage(listId: string, before: number): number {
    const { x } = this.#engine
    this.#bindPage(listId, before)
    let rows = 0
    while (x.sqlite3_step(this.#page) === ROW) rows++
    x.sqlite3_reset(this.#page)
    return rows
  }

  /** Binds the point read's key for `stepOne`; its bytes may be changed in place then. */
  bindOne(id: string): void {
    this.#engine.begin()
    this.#engine.bindText(this.#one, 1, id)
  }

  /** The point read's statement stepped for another key of the same length, nothing bound anew, nothing read. */
  stepOne(id: string): number {
    const { x } = this.#engine
    this.#engine.overwrite(id)
    const code = x.sqlite3_step(this.#one)
    x.sqlite3_reset(this.#one)
    return code
  }

  #bindPage(listId: string, before: number): void {
    this.#engine.begin()
    this.#engine.bindText(this.#page, 1, listId)
    this.#engine.x.sqlite3_bind_int64(this.#page, 2, BigInt(before))
    this.#engine.x.sqlite3_bind_int(this.#page, 3, PAGE)
  }

  #rows(statement: number): Item[] {
    const { x } = this.#engine
    const rows: Item[] = []
    let held = 0
    while (x.sqlite3_step(statement) === ROW) {
      const at = held * 3
      this.#lengths[at] = this.#engine.gather(statement, 0)
      this.#lengths[at + 1] = this.#engine.gather(statement, 1)
      this.#lengths[at + 2] = this.#engine.gather(statement, 2)
      this.#numbers[at] = x.sqlite3_column_int(statement, 3)
      this.#numbers[at + 1] = x.sqlite3_column_int(statement, 4)
      this.#numbers[at + 2] = x.sqlite3_column_double(statement, 5)
      if (++held === PAGE) {
        this.#cut(held, rows)
        held = 0
      }
    }
    x.sqlite3_reset(statement)
    if (held > 0) this.#cut(held, rows)
    return rows
  }

  #cut(held: number, rows: Item[]): void {
    const text = this.#engine.takeTexts()
    const lengths = this.#lengths
    const numbers = this.#numbers
    let start = 0
    for (let at = 0; at < held * 3; at += 3) {
      const idEnd = start + (lengths[at] as number)
      const listEnd = idEnd + (lengths[at + 1] as number)
      const end = listEnd + (lengths[at + 2] as number)
      rows.push({
        id: text.slice(start, idEnd),
        listId: text.slice(idEnd, listEnd),
        title: text.slice(listEnd, end),
        done: numbers[at] !== 0,
        rank: numbers[at + 1] as number,
        createdAt: new Date(numbers[at + 2] as number),
      })
      start = end
    }
  }
}
