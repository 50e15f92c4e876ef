import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * A Chromium to test with: `CHROMIUM_PATH`, the system's, Playwright's own; as root on Debian one is installed.
 *
 * @throws Error with the command that installs one
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM_PATH names ${named}, which is not there.`)
  }
  return systemChromium() ?? playwrightChromium() ?? installedChromium()
}

function systemChromium(): string | null {
  for (const name of NAMES) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      // The next one, then.
    }
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  return existsSync(mac) ? mac : null
}

function playwrightChromium(): string | null {
  const path = chromium.executablePath()
  return path && existsSync(path) ? path : null
}

function installedChromium(): string {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No Chromium here: apt-get install chromium')
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    const path = systemChromium()
    if (path) return path
  }
  throw new Error(
    `The browser tests need a Chromium. Install one with \`${installCommand()}\`, or name yours in CHROMIUM_PATH.`,
  )
}

function installCommand(): string {
  if (existsSync('/usr/bin/apt-get')) return 'sudo apt-get install -y chromium'
  if (existsSync('/usr/bin/dnf')) return 'sudo dnf install -y chromium'
  if (existsSync('/usr/bin/pacman')) return 'sudo pacman -S chromium'
  return 'npx playwright@1.64.1 install chromium'
}
