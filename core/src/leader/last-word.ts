import { messageOf, StoreError } from '../base/errors.ts'
import type { StoreFile } from '../eventlog/store-file.ts'
import { isEnvironment } from '../replica/materialize.ts'
import { checkEpoch } from './boot.ts'
import { doesNotFit, isDamage } from './sound-file.ts'

/**
 * With what a leader ends that has met this, having noted in its file what the next one is to do first. Null when it goes on: a failure of
 * the medium is tried again, while being deposed is final.
 */
export function lastWord(thrown: unknown, file: StoreFile, epoch: number): StoreError | null {
  if (!isEnvironment(thrown)) {
    if (thrown instanceof StoreError) return thrown
    return new StoreError('leader/lost', `The leader failed: ${messageOf(thrown)}`, { cause: thrown, retry: 'restart' })
  }
  if (doesNotFit(thrown)) return rebuildNext(thrown as StoreError, file, epoch)
  return isDamage(thrown) ? repairNext(thrown, file, epoch) : null
}

/** The next leader folds the state anew. */
function rebuildNext(cause: StoreError, file: StoreFile, epoch: number): StoreError | null {
  try {
    file.driver.transaction(() => {
      checkEpoch(file, epoch)
      file.meta.set('schemaHash', '')
    })
  } catch (thrown) {
    return lastWord(thrown, file, epoch)
  }
  const message = 'The state tables do not fit their undo records: they are rebuilt from the log.'
  return new StoreError('leader/lost', message, { cause, retry: 'restart' })
}

/** The next leader puts a new file in the place of this one. */
function repairNext(cause: StoreError, file: StoreFile, epoch: number): StoreError {
  try {
    file.driver.transaction(() => {
      checkEpoch(file, epoch)
      file.meta.set('damaged', cause.message)
    })
  } catch {
    // Too damaged to say so: that shows when it is opened.
  }
  return new StoreError(cause.code, cause.message, { details: cause.details, cause, retry: 'restart' })
}
