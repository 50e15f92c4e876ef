import type { PaneOptions } from '@livefold/playground-todo'
import { ErrorBoundary, type JSX, Suspense } from 'solid-js'
import { StoreProvider } from './store.ts'
import { TodoApp } from './TodoApp.tsx'

export function Pane(props: PaneOptions): JSX.Element {
  return (
    <ErrorBoundary fallback={(error) => <Failure message={error.message} />}>
      <Suspense fallback={<p class="soft">Opening …</p>}>
        <StoreProvider store={props.store} hydrate={props.hydrate}>
          <TodoApp focus={props.focus ?? false} />
        </StoreProvider>
      </Suspense>
    </ErrorBoundary>
  )
}

function Failure(props: { message: string }): JSX.Element {
  return (
    <p class="notice" data-tone="bad" role="alert">
      {props.message}
    </p>
  )
}
