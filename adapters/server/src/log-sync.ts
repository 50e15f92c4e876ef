import { closeSync, fdatasync, openSync } from 'node:fs'

/**
 * Puts what was committed to a database in WAL mode on the disk, in a thread beside: the event loop goes on meanwhile. With `synchronous=NORMAL`
 * SQLite leaves out one thing that FULL does, which is this sync after each commit.
 */
export class LogSync {
  readonly #handle: number

  /** @param file of the database; its write-ahead log is there once it was read */
  constructor(file: string) {
    this.#handle = openSync(`${file}-wal`, 'r+')
  }

  /** Resolves when all that was committed before the call is on the disk. Rejects with the system's error. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#handle, (error) => (error ? reject(error) : resolve()))
    })
  }

  close(): void {
    closeSync(this.#handle)
  }
}
