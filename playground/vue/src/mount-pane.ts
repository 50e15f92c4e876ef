import type { MountPane } from '@livefold/playground-todo'
import { paneApp } from './pane-app.ts'

export const mountPane: MountPane = (root, options) => {
  const app = paneApp(options, { served: options.hydrate !== undefined })
  app.mount(root)
  return () => app.unmount()
}
