import type { Scene } from '@livefold/core/testing'
import { StoreProvider } from '@livefold/solid'
import { ErrorBoundary, type JSX, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { views } from './views.tsx'

export function SceneView(props: { scene: Scene }): JSX.Element {
  return (
    <ErrorBoundary fallback={(error, reset) => <Failure error={error} reset={reset} />}>
      <Suspense fallback={<p data-kind="loading">Opening</p>}>
        <StoreProvider store={props.scene.store} hydrate={props.scene.hydrate}>
          <Dynamic component={views[props.scene.view]} scene={props.scene} />
        </StoreProvider>
      </Suspense>
    </ErrorBoundary>
  )
}

function Failure(props: { error: unknown; reset: () => void }): JSX.Element {
  return (
    <>
      <p data-kind="error">{props.error instanceof Error ? props.error.message : String(props.error)}</p>
      <button type="button" data-kind="retry" onClick={props.reset}>
        Try again
      </button>
    </>
  )
}
