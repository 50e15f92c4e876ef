import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { BoardContext, createBoardState } from './board-state.ts'
import { IssueColumns } from './IssueColumns.tsx'
import { IssueDialog } from './IssueDialog.tsx'
import { IssueList } from './IssueList.tsx'
import { importExamples } from './import-examples.ts'
import { SpeedBar } from './SpeedBar.tsx'
import { Toolbar } from './Toolbar.tsx'

/** Heights of a row, px: on narrow screens it has two lines. */
const LINE = 44
const TWO_LINES = 72

/** The page below its header. */
export function Board(): JSX.Element {
  const state = createBoardState()
  const [importing, setImporting] = createSignal(true)
  const narrow = matches('(max-width: 48rem)')
  onMount(async () => {
    document.body.classList.add('ready')
    await importExamples(state.store)
    setImporting(false)
  })
  return (
    <BoardContext.Provider value={state}>
      <Toolbar />
      <Show when={state.view.layout === 'board'} fallback={<IssueList rowHeight={narrow() ? TWO_LINES : LINE} />}>
        <IssueColumns />
      </Show>
      <SpeedBar importing={importing()} />
      <IssueDialog />
    </BoardContext.Provider>
  )
}

function matches(query: string): () => boolean {
  const media = matchMedia(query)
  const [now, set] = createSignal(media.matches)
  const changed = () => set(media.matches)
  media.addEventListener('change', changed)
  onCleanup(() => media.removeEventListener('change', changed))
  return now
}
