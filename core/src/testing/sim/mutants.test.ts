import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'

// Long before they run: code that moves takes the text of a mutant along.
test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  'the text of the mutant "%s" is there, once',
  (_, { edits }) => {
    for (const { file, find } of edits) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
      expect(source.split(find).length - 1, `${file}: ${find}`).toBe(1)
    }
  },
)
