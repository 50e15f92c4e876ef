import { renderToString } from 'vue/server-renderer'
import { type PaneRequest, servePane } from '../../panes/testing/serve-pane.ts'
import { paneApp } from '../src/pane-app.ts'

export function renderPage(request: PaneRequest) {
  return servePane(request, (options) => renderToString(paneApp(options, { served: true })))
}
