import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codeBlocksOf, documentedBlocks } from './code-blocks.ts'
import { runCommand, tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

const blocks = documentedBlocks()

// Inside docs/, whose package.json names what a block may import: it sees what an app would see.
mkdirSync(join(root, 'docs/.livefold'), { recursive: true })
const folder = mkdtempSync(join(root, 'docs/.livefold/docs-'))
const fileOf = (place: string) => `${place.replace(/[^\w]+/g, '-')}.ts`

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function writeBlocks(into: string, some: typeof blocks): void {
  mkdirSync(into, { recursive: true })
  // `export {}` makes each block a module of its own: names of one block are unknown to the next.
  for (const { place, code } of some) writeFileSync(join(into, fileOf(place)), `${code}export {}\n`)
  const tsconfig = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { lib: ['ES2024', 'DOM', 'ESNext.Disposable'], noUnusedLocals: false, noUnusedParameters: false },
    include: ['*.ts'],
  }
  writeFileSync(join(into, 'tsconfig.json'), JSON.stringify(tsconfig))
}

const tsc = join(root, 'node_modules/.bin/tsc')

test('the README shows TypeScript that runs', () => {
  expect(blocks.some((block) => block.place.startsWith('README.md:') && block.runs)).toBe(true)
})

test('all TypeScript blocks of README and guides type-check', async () => {
  writeBlocks(folder, blocks)
  await runCommand(tsc, ['-p', folder])
})

test.each(blocks.filter((block) => block.runs).map((block) => [block.place, block] as const))(
  '%s runs',
  async (place, block) => {
    writeBlocks(folder, [block])
    await runCommand(process.execPath, ['--conditions=livefold-source', fileOf(place)], {
      cwd: folder,
      timeout: 60_000,
    })
  },
)

test('a block with a type error is found', async () => {
  const wrong = codeBlocksOf('x.md', 'text\n\n```ts\nconst n: number = "one"\n```\n')
  const into = join(folder, 'wrong')
  writeBlocks(into, wrong)
  const { code, output } = await tryCommand(tsc, ['-p', into])
  expect(code).not.toBe(0)
  expect(output).toContain('x-md-3.ts')
})

test('blocks are read with their line and their marks; other languages are left alone', () => {
  const markdown = '# x\n```ts run\na\n```\n```sh\nnpm start\n```\n```ts\nb\n```\n'
  expect(codeBlocksOf('x.md', markdown)).toEqual([
    { place: 'x.md:2', code: 'a\n', runs: true },
    { place: 'x.md:8', code: 'b\n', runs: false },
  ])
})
