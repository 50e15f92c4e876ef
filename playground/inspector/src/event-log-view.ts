import type { ConfirmedEvent, EventRecord } from '@livefold/core'
import { element, type TodoStore } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'
import { authorLegend, eventParts } from './event-line.ts'
import type { TabView } from './tabs.ts'
import { VirtualList } from './virtual-list.ts'

/** Events kept for the list, at most. */
const KEPT = 10_000
/** px; also in the style sheet. */
const LINE = 26

/** What is pending, which has no number yet, then the confirmed events: newest first, live, by name if wanted. */
export function eventLogView(store: TodoStore): TabView {
  const newestFirst: ConfirmedEvent[] = []
  const list = new VirtualList<EventRecord>({
    label: 'Eventlog',
    lineHeight: LINE,
    line: (event) => line(store, event),
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
  let before = 0
  const wanted = ({ name }: EventRecord) => name.toLowerCase().includes(filter.value.trim().toLowerCase())

  /** @param follows what is being read stays where it is: new lines come above it */
  function render(follows: boolean): void {
    const pending = store.pending().filter(wanted).reverse()
    const confirmed = newestFirst.filter(wanted)
    const shown = [...pending, ...confirmed]
    list.show(shown, follows ? shown.length - before : 0)
    before = shown.length
    const waiting = pending.length > 0 ? `${pending.length.toLocaleString('en')} pending, ` : ''
    const head = store.status.upstreamHead.peek()
    count.textContent = `${waiting}${confirmed.length.toLocaleString('en')} of ${head.toLocaleString('en')}`
  }

  function flush(): void {
    scheduled = false
    newestFirst.unshift(...arrived.reverse())
    newestFirst.length = Math.min(newestFirst.length, KEPT)
    arrived = []
    render(true)
  }

  function schedule(): void {
    if (!scheduled) requestAnimationFrame(flush)
    scheduled = true
  }

  async function follow(): Promise<void> {
    const after = Math.max(0, store.status.upstreamHead.value - KEPT)
    for await (const event of store.events({ after })) {
      arrived.push(event)
      schedule()
    }
  }

  filter.addEventListener('input', () => render(false))
  effect(() => {
    store.status.pending.value
    store.status.upstreamHead.value
    schedule()
  })
  void follow()
  const filters = element('div', { className: 'filter-row' }, filter, known, count)
  return { element: element('div', {}, filters, authorLegend(), list.element) }
}

function line(store: TodoStore, event: EventRecord): HTMLElement {
  const confirmed = 'seq' in event
  const item = element(
    'li',
    { title: `${event.id}${confirmed ? '' : ', pending'}\n${JSON.stringify(event.args, null, 2)}` },
    ...eventParts(store, event),
  )
  if (!confirmed) {
    item.classList.add('pending-line')
    item.append(element('span', { className: 'badge', textContent: 'pending' }))
  }
  return item
}
