import type { Connection } from '@livefold/core'
import { inspect } from '@livefold/core'
import { createEffect, createSignal, type JSX, on, Show } from 'solid-js'
import { useBoard } from './board-state.ts'
import { EXAMPLE_ISSUES } from './example-issues.ts'
import { allIssues } from './issue-queries.ts'
import { useQuery, useStatus } from './open-board.ts'
import { lastCost } from './speed.ts'
import type { Tone } from './vocabulary.ts'

const connections: Record<Connection, readonly [name: string, tone: Tone]> = {
  none: ['on its own', undefined],
  offline: ['offline', 'warn'],
  connecting: ['connecting', undefined],
  online: ['online', 'good'],
  stopped: ['stopped', 'bad'],
}

/** What the last interaction cost, and how the store is doing. `importing`: the example issues are on their way in. */
export function SpeedBar(props: { importing: boolean }): JSX.Element {
  const { store } = useBoard()
  const all = useQuery(allIssues)
  const connection = useStatus((status) => connections[status.connection])
  const pending = useStatus((status) => status.pending)
  const [live, setLive] = createSignal(0)
  createEffect(on([lastCost, all], () => setLive(inspect(store).filter(({ observed }) => observed).length)))
  return (
    <footer class="speed small">
      <Show
        when={props.importing}
        fallback={
          <output class="cost clip" aria-live="off">
            <Show
              when={lastCost()}
              fallback={
                <span class="soft hint">
                  Search, sort or edit: what it costs is shown here. In the list: ↑ ↓, Enter opens, e edits, s status, p
                  priority.
                </span>
              }
            >
              {(cost) => (
                <>
                  {cost().name} <strong class="figure work">{cost().work.toFixed(1)} ms</strong>
                  <span class="soft figure painted">, on screen after {Math.round(cost().painted)} ms</span>
                </>
              )}
            </Show>
          </output>
        }
      >
        <label class="import">
          <span class="clip figure">
            Importing
            <span class="amount">
              {' '}
              {all().toLocaleString('en')} of {EXAMPLE_ISSUES.toLocaleString('en')}
            </span>
          </span>
          <progress class="progress" max={EXAMPLE_ISSUES} value={all()} />
        </label>
      </Show>
      <span class="badge dot connection" data-tone={connection()[1]} data-state={connection()[0]}>
        {connection()[0]}
      </span>
      <span class="soft figure live-queries">{live()} live queries</span>
      <span class="soft figure pending" data-pending={pending()}>
        {pending()} pending
      </span>
    </footer>
  )
}
