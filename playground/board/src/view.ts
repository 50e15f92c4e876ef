import { createStore } from 'solid-js/store'
import { type Priority, type Status, statuses } from './vocabulary.ts'

export type Sorting = 'updatedAt' | 'createdAt' | 'priority' | 'title'

/** What of the issues is shown, and how. */
export interface View {
  readonly layout: 'list' | 'board'
  readonly search: string
  /** Empty: any. */
  readonly statuses: readonly Status[]
  readonly priority: Priority | null
  /** An empty string: nobody's. */
  readonly assignee: string | null
  readonly label: string | null
  readonly sorting: Sorting
  readonly descending: boolean
}

export const plainView: View = {
  layout: 'list',
  search: '',
  statuses: [],
  priority: null,
  assignee: null,
  label: null,
  sorting: 'updatedAt',
  descending: true,
}

/** The view, kept in the address: a reload, a bookmark and a second window show the same. */
export function createView(): readonly [view: View, change: (change: Partial<View>) => void] {
  const [view, set] = createStore<View>(viewFrom(new URLSearchParams(location.hash.slice(1))))
  window.addEventListener('hashchange', () => set(viewFrom(new URLSearchParams(location.hash.slice(1)))))
  return [
    view,
    (change) => {
      set(change)
      history.replaceState(null, '', `#${parametersOf(view)}`)
    },
  ]
}

export function viewFrom(parameters: URLSearchParams): View {
  const one = <T extends string>(name: string, among: readonly T[]) => among.find((it) => it === parameters.get(name))
  const priority = one('priority', ['0', '1', '2', '3'])
  const named = parameters.getAll('status')
  return {
    layout: one('layout', ['list', 'board']) ?? plainView.layout,
    search: parameters.get('search') ?? '',
    statuses: statuses.map(({ value }) => value).filter((value) => named.includes(value)),
    priority: priority === undefined ? null : (Number(priority) as Priority),
    assignee: parameters.get('assignee'),
    label: parameters.get('label'),
    sorting: one('sorting', ['updatedAt', 'createdAt', 'priority', 'title']) ?? plainView.sorting,
    descending: parameters.get('order') !== 'asc',
  }
}

export function parametersOf(view: View): URLSearchParams {
  const parameters = new URLSearchParams()
  const { layout, search, priority, assignee, label, sorting, descending } = view
  if (layout !== plainView.layout) parameters.set('layout', layout)
  if (search !== '') parameters.set('search', search)
  for (const status of view.statuses) parameters.append('status', status)
  if (priority !== null) parameters.set('priority', String(priority))
  if (assignee !== null) parameters.set('assignee', assignee)
  if (label !== null) parameters.set('label', label)
  if (sorting !== plainView.sorting) parameters.set('sorting', sorting)
  if (!descending) parameters.set('order', 'asc')
  return parameters
}

/** Something hides issues. */
export function isFiltered({ search, statuses, priority, assignee, label }: View): boolean {
  return search !== '' || statuses.length > 0 || priority !== null || assignee !== null || label !== null
}
