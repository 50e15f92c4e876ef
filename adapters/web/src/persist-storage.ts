/**
 * Asks the browser to keep this origin's data when space runs short. Call it when the user would understand why (Firefox asks
 * them, and the promise waits for the answer): never on the way to the first screen.
 *
 * @returns whether the data is safe from eviction now; false where the browser cannot tell.
 */
export async function persistStorage(): Promise<boolean> {
  const storage = (globalThis as { navigator?: Navigator }).navigator?.storage
  if (!storage?.persist) return false
  return (await storage.persisted()) || (await storage.persist())
}
