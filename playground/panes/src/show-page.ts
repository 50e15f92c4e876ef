import { mountInspector } from '@livefold/playground-inspector'
import { find, type MountPane, openTodos, showToConsole } from '@livefold/playground-todo'
import { pageHeader } from '../../design/page-header.ts'

/** Opens the store of the page, and shows it in each pane (named by the ids of their elements) and in the inspector. */
export function showPage(panes: Readonly<Record<string, MountPane>>): void {
  pageHeader(find('.page-header'))
  const opening = openTodos()
  const { store } = opening
  const focus = Object.keys(panes).length === 1
  for (const [id, mountPane] of Object.entries(panes)) mountPane(find(`#${id}`), { store, focus })
  store.then(
    (opened) => {
      mountInspector(find('.inspector'), { ...opening, store: opened })
      // All frameworks have shown the store by then, and nothing is painted yet.
      requestAnimationFrame(() => showToConsole(opening, opened))
    },
    // The panes say why.
    () => document.body.classList.add('failed'),
  )
}
