import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from './playground-process.ts'

/** The ports have to be free within this, ms. */
const STOP = 3_000

test.each(['SIGINT', 'SIGTERM'] as const)('start prints both addresses, serves, and stops on %s', async (signal) => {
  const [playgroundPort, syncPort] = [await freePort(), await freePort()]
  const data = mkdtempSync(join(tmpdir(), 'livefold-start-'))
  const child = spawn(process.execPath, ['--conditions=livefold-source', join(import.meta.dirname, '../start.ts')], {
    env: {
      ...process.env,
      PLAYGROUND_PORT: String(playgroundPort),
      SYNC_PORT: String(syncPort),
      SYNC_DATA: data,
      NODE_ENV: 'development',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await expect.poll(() => output).toContain(`http://127.0.0.1:${playgroundPort}/`)
  expect(output).toContain(`http://127.0.0.1:${syncPort}/sync`)
  for (const path of ['', 'vanilla/']) {
    const answer = await fetch(`http://127.0.0.1:${playgroundPort}/${path}`)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Livefold')
  }
  const asked = performance.now()
  child.kill(signal)
  expect(await ended).toEqual([0, null])
  expect(performance.now() - asked).toBeLessThan(STOP)
  for (const port of [playgroundPort, syncPort]) {
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  }
  rmSync(data, { recursive: true, force: true })
})
