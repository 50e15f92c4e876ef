import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const FIREFOXES = ['firefox-esr', 'firefox']

/** For a Chromium without a user: in a container, without asking anyone anything. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What the search asks of the machine it runs on. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly root: boolean
  exists(path: string): boolean
  /** Path of a program, or null. */
  which(name: string): string | null
  /** Where Playwright keeps the Chromium that it downloads. */
  playwright(): string
  run(command: string, args: readonly string[]): void
}

/**
 * A Chromium to test with: `CHROMIUM_PATH`, the system's, Playwright's own; as root on Debian one is installed.
 *
 * @throws Error with the command that installs one
 */
export function bringChromium(machine: Machine = thisMachine): string {
  return findChromium(machine) ?? installedChromium(machine)
}

/**
 * The same without installing; null where there is none.
 *
 * @throws Error when `CHROMIUM_PATH` names what is not there
 */
export function findChromium(machine: Machine = thisMachine): string | null {
  const bundled = machine.playwright()
  return (
    named('CHROMIUM_PATH', machine) ??
    first([...CHROMIUMS, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'], machine) ??
    (machine.exists(bundled) ? bundled : null)
  )
}

/**
 * A Firefox to test with: `FIREFOX_PATH` or the system's; null where there is none.
 *
 * @throws Error when `FIREFOX_PATH` names what is not there
 */
export function findFirefox(machine: Machine = thisMachine): string | null {
  return (
    named('FIREFOX_PATH', machine) ?? first([...FIREFOXES, '/Applications/Firefox.app/Contents/MacOS/firefox'], machine)
  )
}

function named(variable: string, { environment, exists }: Machine): string | null {
  const path = environment[variable]
  if (!path || exists(path)) return path || null
  throw new Error(`${variable} names ${path}, which is not there.`)
}

function first(candidates: readonly string[], { which, exists }: Machine): string | null {
  for (const candidate of candidates) {
    const path = candidate.startsWith('/') ? exists(candidate) && candidate : which(candidate)
    if (path) return path
  }
  return null
}

function installedChromium(machine: Machine): string {
  if (machine.root && machine.exists('/usr/bin/apt-get')) {
    console.log('No Chromium here: apt-get install -y chromium')
    machine.run('apt-get', ['update', '-qq'])
    machine.run('apt-get', ['install', '-y', '-qq', 'chromium'])
    const path = findChromium(machine)
    if (path) return path
  }
  throw new Error(
    `The browser tests need a Chromium. Install one with \`${installCommand(machine)}\`, or name yours in CHROMIUM_PATH.`,
  )
}

function installCommand({ exists }: Machine): string {
  if (exists('/usr/bin/apt-get')) return 'sudo apt-get install -y chromium'
  if (exists('/usr/bin/dnf')) return 'sudo dnf install -y chromium'
  if (exists('/usr/bin/pacman')) return 'sudo pacman -S chromium'
  return 'npx playwright@1.64.1 install chromium'
}

const thisMachine: Machine = {
  environment: process.env,
  root: process.getuid?.() === 0,
  exists: existsSync,
  which(name) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      return null
    }
  },
  playwright: () => chromium.executablePath(),
  run(command, args) {
    execFileSync(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  },
}
