import { globSync, readFileSync } from 'node:fs'
import type { Rolldown } from 'tsdown'
import { lateTextsOf } from './late-texts.ts'
import type { Node } from './syntax.ts'

/** What runs on servers, in tests, or in development alone has its messages inline in both variants. */
const INLINE = /\.test\.ts$|(^|\/)testing|^server|^schema\/(schema|table)-check\.ts$/

/** `core` as it is published for production: its constants have their other values, and the texts of messages stand in `base/texts.ts` alone. */
export function productionVariant(directory: string): Rolldown.Plugin {
  const source = `${directory}/src/`
  const { name, version } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')) as Record<string, string>
  let changed = new Map<string, string>()
  return {
    name: 'production-variant',
    buildStart() {
      const files = globSync('**/*.ts', { cwd: source }).filter((file) => !INLINE.test(file))
      const sources = new Map(files.map((file) => [file, readFileSync(source + file, 'utf8')]))
      const parse = (code: string) => this.parse(code, { lang: 'ts' }) as unknown as Node
      const late = lateTextsOf(sources, { parse, lateText: 'base/late-text.ts' })
      changed = new Map([
        ...late.modules,
        ...constants(sources, 'base/development.ts', {
          DEVELOPMENT: ['true', 'false'],
          TEXTS_FILE: ["''", `'${name}@${version}/dist/production/base/texts.js'`],
        }),
        ...constants(sources, 'base/texts.ts', {
          texts: ['{}', JSON.stringify(Object.fromEntries(late.texts), null, 2)],
        }),
      ])
    },
    transform: {
      order: 'pre',
      filter: { id: /\.ts$/ },
      handler(_, id) {
        const code = id.startsWith(source) ? changed.get(id.slice(source.length)) : undefined
        return code === undefined ? null : { code, map: null }
      },
    },
  }
}

/** A module with other values for its constants: name → value in source, value in its place. */
function constants(
  sources: ReadonlyMap<string, string>,
  file: string,
  values: Readonly<Record<string, readonly [from: string, to: string]>>,
): [file: string, code: string][] {
  let code = sources.get(file) ?? ''
  for (const [name, [from, to]] of Object.entries(values)) {
    const parts = code.split(new RegExp(`(?<=^export const ${name}: .+ = )${from.replace(/[{}]/g, '\\$&')}$`, 'm'))
    if (parts.length !== 2) throw new Error(`${file} no longer defines ${name} as ${from}`)
    code = parts.join(to)
  }
  return [[file, code]]
}
