import type { PaneOptions } from '@livefold/playground-todo'
import { type App, createApp, createSSRApp } from 'vue'
import PaneView from './PaneView.vue'
import { livefold } from './store.ts'

/** The pane as an app, to be mounted, or to be rendered by a server. */
export function paneApp({ store, focus = false, hydrate }: PaneOptions, options: { served: boolean }): App {
  const create = options.served ? createSSRApp : createApp
  return create(PaneView, { focus, served: options.served }).use(livefold(store, { hydrate }))
}
