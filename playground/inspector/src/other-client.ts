import { createStore } from '@livefold/core'
import { events, lists, schema, syncUrl, type TodoStore } from '@livefold/playground-todo'
import { webSocketSync } from '@livefold/web'

/** It does something this often, ms. */
const EVERY = 1_500
const MOST_OWN = 4

/**
 * A second client of the same sync server, as if somebody else had the app open: a leader and a database of its own, in memory. It adds and toggles
 * todos, and deletes its own, until it is stopped.
 */
export class OtherClient {
  readonly #say: (what: string) => void
  readonly #opening: Promise<TodoStore>
  readonly #timer: ReturnType<typeof setInterval>
  readonly #own: string[] = []
  #stopped = false

  constructor(storeId: string, say: (what: string) => void) {
    this.#say = say
    this.#opening = open(storeId)
    this.#timer = setInterval(() => this.#act(), EVERY)
    this.#act()
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#say('the other client has gone')
    void this.#opening.then((store) => store.close())
  }

  #act(): void {
    this.#opening.then(
      (store) => this.#stopped || this.#say(`another client ${this.#commit(store)}`),
      (error: unknown) => this.#say(`no other client: ${error instanceof Error ? error.message : String(error)}`),
    )
  }

  /** Gives what it did. */
  #commit(store: TodoStore): string {
    const rows = store.query(lists.all)
    const any = rows[Math.floor(Math.random() * rows.length)]
    const dice = Math.random()
    if (!any || (dice < 0.4 && this.#own.length < MOST_OWN)) {
      const id = crypto.randomUUID()
      const title = `From elsewhere, ${new Date().toLocaleTimeString('en')}`
      this.#own.push(id)
      store.commit(events.todoCreated({ id, title }))
      return 'added a todo'
    }
    if (dice < 0.55 && this.#own.length > 1) {
      store.commit(events.todoDeleted({ id: this.#own.shift() ?? '' }))
      return 'deleted a todo of its own'
    }
    store.commit(events.todoToggled({ id: any.id, done: !any.done }))
    return `${any.done ? 'reopened' : 'completed'} “${any.title}”`
  }
}

/** With what only this needs, which the page does not load before: a leader in the page itself. */
async function open(storeId: string): Promise<TodoStore> {
  const { memoryAdapter } = await import('@livefold/memory')
  return createStore({ schema, storeId, adapter: memoryAdapter({ sync: webSocketSync({ url: syncUrl() }) }) })
}
