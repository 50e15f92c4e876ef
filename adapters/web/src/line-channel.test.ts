import { expect, test } from 'vitest'
import { LineChannel } from './line-channel.ts'

test('BND-1 who listens hears that the other side was lost before', async () => {
  const channel = new LineChannel<string, string>('lost-before', 'leader')
  channel.lost()
  await new Promise<void>((closed) => channel.listen(() => {}, closed))
})

test('BND-1 who has closed hears nothing more', async () => {
  const channel = new LineChannel<string, string>('closed-before', 'leader')
  const heard: string[] = []
  channel.close()
  channel.listen(
    () => {},
    () => heard.push('closed'),
  )
  await Promise.resolve()
  channel.lost()
  expect(heard).toEqual([])
})
