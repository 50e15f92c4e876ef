import { type Scene, type SceneLog, sceneQueries } from '@livefold/core/testing'
import { useQuery, useStatus, useStore } from '@livefold/solid'
import { createEffect, For, type JSX, Show } from 'solid-js'
import { OtherProvider, useOther } from './other-store.ts'
import type { AnyQuery, ListQuery } from './queries.ts'

interface ViewProps {
  readonly scene: Scene
}

function list(props: ViewProps): JSX.Element {
  const { log } = props.scene
  const rows = useQuery(() => props.scene.query as ListQuery | undefined)
  return (
    <Show when={rows()} fallback={<p data-kind="nothing">Nothing</p>}>
      <ul>
        <For each={rows()}>
          {(row) => (
            <li data-id={row.id}>
              <Row row={row} log={log} />
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

function Row(props: { row: { readonly id: string; readonly title: string }; log: SceneLog }): JSX.Element {
  return <>{props.log.row(props.row)}</>
}

function value(props: ViewProps): JSX.Element {
  const now = useQuery(() => props.scene.query as AnyQuery)
  return <output>{props.scene.log.value(now())}</output>
}

function pair(props: ViewProps): JSX.Element {
  const count = useQuery(sceneQueries.count)
  const rows = useQuery(sceneQueries.list)
  createEffect(() => props.scene.log.pair(count(), rows().length))
  return null
}

function status(props: ViewProps): JSX.Element {
  const pending = useStatus((now) => now.pending)
  return <output>{props.scene.log.value(pending())}</output>
}

function stores(props: ViewProps): JSX.Element {
  const own = useQuery(sceneQueries.count)
  const other = useQuery(sceneQueries.count, { store: props.scene.other })
  return (
    <>
      <output data-of="own">{own()}</output>
      <output data-of="other">{other()}</output>
    </>
  )
}

function contexts(props: ViewProps): JSX.Element {
  return (
    <Show when={props.scene.other}>
      {(other) => (
        <OtherProvider store={other()}>
          <OwnCount />
          <OtherCount />
        </OtherProvider>
      )}
    </Show>
  )
}

function OwnCount(): JSX.Element {
  const count = useQuery(sceneQueries.count)
  return <output data-of="own">{count()}</output>
}

function OtherCount(): JSX.Element {
  const count = useOther(sceneQueries.count)
  return <output data-of="other">{count()}</output>
}

function form(props: ViewProps): JSX.Element {
  const store = useStore()
  return (
    <button type="button" data-kind="commit" onClick={() => store.commit(props.scene.log.event())}>
      Commit
    </button>
  )
}

/** By `Scene.view`. */
export const views = { list, value, pair, status, stores, contexts, form }
