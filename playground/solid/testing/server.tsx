import { renderToStringAsync } from 'solid-js/web'
import { type PaneRequest, servePane } from '../../panes/testing/serve-pane.ts'
import { Pane } from '../src/Pane.tsx'

export function renderPage(request: PaneRequest) {
  return servePane(request, (options) => renderToStringAsync(() => <Pane {...options} />))
}
