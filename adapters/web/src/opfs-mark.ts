import { namesOf, OPENED, storeDirectory } from './opfs-directory.ts'
import type { StoreNames } from './store-names.ts'

/** From now on a file that is missing was lost. */
export async function markOpened(names: StoreNames): Promise<void> {
  const directory = await storeDirectory(names)
  const handle = await directory.getFileHandle(OPENED, { create: true })
  const opened = await namesOf(directory)
  if ((await (await handle.getFile()).text()) === opened) return
  const writable = await handle.createWritable()
  await writable.write(opened)
  await writable.close()
}
