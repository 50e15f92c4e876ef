import type { EventRecord, Store } from '@livefold/core'
import { element, find } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'

/** Events shown at most. */
const SHOWN = 200

/** What is pending, and the newest confirmed events, live. */
export async function eventLog(store: Store): Promise<void> {
  const list = find('.eventlog:not(.waiting)')
  const waiting = find('.eventlog.waiting')
  // They scroll: the keyboard has to get there.
  list.tabIndex = 0
  waiting.tabIndex = 0
  effect(() => {
    // Whatever begins or ends to wait changes one of the two.
    store.status.upstreamHead.value
    waiting.hidden = store.status.pending.value === 0
    const newest = store.pending().slice(-SHOWN).reverse()
    waiting.replaceChildren(...newest.map((event) => line(store, event, 'pending')))
  })
  const after = Math.max(0, store.status.upstreamHead.value - SHOWN)
  for await (const event of store.events({ after })) {
    list.prepend(line(store, event, String(event.seq)))
    while (list.childElementCount > SHOWN) list.lastElementChild?.remove()
  }
}

function line(store: Store, event: EventRecord, place: string): HTMLElement {
  const args = JSON.stringify(event.args)
  const item = element(
    'li',
    { title: `${event.id}\n${args}` },
    element('span', { className: 'seq', textContent: place }),
    element('span', { className: 'name', textContent: event.name }),
    element('span', { className: 'args', textContent: args }),
  )
  // Of another tab, or of this one before it was loaded again.
  const here = event.clientId === store.clientId
  item.dataset.from = event.sessionId === store.sessionId ? 'this tab' : here ? 'this browser' : 'elsewhere'
  return item
}
