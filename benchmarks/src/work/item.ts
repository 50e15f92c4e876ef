/** What all contestants keep: six columns, text mostly, one index. */
export interface Item {
  readonly id: string
  readonly listId: string
  readonly title: string
  readonly done: boolean
  readonly rank: number
  readonly createdAt: Date
}

export type Change =
  | { readonly kind: 'add'; readonly item: Item }
  | { readonly kind: 'rename'; readonly id: string; readonly title: string }
  | { readonly kind: 'mark'; readonly id: string; readonly done: boolean }

/** Lists that items are spread over. */
export const LISTS = 20

/** Moment of the first item, ms; the next are a second apart. */
const FIRST = 1_700_000_000_000

export function itemId(n: number): string {
  return `item-${String(n).padStart(8, '0')}`
}

export function listId(n: number): string {
  return `list-${n % LISTS}`
}

/** When the n-th item was made, ms. */
export function createdAt(n: number): number {
  return FIRST + n * 1_000
}

export function itemAt(n: number): Item {
  return {
    id: itemId(n),
    listId: listId(n),
    title: `Bring ${n} things to the party`,
    done: n % 3 === 0,
    rank: n % 1_000,
    createdAt: new Date(createdAt(n)),
  }
}

/** Items `from` … `from + count - 1`. */
export function itemsFrom(from: number, count: number): Item[] {
  return Array.from({ length: count }, (_, i) => itemAt(from + i))
}

export function additions(from: number, count: number): Change[] {
  return itemsFrom(from, count).map((item) => ({ kind: 'add', item }))
}

/**
 * Every other change adds an item (from number `newFrom` on), the others rename old ones (from number `oldFrom` on).
 */
export function mixedChanges(count: number, newFrom: number, oldFrom: number, word: string): Change[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? { kind: 'add', item: itemAt(newFrom + i / 2) }
      : { kind: 'rename', id: itemId(oldFrom + (i - 1) / 2), title: `Renamed ${word} ${i}` },
  )
}
