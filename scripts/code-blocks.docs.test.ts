import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codeBlocksOf, documentedBlocks } from './code-blocks.ts'
import { runCommand, tryCommand } from './run-command.ts'
import { root } from './workspace.ts'

const documented = documentedBlocks()
const blocks = documented.filter((block) => block.file === null)

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

/** How the app of a guide is checked: with the tools of its framework. */
const checkers: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  svelte: ['svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings', '--workspace', '.'],
  vue: ['vue-tsc', '-p', '.'],
  solid: ['tsc', '-p', '.'],
  react: ['tsc', '-p', '.'],
  tutorial: ['tsc', '-p', '.'],
}

const guides = Object.keys(checkers).map((name) => [name, `docs/guides/${name}.md`] as const)

type Files = readonly { file: string | null; code: string }[]

/** Of apps that stand side by side in a folder. */
async function check(name: string, into: string, apps: Readonly<Record<string, Files>>) {
  for (const [app, files] of Object.entries(apps)) {
    for (const { file, code } of files) {
      mkdirSync(dirname(join(into, app, file!)), { recursive: true })
      writeFileSync(join(into, app, file!), code)
    }
  }
  const tsconfig = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      lib: ['ES2024', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
      ...(name === 'react' ? { jsx: 'react-jsx' } : { jsx: 'preserve', jsxImportSource: 'solid-js' }),
      // vue-tsc takes an import of a component for an import to be rewritten.
      rewriteRelativeImportExtensions: false,
    },
    include: ['**/*'],
  }
  writeFileSync(join(into, 'tsconfig.json'), JSON.stringify(tsconfig))
  const [command, ...args] = checkers[name]!
  return tryCommand(join(root, 'node_modules/.bin', command), args, { cwd: into })
}

test.each(guides)('the %s app of %s type-checks; a wrong event, column or row in it is found', async (name, guide) => {
  const files = documented.filter((block) => block.file !== null && block.place.startsWith(`${guide}:`))
  expect(files.length).toBeGreaterThan(3)
  const wrongs = [
    [/todoCreated\(\{ id:/, 'todoCreated({ wrongArg:'],
    [/todos\.where\(\{ done: false \}\)/, 'todos.where({ wrongColumn: false })'],
    [/\btodo\.title\b/, 'todo.wrongProperty'],
  ] as const
  const changed = files.map(({ file, code }) => ({
    file,
    code: wrongs.reduce((text, [right, wrong]) => text.replace(right, wrong), code),
  }))
  const { code, output } = await check(name, join(folder, name), { right: files, wrong: changed })
  expect(output).not.toMatch(/\bright[/\\]/)
  expect(code).not.toBe(0)
  for (const wrong of ['wrongArg', 'wrongColumn', 'wrongProperty']) {
    expect(output).toContain(`'${wrong}' does not exist`)
  }
})

test('a block with a type error is found', async () => {
  const wrong = codeBlocksOf('x.md', 'text\n\n```ts\nconst n: number = "one"\n```\n')
  const into = join(folder, 'wrong')
  writeBlocks(into, wrong)
  const { code, output } = await tryCommand(tsc, ['-p', into])
  expect(code).not.toBe(0)
  expect(output).toContain('x-md-3.ts')
})

test('blocks are read with their line and their marks; other languages are left alone', () => {
  const markdown =
    '# x\n```ts run\na\n```\n```sh\nnpm start\n```\n```ts\nb\n```\n```vue\nc\n```\n```vue file=D.vue\nd\n```\n'
  expect(codeBlocksOf('x.md', markdown)).toEqual([
    { place: 'x.md:2', code: 'a\n', runs: true, file: null },
    { place: 'x.md:8', code: 'b\n', runs: false, file: null },
    { place: 'x.md:14', code: 'd\n', runs: false, file: 'D.vue' },
  ])
})
