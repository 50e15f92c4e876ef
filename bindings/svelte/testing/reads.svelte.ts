import { useQuery, useStatus } from '@livefold/svelte'
import { flushSync } from 'svelte'
import { derived } from 'svelte/store'
import { events, notes, openNotes } from './notes.ts'

type NoteStore = Awaited<ReturnType<typeof openNotes>>

/** Reads a query by runes: in an effect through a derived, with a reactive argument. */
export function readByRunes(store: NoteStore) {
  let prefix = $state<string | null>('')
  const heard: unknown[] = []
  const rows = useQuery(() => prefix !== null && notes.where('id', 'like', `${prefix}%`).orderBy('id'), { store })
  const stop = $effect.root(() => {
    const ids = $derived(rows.current?.map(({ id }) => id).join())
    $effect(() => {
      heard.push(ids)
    })
  })
  flushSync()
  return {
    rows,
    heard,
    stop,
    setPrefix(value: string | null) {
      prefix = value
      flushSync()
    },
  }
}

/** Reads a query as a store of the older kind. */
export function readAsStore(store: NoteStore) {
  const heard: unknown[] = []
  const count = useQuery(notes.count(), { store })
  const stop = derived(count, (n) => n * 2).subscribe((n) => heard.push(n))
  return { heard, stop }
}

export const phaseOf = (store: NoteStore) => useStatus((status) => status.phase, { store })
export { events, flushSync, openNotes }
