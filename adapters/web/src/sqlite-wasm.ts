/**
 * Compiles SQLite, once for a page and the worker that it hands the module to. Null where the file cannot be had this way: the
 * package's own loader then tries, and tells why.
 */
export async function compileSqlite(): Promise<WebAssembly.Module | null> {
  // Bundlers turn this expression into the address of the asset.
  const url = new URL('@sqlite.org/sqlite-wasm/sqlite3.wasm', import.meta.url)
  performance.mark('livefold:connect')
  try {
    const response = await fetch(url, { credentials: 'same-origin' })
    if (!response.ok) return null
    if (response.headers.get('content-type') === 'application/wasm') return await WebAssembly.compileStreaming(response)
    return await WebAssembly.compile(await response.arrayBuffer())
  } catch {
    return null
  }
}
