import { expect, test } from 'vitest'
import { LeaderLine } from './leader-line.ts'

test('BND-1 who listens hears that the other side was lost before', async () => {
  const channel = new LeaderLine('lost-before', (frame) => frame)
  channel.lost()
  await new Promise<void>((closed) => channel.listen(() => {}, closed))
})

test('BND-1 who has closed hears nothing more', async () => {
  const channel = new LeaderLine('closed-before', (frame) => frame)
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
