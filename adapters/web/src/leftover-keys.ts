/** Keys of what sessions of a store have left, oldest line names first; empty where there is no localStorage. */
export function leftoverKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .sort()
  } catch {
    return []
  }
}
