import { namesOf, OPENED, storeDirectory } from './opfs-directory.ts'
import type { OpfsState } from './opfs-state.ts'
import type { StoreNames } from './store-names.ts'

/** Looks at a store's files as they are on disk; closely where they are not those that were opened last. */
export async function checkOpfs(names: StoreNames): Promise<OpfsState> {
  try {
    const directory = await storeDirectory(names)
    const opened = await (await directory.getFileHandle(OPENED)).getFile()
    if ((await namesOf(directory)) === (await opened.text())) return {}
  } catch (thrown) {
    if ((thrown as DOMException).name !== 'NotFoundError') throw thrown
    // No leader has opened it yet.
    return { mark: async () => (await import('./opfs-mark.ts')).markOpened(names) }
  }
  return (await import('./opfs-inspect.ts')).inspectOpfs(names)
}
