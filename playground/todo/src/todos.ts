import { queryDb, type RowOf } from '@livefold/core'
import { todos } from './schema.ts'

export type Todo = RowOf<typeof todos>
export type Filter = 'all' | 'active' | 'completed'

const inOrder = todos.orderBy('createdAt', 'asc')

/** The todos that each filter shows. */
export const lists: Record<Filter, ReturnType<typeof queryDb<typeof inOrder>>> = {
  all: queryDb(inOrder, { label: 'all' }),
  active: queryDb(inOrder.where({ done: false }), { label: 'active' }),
  completed: queryDb(inOrder.where({ done: true }), { label: 'completed' }),
}

export const totalCount = queryDb(todos.count(), { label: 'how many' })
export const openCount = queryDb(todos.where({ done: false }).count(), { label: 'how many open' })

/** The filters in the order in which they are offered. */
export const filters: readonly { readonly name: Filter; readonly label: string; readonly href: string }[] = [
  { name: 'all', label: 'All', href: '#/' },
  { name: 'active', label: 'Active', href: '#/active' },
  { name: 'completed', label: 'Completed', href: '#/completed' },
]

/** Which todos are shown: named by the hash of the address. */
export function filterOf(hash: string): Filter {
  return filters.find(({ href }) => href === hash)?.name ?? 'all'
}
