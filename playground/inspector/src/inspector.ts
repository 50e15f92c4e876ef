import { element, type OpenTodos, type TodoStore } from '@livefold/playground-todo'
import { eventLogView } from './event-log-view.ts'
import { queriesView } from './queries-view.ts'
import { rebaseView } from './rebase-view.ts'
import { statusView } from './status-view.ts'
import { switchesView } from './switches-view.ts'
import { tablesView } from './tables-view.ts'
import { tabs } from './tabs.ts'

export type Inspected = Omit<OpenTodos, 'store'> & { readonly store: TodoStore }

/**
 * Shows what a store does, beside the views that use it. It is plain DOM and signals: `store.status` is made of signals, and an inspector in one
 * of the frameworks would weigh on that one alone.
 */
export function mountInspector(root: HTMLElement, inspected: Inspected): void {
  const { store } = inspected
  root.append(
    element('section', { className: 'panel', ariaLabel: 'Store' }, statusView(inspected), switchesView(inspected)),
    tabs([
      { name: 'Eventlog', view: eventLogView(store) },
      { name: 'Tables', view: tablesView(store) },
      { name: 'Queries', view: queriesView(store) },
      { name: 'Rebases', view: rebaseView(store) },
    ]),
  )
}
