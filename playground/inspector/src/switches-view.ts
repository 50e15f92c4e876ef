import { element, events } from '@livefold/playground-todo'
import { effect } from '@preact/signals-core'
import type { Inspected } from './inspector.ts'
import { OtherClient } from './other-client.ts'

/** Offered for the way to the server and back, ms. */
const LATENCIES = [0, 100, 500, 2_000]
const MANY = 1_000

/** What can be done to the store from here: its network, a burst of commits, another client. */
export function switchesView({ store, storeId, network }: Inspected): HTMLElement {
  const said = element('output', { className: 'said small soft' })
  const say = (text: string) => said.replaceChildren(text)

  const offline = element('input', { type: 'checkbox', className: 'switch offline' })
  offline.addEventListener('change', () => network.set({ offline: offline.checked }))

  const latency = element(
    'select',
    { className: 'select latency' },
    ...LATENCIES.map((ms) => element('option', { value: String(ms), textContent: ms === 0 ? 'none' : `${ms} ms` })),
  )
  latency.addEventListener('change', () => network.set({ latency: Number(latency.value) }))
  effect(() => {
    offline.checked = network.network.value.offline
    latency.value = String(network.network.value.latency)
  })

  const many = element('button', { type: 'button', className: 'button many', textContent: 'Commit 1,000' })
  many.addEventListener('click', () => {
    const id = crypto.randomUUID()
    const start = performance.now()
    store.commit(events.todoCreated({ id, title: 'Renamed 0 times' }))
    for (let n = 1; n < MANY; n++) store.commit(events.todoRenamed({ id, title: `Renamed ${n} times` }))
    say(`${MANY.toLocaleString('en')} commits, one after the other, in ${Math.round(performance.now() - start)} ms`)
  })

  const other = element('input', { type: 'checkbox', className: 'switch other-client' })
  let client: OtherClient | null = null
  other.addEventListener('change', () => {
    if (other.checked) client = new OtherClient(storeId, say)
    else client?.stop()
  })

  return element(
    'div',
    { className: 'switches-view' },
    element('div', { className: 'row' }, choice('Offline', offline), choice('Another client', other)),
    element('div', { className: 'row' }, choice('Added latency', latency), many),
    said,
  )
}

function choice(label: string, control: HTMLElement): HTMLElement {
  return element('label', { className: 'choice' }, control, label)
}
