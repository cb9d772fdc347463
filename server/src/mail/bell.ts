import type { Millis } from '../storage/database.ts'

/** Ends the wait of one loop. A ring while nobody waits is kept for the next wait. */
export class Bell {
  #rung = false
  #answer: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#answer?.()
  }

  /** Resolves at the next ring, or when so much time has passed. */
  async wait(millis: Millis): Promise<void> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#answer = resolve
        timer = setTimeout(resolve, millis)
      })
      clearTimeout(timer)
      this.#answer = undefined
    }
    this.#rung = false
  }
}
