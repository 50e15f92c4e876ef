import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreError } from '@livefold/core/adapter'
import { type RunningServer, type StartServerOptions, startServer } from '../start-server.ts'

/** Who may do what: `ann` reads and writes a and b, `bob` b and c; `eve` reads every store. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = { ann: ['a', 'b'], bob: ['b', 'c'], eve: [] }

/** A server on a file of its own that knows three users by their names as tokens, and `<name>!` as one that has expired. */
export async function startAttacked(options: Partial<StartServerOptions> = {}) {
  const data = mkdtempSync(join(tmpdir(), 'livefold-attack-'))
  const open = () =>
    startServer({
      port: 0,
      data,
      authenticate(token) {
        if (token?.endsWith('!')) throw new StoreError('sync/unauthorized', 'expired')
        if (token === null || !Object.hasOwn(RIGHTS, token)) throw new Error('unknown')
        return { id: token }
      },
      authorize({ id }, storeId, access) {
        return (id === 'eve' && access === 'read') || (RIGHTS[id] ?? []).includes(storeId)
      },
      ...options,
    })
  const attacked = {
    running: (await open()) as RunningServer,
    async restart() {
      await attacked.running.close()
      attacked.running = await open()
    },
    async end() {
      await attacked.running.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
  return attacked
}
