import * as session from '@livefold/core/session-parts'
import { Caretaker } from './caretaker.ts'

/** What a page loads after its first queries. */
export const sessionParts = { session, Caretaker }
export type WebSessionParts = typeof sessionParts
