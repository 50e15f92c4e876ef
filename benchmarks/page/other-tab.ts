/** What the measuring tab asks of the other, and what that one says, over a channel of this name. */
export const CHANNEL = 'livefold-bench'

export type TabMessage =
  /** Answer with `echo`. */
  | { readonly type: 'ping' }
  /** Open the store, answer with `ready`, then say `echo` at every change of its items. */
  | { readonly type: 'open'; readonly storeId: string }
  | { readonly type: 'close' }
  | { readonly type: 'ready' }
  | { readonly type: 'echo' }

/** The measuring tab's end. */
export class OtherTab {
  readonly #channel = new BroadcastChannel(CHANNEL)

  /** Sends, and resolves when the answer has come. */
  async ask(message: TabMessage, answer: TabMessage['type']): Promise<void> {
    const come = this.next(answer)
    this.#channel.postMessage(message)
    await come
  }

  next(type: TabMessage['type']): Promise<void> {
    return new Promise((resolve) => {
      this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
        if (data.type === type) resolve()
      }
    })
  }

  close(): void {
    this.#channel.close()
  }
}
