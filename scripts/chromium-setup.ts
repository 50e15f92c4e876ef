import { bringChromium } from './browser-finder.ts'

/** Global setup of tests that run in Chromium. */
export default function chromiumSetup(): void {
  bringChromium()
}
