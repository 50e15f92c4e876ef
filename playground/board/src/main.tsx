import { ErrorBoundary, Suspense } from 'solid-js'
import { render } from 'solid-js/web'
import { pageHeader } from '../../design/page-header.ts'
import { Board } from './Board.tsx'
import { openBoard, StoreProvider } from './open-board.ts'

pageHeader(document.querySelector('.page-header') as Element)

const store = openBoard()

render(
  () => (
    <ErrorBoundary
      fallback={(error) => (
        <p class="notice" data-tone="bad" role="alert">
          {error instanceof Error ? error.message : String(error)}
        </p>
      )}
    >
      <Suspense fallback={<p class="opening soft">Opening …</p>}>
        <StoreProvider store={store}>
          <Board />
        </StoreProvider>
      </Suspense>
    </ErrorBoundary>
  ),
  document.querySelector('#board') as Element,
)
