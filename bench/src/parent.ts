import { createInterface } from 'node:readline'

/** What the process that started this one gave it. The caller names the type: both ends are ours. */
export function argument<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null')
}

/** Says a line to the process that started this one. */
export function tell(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** Ends this process with the one that started it, however that ends: their pipe closes. Nothing is left to be hunted for. */
export function endWithParent(): void {
  process.stdin.on('close', () => process.exit(0)).resume()
}

/** Answers each line that the parent asks, in turn, and ends with it. */
export async function answerParent<Question>(answer: (question: Question) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) tell(await answer(JSON.parse(line)))
  process.exit(0)
}
