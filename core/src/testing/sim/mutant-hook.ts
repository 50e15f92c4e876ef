import { registerHooks } from 'node:module'
import { mutants } from './mutants.ts'

/** Loaded by `--import` in a child process: changes the sources of one mutant as they are loaded. */

const root = new URL('../../', import.meta.url).href
const name = process.env.LIVEFOLD_MUTANT
const mutant = mutants.find((one) => one.name === name)
if (name && !mutant) throw new Error(`There is no mutant "${name}".`)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const edits = mutant?.edits.filter((edit) => url === root + edit.file) ?? []
    if (edits.length === 0) return loaded
    let source = String(typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array))
    // All places are looked up in what was written: an edit may put in the text that another one takes out.
    const places = edits.map((edit) => {
      const at = source.indexOf(edit.find)
      if (at < 0 || source.indexOf(edit.find, at + 1) >= 0) {
        throw new Error(`Mutant "${name}": its text is not exactly once in ${edit.file}:\n${edit.find}`)
      }
      return { at, edit }
    })
    for (const { at, edit } of places.sort((a, b) => b.at - a.at)) {
      source = source.slice(0, at) + edit.replace + source.slice(at + edit.find.length)
    }
    return { ...loaded, source }
  },
})
