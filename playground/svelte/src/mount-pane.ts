import type { MountPane } from '@livefold/playground-todo'
import { hydrate, mount, unmount } from 'svelte'
import Pane from './Pane.svelte'

export const mountPane: MountPane = (root, options) => {
  const start = options.hydrate ? hydrate : mount
  const pane = start(Pane, { target: root, props: options })
  return () => void unmount(pane)
}
