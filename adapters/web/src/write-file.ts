/** What a worker has beyond the types of a page. */
interface SyncFile {
  createSyncAccessHandle(): Promise<{
    write(bytes: Uint8Array, options: { readonly at: number }): number
    flush(): void
    close(): void
  }>
}

/**
 * Writes the beginning of a file, which has nothing else open.
 *
 * @throws DOMException `QuotaExceededError` too where less was written than was given
 */
export async function writeFile(handle: FileSystemFileHandle, bytes: Uint8Array): Promise<void> {
  const access = await (handle as unknown as SyncFile).createSyncAccessHandle()
  try {
    const written = access.write(bytes, { at: 0 })
    if (written !== bytes.length) {
      throw new DOMException(`${written} of ${bytes.length} bytes could be written`, 'QuotaExceededError')
    }
    access.flush()
  } finally {
    access.close()
  }
}
