import { expect, test, vi } from 'vitest'

// As the build of the production variant fills these modules.
const FILE = '@livefold/core@1.2.3/texts.js'
vi.mock('./development.ts', () => ({ DEVELOPMENT: false, TEXTS_FILE: FILE }))
vi.mock('./texts.ts', () => ({ texts: { 1: 'no such column: %s', 2: '%s failed: %s', 3: 'whole as it is' } }))

const fresh = async () => {
  vi.resetModules()
  return { ...(await import('./errors.ts')), ...(await import('./late-text.ts')) }
}
/** Whose thread has all texts. */
const withTexts = async () => {
  const there = await fresh()
  there.loadTexts()
  await vi.waitFor(() => expect(there.lateText(3)).toBe('whole as it is'))
  return there
}

test('before the texts are there an error says its code, number and values, and where to read more', async () => {
  const { StoreError, lateText } = await fresh()
  const error = new StoreError('query/invalid', lateText(1, 'nope'), { details: { column: 'nope' }, retry: 'backoff' })
  expect(error.message).toBe(`⟦query/invalid, text 1 of ${FILE}: ["nope"]⟧`)
  expect(error).toMatchObject({ code: 'query/invalid', details: { column: 'nope' }, retry: 'backoff' })
})

test('an error that lacks its text asks for the texts, and says all once they are there', async () => {
  const { StoreError, lateText } = await fresh()
  const error = new StoreError('query/invalid', `${lateText(2, 'a', lateText(1, 5))}; ${lateText(3)}`)
  const before = error.stack
  await vi.waitFor(() => expect(error.message).toBe('a failed: no such column: 5; whole as it is'))
  expect(before).toContain('⟦')
  expect(error.stack).toContain('Error: a failed: no such column: 5; whole as it is\n')
  expect(error.stack).not.toContain('⟦')
  expect(new StoreError('query/invalid', lateText(1, 'x')).message).toBe('no such column: x')
})

test('what crosses to another thread is made whole there, by way of any number of errors', async () => {
  const here = await fresh()
  const inner = new here.StoreError('storage/io', here.lateText(1, '⟦"\\⟧ %s'))
  const outer = new here.StoreError('leader/lost', here.lateText(2, 'opening', inner.message))
  const data = JSON.parse(JSON.stringify(outer))
  const there = await withTexts()
  expect(there.StoreError.from(data).message).toBe('opening failed: no such column: ⟦"\\⟧ %s')
  const back = await fresh()
  expect(back.StoreError.from(data).message).toBe(data.message)
})

test.each([
  '⟦text 1 of @livefold/core@9.9.9/texts.js: ["a"]⟧',
  `⟦text 99 of ${FILE}: ["a"]⟧`,
  `⟦text 1 of ${FILE}: nothing⟧`,
  `⟦text 1 of ${FILE}: {"a":1}⟧`,
  'a title with ⟦brackets⟧',
])('what is not of these texts is left as it is: %s', async (message) => {
  const { StoreError } = await withTexts()
  expect(new StoreError('query/invalid', message).message).toBe(message)
})

test('with too few values the rest is left out', async () => {
  const { StoreError } = await withTexts()
  expect(new StoreError('query/invalid', `⟦text 2 of ${FILE}: ["a"]⟧`).message).toBe('a failed: %s')
})
