import type { MountPane } from '@livefold/playground-todo'
import { hydrate, render } from 'solid-js/web'
import { Pane } from './Pane.tsx'

export const mountPane: MountPane = (root, options) => {
  const start = options.hydrate ? hydrate : render
  return start(() => <Pane {...options} />, root)
}
