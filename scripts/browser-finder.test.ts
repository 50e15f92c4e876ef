import { expect, test } from 'vitest'
import { bringChromium, findFirefox, type Machine } from './browser-finder.ts'

/** A machine with these files (programs are in /usr/bin); what is run on it is listed. */
function machine(files: string[], more: Partial<Machine> = {}): Machine & { readonly ran: string[] } {
  const ran: string[] = []
  const exists = (path: string) => files.includes(path)
  return {
    environment: {},
    root: false,
    exists,
    which: (name) => (exists(`/usr/bin/${name}`) ? `/usr/bin/${name}` : null),
    playwright: () => '/cache/chrome',
    run(command, args) {
      ran.push(`${command} ${args.join(' ')}`)
      if (args.includes('install')) files.push('/usr/bin/chromium')
    },
    ran,
    ...more,
  }
}

test('Chromium: the named one, then the system’s, then Playwright’s', () => {
  const files = ['/opt/mine', '/usr/bin/google-chrome', '/cache/chrome']
  expect(bringChromium(machine(files, { environment: { CHROMIUM_PATH: '/opt/mine' } }))).toBe('/opt/mine')
  expect(bringChromium(machine(files))).toBe('/usr/bin/google-chrome')
  expect(bringChromium(machine(['/cache/chrome']))).toBe('/cache/chrome')
})

test('a CHROMIUM_PATH that leads nowhere is said, and nothing else is taken instead', () => {
  const wrong = machine(['/usr/bin/chromium'], { environment: { CHROMIUM_PATH: '/opt/gone' } })
  expect(() => bringChromium(wrong)).toThrow('CHROMIUM_PATH names /opt/gone')
})

test('as root on Debian one is installed', () => {
  const debian = machine(['/usr/bin/apt-get'], { root: true })
  expect(bringChromium(debian)).toBe('/usr/bin/chromium')
  expect(debian.ran).toEqual(['apt-get update -qq', 'apt-get install -y -qq chromium'])
})

test.each([
  ['/usr/bin/apt-get', 'sudo apt-get install -y chromium'],
  ['/usr/bin/dnf', 'sudo dnf install -y chromium'],
  ['/usr/bin/pacman', 'sudo pacman -S chromium'],
  ['/bin/sh', 'npx playwright@1.64.1 install chromium'],
])('others get the command for their system (%s), and nothing is run', (file, command) => {
  const other = machine([file])
  expect(() => bringChromium(other)).toThrow(command)
  expect(other.ran).toEqual([])
})

test('Firefox is found, never brought', () => {
  expect(findFirefox(machine(['/usr/bin/firefox-esr']))).toBe('/usr/bin/firefox-esr')
  expect(findFirefox(machine([], { root: true }))).toBeNull()
})
