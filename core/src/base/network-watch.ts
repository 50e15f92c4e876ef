interface Listens<Name extends string> {
  addEventListener?(name: Name, listener: () => void): void
  removeEventListener?(name: Name, listener: () => void): void
}

/** Of a page's window; what stands in for one elsewhere may lack any of it. */
interface Page extends Listens<'online' | 'offline'> {
  readonly document?: Listens<'visibilitychange'> & { readonly visibilityState?: string }
}

/**
 * Calls `changed` when the network is back or gone, and when somebody returns to the page: a line to a server may be dead by then
 * without having said so, and nobody who looks wants to wait for a back-off. Does nothing where there is no page.
 *
 * @param host the global object.
 * @returns ends it.
 * @example
 * const unwatch = watchNetwork(globalThis, () => host.probe())
 */
export function watchNetwork(host: object, changed: () => void): () => void {
  const page = (host as { readonly window?: Page | null }).window ?? {}
  const { document } = page
  const seen = () => document?.visibilityState === 'visible' && changed()
  const names = ['online', 'offline'] as const
  for (const name of names) page.addEventListener?.(name, changed)
  document?.addEventListener?.('visibilitychange', seen)
  return () => {
    for (const name of names) page.removeEventListener?.(name, changed)
    document?.removeEventListener?.('visibilitychange', seen)
  }
}
