/**
 * 64 bits of running hash over strings, for digests and schema hashes: fast, stable, not cryptographic.
 * Two 32-bit lanes of multiply-xor, after Bryc's cyrb53.
 */
export class Hash {
  #a = 0xdeadbeef
  #b = 0x41c6ce57

  add(text: string): this {
    let a = this.#a
    let b = this.#b
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      a = Math.imul(a ^ unit, 2654435761)
      b = Math.imul(b ^ unit, 1597334677)
    }
    // The separator keeps 'ab','c' and 'a','bc' apart.
    this.#a = Math.imul(a ^ 0x10000, 2654435761)
    this.#b = Math.imul(b ^ 0x10000, 1597334677)
    return this
  }

  /** The first 32 bits of it, as a whole number. */
  get sum(): number {
    return (Math.imul(this.#a ^ (this.#a >>> 16), 2246822507) ^ Math.imul(this.#b ^ (this.#b >>> 13), 3266489909)) >>> 0
  }

  /** 16 hex digits. */
  digest(): string {
    const { sum } = this
    const rest = Math.imul(this.#b ^ (this.#b >>> 16), 2246822507) ^ Math.imul(sum ^ (sum >>> 13), 3266489909)
    return [sum, rest >>> 0].map((bits) => bits.toString(16).padStart(8, '0')).join('')
  }
}
