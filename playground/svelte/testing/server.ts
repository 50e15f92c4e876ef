import { render } from 'svelte/server'
import { type PaneRequest, servePane } from '../../panes/testing/serve-pane.ts'
import Pane from '../src/Pane.svelte'

export function renderPage(request: PaneRequest) {
  return servePane(request, async (options) => (await render(Pane, { props: options })).body)
}
