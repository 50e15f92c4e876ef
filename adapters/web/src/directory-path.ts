/** Longest directory name that every browser takes, characters. */
const LONGEST = 120

/** Directory of a store's OPFS pool. */
export function directoryPath({ storeId }: { readonly storeId: string }): string {
  return `livefold/${nameOf(storeId)}`
}

/** Dots alone are no names; long ids are cut, with a hash that keeps them apart. */
function nameOf(storeId: string): string {
  const name = encodeURIComponent(storeId).replaceAll('.', '%2E')
  if (name.length <= LONGEST) return name
  return `${name.slice(0, LONGEST)}~${fnv1a(name)}`
}

/** 53 bits of a running hash: names that share their first characters are told apart. */
function fnv1a(text: string): string {
  let low = 0x811c9dc5
  let high = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(i), 0x5bd1e995)
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36)
}
