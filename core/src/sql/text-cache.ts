/** Most texts kept, and their greatest length: lists of changing length make new ones for ever. */
const MAX_TEXTS = 2000
const MAX_LENGTH = 4096

/**
 * Joins pieces of SQL into one text, and gives the same string object for the same pieces: its hash is known to the
 * statement cache, and nothing is built on hot paths.
 */
export class TextCache {
  #texts = new Map<string, Map<string, Map<string, string>>>()
  #size = 0

  join(head: string, middle: string, tail: string): string {
    if (middle.length > MAX_LENGTH) return head + middle + tail
    const known = this.#texts.get(head)?.get(middle)?.get(tail)
    if (known !== undefined) return known
    if (this.#size >= MAX_TEXTS) {
      this.#texts = new Map()
      this.#size = 0
    }
    this.#size++
    const text = head + middle + tail
    const byTail = inner(inner(this.#texts, head), middle)
    byTail.set(tail, text)
    return text
  }
}

function inner<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = maps.get(key)
  if (known) return known
  const made = new Map<string, V>()
  maps.set(key, made)
  return made
}
