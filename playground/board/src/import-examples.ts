import type { Receipt } from '@livefold/core'
import { effect } from '@preact/signals-core'
import { EXAMPLE_PARTS, exampleIssues } from './example-issues.ts'
import type { BoardStore } from './open-board.ts'
import { events, imports } from './schema.ts'

/** How long the sync server may be silent before we go ahead without it, ms. */
const PATIENCE = 3_000

/**
 * Commits the example issues that are not there yet, one part a commit, giving the page its turn in between. Safe to call in every tab and on
 * every client: one tab of a browser does it at a time, and a part that is in already does nothing.
 */
export async function importExamples(store: BoardStore): Promise<void> {
  const missing = () => {
    const there = new Set(store.query(imports).map(({ part }) => part))
    return Array.from({ length: EXAMPLE_PARTS }, (_, part) => part).filter((part) => !there.has(part))
  }
  if (missing().length === 0) return
  const name = `board:import:${store.storeId}`
  await navigator.locks.request(name, async () => {
    await caughtUp(store)
    // Another tab has just done it: its commits are on their way here.
    if (localStorage.getItem(name) !== null) await allThere(store)
    let last: Receipt | undefined
    for (const part of missing()) {
      last = store.commit(events.issuesImported({ part, issues: exampleIssues(part) }))
      await new Promise((turn) => setTimeout(turn))
    }
    // The leader has them all: the next tab need not wait for us.
    await last?.acked
    localStorage.setItem(name, 'done')
  })
}

/** Resolves when all parts are in, or no more come for a while: they may have been lost with the tab that made them. */
function allThere(store: BoardStore): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(done, PATIENCE)
    const stop = store.subscribe(imports.count(), (count) => {
      clearTimeout(timer)
      timer = setTimeout(done, PATIENCE)
      if (count >= EXAMPLE_PARTS) queueMicrotask(done)
    })
    function done() {
      clearTimeout(timer)
      stop()
      resolve()
    }
  })
}

/** Resolves when this client has all that the server has, or cannot know. What is known to be on its way is waited for. */
function caughtUp({ status }: BoardStore): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(done, PATIENCE)
    const stop = effect(() => {
      const connection = status.connection.value
      const level = status.upstreamHead.value >= status.backendHead.value
      clearTimeout(timer)
      if (connection !== 'online' || level) timer = setTimeout(done, PATIENCE)
      if (connection === 'none' || connection === 'stopped' || (connection === 'online' && level)) queueMicrotask(done)
    })
    function done() {
      clearTimeout(timer)
      stop()
      resolve()
    }
  })
}
