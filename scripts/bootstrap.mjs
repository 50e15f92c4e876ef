// The one way in: `npm start`, `npm test` and the others. Plain Node >= 20, no dependencies, since nothing may be
// installed yet. Installs when a manifest or the lockfile changed, then runs the task on the workspace's own Node 24.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { supervise } from './supervise.mjs'
import { tasks } from './tasks.mjs'

const PNPM = 'pnpm@12.21.0'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const stampFile = join(root, 'node_modules/.livefold-stamp')
const node = join(root, 'node_modules/node/bin/node')

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `Livefold: this is Node ${process.versions.node}; 20 or newer is needed to begin (it brings its own Node 24).`,
  )
  process.exit(1)
}
const [task, ...args] = process.argv.slice(2)
if (!Object.hasOwn(tasks, task)) {
  console.error(`Unknown task '${task}'. There are: ${Object.keys(tasks).join(', ')}. Each takes --help.`)
  process.exit(2)
}

const stamp = stampOfManifests()
if (!existsSync(node) || stampOnDisk() !== stamp) await install()
process.exit(await run())

/** Everything an install depends on, as one hash. */
function stampOfManifests() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${PNPM}\n`)
  const nested = ['adapters', 'bindings', 'playground'].flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [],
  )
  const manifests = ['.', 'core', 'benchmarks', 'docs', 'playground', ...nested].map(
    (directory) => `${directory}/package.json`,
  )
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests.sort()]) {
    if (existsSync(join(root, file))) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function stampOnDisk() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
}

async function install() {
  console.log(`Livefold: installing (${PNPM}; the first time brings Node 24 as well)`)
  const code = await supervise('npx', ['-y', PNPM, 'install', '--frozen-lockfile'], { cwd: root })
  if (code !== 0) {
    console.error(
      `Livefold: the install failed with code ${code}. ` +
        `If you changed a package.json, bring the lockfile up to date with: npx ${PNPM} install`,
    )
    process.exit(code)
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stampFile, stamp)
}

function run() {
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  // Sources are stripped of their types and compiled once, not by each process: a start takes a third of the time.
  const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules/.cache/compiled')
  // From the folder the user is in, so that relative paths in arguments mean what they say.
  const cwd = task === 'history' || task === 'server' ? (process.env.INIT_CWD ?? root) : root
  const script = tasks[task].map((part) => (/\.(ts|m?js)$/.test(part) ? join(root, part) : part))
  return supervise(node, [...script, ...args], { cwd, env: { ...process.env, PATH, NODE_COMPILE_CACHE } })
}
