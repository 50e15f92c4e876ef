import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, root } from './workspace.ts'

export interface CodeBlock {
  /** Such as `README.md:42`, the line of the opening fence. */
  readonly place: string
  readonly code: string
  /** Marked ```ts run: it works in Node as it stands. */
  readonly runs: boolean
  /** Marked ```svelte file=App.svelte: the blocks of one text with a file name are one app, and import each other. */
  readonly file: string | null
}

/** What is type-checked. Blocks of other languages than TypeScript need a file name. */
const LANGUAGES = ['ts', 'tsx', 'svelte', 'vue', 'html']

const FENCE = /^```(\S*)[ \t]*(.*)$/

/** The blocks of one Markdown text that are type-checked. */
export function codeBlocksOf(file: string, markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { place: string; language: string; info: string[]; lines: string[] } | undefined
  markdown.split('\n').forEach((line, index) => {
    const fence = FENCE.exec(line)
    if (open && line.trimEnd() === '```') {
      const { place, language, info, lines } = open
      const file = info.find((mark) => mark.startsWith('file='))?.slice('file='.length) ?? null
      if (language === 'ts' || (file && LANGUAGES.includes(language))) {
        blocks.push({ place, code: `${lines.join('\n')}\n`, runs: info.includes('run'), file })
      }
      open = undefined
    } else if (open) open.lines.push(line)
    else if (fence)
      open = { place: `${file}:${index + 1}`, language: fence[1]!, info: fence[2]!.split(/\s+/), lines: [] }
  })
  if (open) throw new Error(`${open.place}: the code block never ends`)
  return blocks
}

/** The texts whose code readers copy: READMEs and guides. */
export function documentedFiles(): string[] {
  const guides = existsSync(join(root, 'docs/guides')) ? filesBelow('docs/guides', (path) => path.endsWith('.md')) : []
  const readmes = ['core', 'adapters', 'bindings', 'playground', 'benchmarks'].flatMap((folder) =>
    existsSync(join(root, folder)) ? filesBelow(folder, (path) => path.endsWith('/README.md')) : [],
  )
  return ['README.md', 'docs/comparison.md', ...readmes, ...guides].filter((file) => existsSync(join(root, file)))
}

export function documentedBlocks(): CodeBlock[] {
  return documentedFiles().flatMap((file) => codeBlocksOf(file, readFileSync(join(root, file), 'utf8')))
}
