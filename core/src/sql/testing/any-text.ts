import fc from 'fast-check'

/** One code point, lone surrogates and NUL included, and often one that means something in SQL. fast-check's own `binary` unit takes 0.6 s to make. */
const unit = fc.oneof(
  fc.constantFrom(...'\'"`;-?%_\\[]()*/ \0\n$:@aZé😀'),
  fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
)

/** Any text of JavaScript. */
export function anyText(limits: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit, ...limits })
}
