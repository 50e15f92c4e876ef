/// <reference path="./vite-env.d.ts" />
import { createStore, type StoreOf, type StoreStatus } from '@livefold/core'
import { webAdapter } from '@livefold/web'
import { type ReadonlySignal, signal } from '@preact/signals-core'
import { NetworkSwitch } from './network-switch.ts'
import { events, schema, todos } from './schema.ts'

export type TodoStore = StoreOf<typeof schema>

export interface OpenTodos {
  readonly store: Promise<TodoStore>
  /** Of the store, also while it opens. */
  readonly status: StoreStatus
  readonly storeId: string
  /** This tab's worker writes to the disk for all tabs. */
  readonly leads: ReadonlySignal<boolean>
  readonly network: NetworkSwitch
}

/**
 * Opens the store of the playground, which all its TodoMVC pages and all their tabs share. The address may name another (`?store=`), or ask for
 * one that is kept in memory (`?storage=memory`).
 */
export function openTodos(): OpenTodos {
  const parameters = new URLSearchParams(location.search)
  const storeId = parameters.get('store') ?? 'todos'
  const leads = signal(false)
  const network = new NetworkSwitch()
  let status!: StoreStatus
  const store = createStore({
    schema,
    storeId,
    adapter: webAdapter({
      worker: () => new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module' }),
      storage: parameters.get('storage') === 'memory' ? 'memory' : 'opfs',
      onLeading: (leading) => {
        leads.value = leading
      },
    }),
    development: import.meta.env.DEV,
    onOpening: (signals) => {
      status = signals
    },
  })
  return { store, status, storeId, leads, network }
}

/** For the console: `livefold.store.query(livefold.todos.count())`, `await livefold.digest()`. */
export function showToConsole({ leads }: OpenTodos, store: TodoStore): void {
  document.body.classList.add('ready')
  const digest = async () => (await import('./digest.ts')).digestOf(store)
  Object.assign(globalThis, { livefold: { store, events, todos, leads, digest, performance: performance.now() } })
}
