// What a page loads after its first queries: the session's later parts, and its own.

export {
  ChangeCollector,
  changeFeed,
  DispatchIndex,
  Following,
  maintainedOf,
  netChanges,
  QueryCache,
  rowReader,
  share,
} from '@livefold/core/session-parts'
export { Caretaker } from './caretaker.ts'
export { noBrowser } from './no-browser.ts'
