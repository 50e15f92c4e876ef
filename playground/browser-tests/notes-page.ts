import type { Store } from '@livefold/core'
import type { Tab } from './tab.ts'

/** What the pages of notes show to the console. */
export interface Notes {
  readonly store: Store
  readonly events: Record<string, (args: object) => Parameters<Store['commit']>[0]>
  readonly notes: { orderBy(column: string, direction: string): object }
  readonly leads: { readonly value: boolean }
}

export const addNote = (tab: Tab, id: string) =>
  tab.page.evaluate((note) => {
    const { store, events } = (globalThis as unknown as { livefold: Notes }).livefold
    const event = events.noteAdded?.({ id: note, body: note })
    if (event) store.commit(event)
  }, id)

export const viewNotes = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { store, notes, leads } = (globalThis as unknown as { livefold: Notes }).livefold
    const rows = store.query(notes.orderBy('id', 'asc')) as { id: string }[]
    return { ids: rows.map((row) => row.id), pending: store.status.pending.value, leads: leads.value }
  })
