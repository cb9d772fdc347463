import { transferHandlers } from 'comlink'

/** A refusal as the page sees it: what its words and its code were in the Worker. */
export class WorkerRefusal extends Error {
  override name = 'WorkerRefusal'
  readonly code: string
  readonly retryAfter: number | undefined
  constructor(code: string, message: string, retryAfter: number | undefined) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }
}

interface Thrown {
  readonly code: string
  readonly message: string
  readonly retryAfter: number | undefined
}

/** Makes errors keep their code between Worker and page, where a copy of an Error would lose it. Both sides call it first. */
export function throwOver(): void {
  const given = transferHandlers.get('throw')
  if (given === undefined) throw new Error('comlink hands no errors over')
  transferHandlers.set('throw', {
    canHandle: given.canHandle as (value: unknown) => value is { value: unknown },
    serialize: ({ value }: { value: unknown }): [Thrown, []] => [thrown(value), []],
    deserialize: ({ code, message, retryAfter }: Thrown) => {
      throw new WorkerRefusal(code, message, retryAfter)
    },
  })
}

function thrown(value: unknown): Thrown {
  if (!(value instanceof Error)) return { code: 'bug', message: String(value), retryAfter: undefined }
  const retryAfter = 'retryAfter' in value && typeof value.retryAfter === 'number' ? value.retryAfter : undefined
  return { code: 'code' in value ? String(value.code) : 'bug', message: value.message, retryAfter }
}
