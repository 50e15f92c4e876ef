import type { StoreEventMap } from '@livefold/core'
import { element, type TodoStore } from '@livefold/playground-todo'
import { eventParts, type ShownEvent } from './event-line.ts'
import type { TabView } from './tabs.ts'

/** Rebases kept, and events shown of each, at most. */
const KEPT = 50
const EVENTS = 100

type Rebase = Parameters<StoreEventMap['rebase']>[0]
type Commits = Rebase['undone']

/** The rebases of this session, newest first: which commits were undone, and which were run in their place. */
export function rebaseView(store: TodoStore): TabView {
  const none = element('p', {
    className: 'soft small',
    textContent:
      'None yet. Go offline, edit a todo here and the same one in another browser, and come back: what is pending is undone, and run again after what was confirmed meanwhile. What touches different rows is left alone.',
  })
  const list = element('div', { className: 'rebases', tabIndex: 0, role: 'region', ariaLabel: 'Rebases' }, none)
  let count = 0
  store.on('rebase', (rebase) => {
    none.remove()
    count += 1
    list.prepend(rebaseEntry(store, count, rebase))
    while (list.childElementCount > KEPT) list.lastElementChild?.remove()
  })
  return { element: element('div', {}, list) }
}

function rebaseEntry(store: TodoStore, count: number, { undone, replayed }: Rebase): HTMLElement {
  const details = element(
    'details',
    { className: 'rebase' },
    element(
      'summary',
      {},
      element('span', { textContent: `Rebase ${count}` }),
      element('span', { className: 'soft figure', textContent: `${undone.length} undone, ${replayed.length} run` }),
    ),
  )
  // Made when it is looked at: there may be thousands of events in it.
  details.addEventListener(
    'toggle',
    () => details.append(commitList(store, 'Undone', undone), commitList(store, 'Run in this order', replayed)),
    { once: true },
  )
  return details
}

function commitList(store: TodoStore, name: string, commits: Commits): HTMLElement {
  const events: readonly ShownEvent[] = commits.flat()
  const more = events.length - EVENTS
  return element(
    'section',
    { ariaLabel: name },
    element('h3', { className: 'small soft', textContent: name }),
    element(
      'ol',
      { className: 'event-lines' },
      ...events.slice(0, EVENTS).map((event) => element('li', {}, ...eventParts(store, event))),
    ),
    ...(more > 0
      ? [element('p', { className: 'small soft', textContent: `and ${more.toLocaleString('en')} more` })]
      : []),
  )
}
