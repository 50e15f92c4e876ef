import type { ConfirmedEvent } from '@livefold/core'
import { element, type TodoStore } from '@livefold/playground-todo'
import { eventParts } from './event-line.ts'
import type { TabView } from './tabs.ts'
import { VirtualList } from './virtual-list.ts'

/** Events kept for the list, at most. */
const KEPT = 10_000
/** px; also in the style sheet. */
const LINE = 26

/** The confirmed events, newest first, live, by name if wanted. */
export function eventLogView(store: TodoStore): TabView {
  const newestFirst: ConfirmedEvent[] = []
  const list = new VirtualList<ConfirmedEvent>({
    label: 'Eventlog',
    lineHeight: LINE,
    line: (event) =>
      element('li', { title: `${event.id}\n${JSON.stringify(event.args, null, 2)}` }, ...eventParts(store, event)),
  })
  const names = [...store.schema.events.keys()]
  const filter = element('input', {
    type: 'search',
    className: 'input',
    placeholder: 'Filter by name',
    ariaLabel: 'Filter by name',
  })
  const known = element('datalist', { id: 'event-names' }, ...names.map((name) => element('option', { value: name })))
  filter.setAttribute('list', known.id)
  const count = element('span', { className: 'small soft figure log-count' })

  let arrived: ConfirmedEvent[] = []
  let scheduled = false
  const wanted = ({ name }: ConfirmedEvent) => name.toLowerCase().includes(filter.value.trim().toLowerCase())

  function render(added: number): void {
    const shown = newestFirst.filter(wanted)
    list.show(shown, added)
    count.textContent = `${shown.length.toLocaleString('en')} of ${store.status.upstreamHead.value.toLocaleString('en')}`
  }

  function flush(): void {
    scheduled = false
    newestFirst.unshift(...arrived.reverse())
    newestFirst.length = Math.min(newestFirst.length, KEPT)
    render(arrived.filter(wanted).length)
    arrived = []
  }

  async function follow(): Promise<void> {
    const after = Math.max(0, store.status.upstreamHead.value - KEPT)
    for await (const event of store.events({ after })) {
      arrived.push(event)
      if (scheduled) continue
      scheduled = true
      requestAnimationFrame(flush)
    }
  }

  filter.addEventListener('input', () => render(0))
  render(0)
  void follow()
  return {
    element: element('div', {}, element('div', { className: 'filter-row' }, filter, known, count), list.element),
  }
}
