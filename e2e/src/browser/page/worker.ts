import '@claviger/client/without-eval.ts'
import { steps } from './steps.ts'

/** A question of the page's: which step, with what. */
export interface Question {
  readonly id: number
  readonly step: keyof typeof steps
  readonly given: never[]
}

/** What comes back; of a refusal its code and words. */
export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly refusal: { code: string; message: string } })

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void answer(data).then((said) => postMessage(said))
})

async function answer({ id, step, given }: Question): Promise<Answer> {
  try {
    const run: (...given: never[]) => Promise<unknown> = steps[step]
    return { id, result: await run(...given) }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'bug'
    return { id, refusal: { code, message: String(thrown) } }
  }
}
