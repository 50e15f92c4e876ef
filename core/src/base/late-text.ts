import { DEVELOPMENT, TEXTS_FILE } from './development.ts'

// In the production variant the texts of messages come later than the code that throws them: the build puts `lateText(17, a, b)` where
// source has a message inline. Until the texts are there a message is a stand-in, which says where to read it; it is made
// whole in this thread or in another, whichever has the texts. Elsewhere nothing here is used.

/** So many errors get their whole message when the texts come. */
const MAX_WAITING = 100
/** So often at most they are asked for where they do not arrive. */
const MAX_TRIES = 10

let wholeText: ((message: string) => string) | null = null
let loading = false
let tries = 0
let waiting: WeakRef<Error>[] = []

/** A message by its number. */
export function lateText(number: number, ...values: readonly unknown[]): string {
  // Of a stand-in within another only the outer one's brackets are to be seen.
  const args = JSON.stringify(values.map(String)).replace(/[⟦⟧]/g, (at) => (at === '⟦' ? '\\u27e6' : '\\u27e7'))
  const standIn = `⟦text ${number} of ${TEXTS_FILE}: ${args}⟧`
  return wholeText ? wholeText(standIn) : standIn
}

/**
 * A part of a message, said where nothing tells the build that it will be one: its text comes later too. It may be a stand-in, so it is
 * for messages alone.
 */
export function messagePart(text: string): string {
  return text
}

/** What an error of this code says, as far as it can be told now. */
export function messageFor(code: string, message: string): string {
  if (DEVELOPMENT) return message
  return wholeText ? wholeText(message) : message.replaceAll('⟦text', `⟦${code}, text`)
}

/** Has the error say all once the texts are there. */
export function awaitTexts(error: Error): void {
  if (DEVELOPMENT || wholeText || !error.message.includes('⟦')) return
  if (waiting.length < MAX_WAITING) waiting.push(new WeakRef(error))
  loadTexts()
}

/** Called when there is time for them, and by whoever lacks one. Where they do not load all goes on as well; the next calls try again. */
export function loadTexts(): void {
  if (DEVELOPMENT || wholeText || loading || tries >= MAX_TRIES) return
  loading = true
  tries++
  import('./whole-text.ts').then(
    (loaded) => {
      wholeText = loaded.wholeText
      for (const reference of waiting) {
        const error = reference.deref()
        if (!error) continue
        error.message = wholeText(error.message)
        // Where it begins with the message, as in V8.
        if (error.stack) error.stack = wholeText(error.stack)
      }
      waiting = []
    },
    () => {
      loading = false
    },
  )
}
