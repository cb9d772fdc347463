import { AppError } from '@claviger/server/errors.ts'
import { chooseSecret, readSecret } from './password.ts'

/** Longest input that is read whole. */
const MOST_LETTERS = 1024 * 1024

/** A secret by the name under which it is asked for. `isChosen`: a new one, typed twice. */
export interface WantedSecret {
  readonly what: string
  readonly isChosen?: boolean
}

/**
 * Several secrets in this order: lines of standard input with `fromStdin`, else each typed without being shown.
 * @throws AppError `invalid_value` where one is missing
 */
export async function readSecrets<Wanted extends readonly WantedSecret[]>(
  fromStdin: boolean | undefined,
  ...wanted: Wanted
): Promise<{ [At in keyof Wanted]: string }>
export async function readSecrets(fromStdin: boolean | undefined, ...wanted: readonly WantedSecret[]): Promise<string[]> {
  if (fromStdin) {
    const lines = (await readInput(wanted.length)).split(/\r?\n/)
    return wanted.map(({ what }, at) => {
      const line = lines[at] ?? ''
      if (line === '')
        throw new AppError('invalid_value', `The ${what} is missing: it is line ${at + 1} of standard input. Nothing was done.`)
      return line
    })
  }
  const typed: string[] = []
  for (const { what, isChosen } of wanted) typed.push(await (isChosen ? chooseSecret(false, what) : readSecret(false, what)))
  return typed
}

/** Standard input to its end, or to the end of so many lines. @throws AppError `too_large` past a million letters */
export async function readInput(lines = Number.POSITIVE_INFINITY): Promise<string> {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of process.stdin) {
    text += chunk
    if (text.length > MOST_LETTERS) throw new AppError('too_large', 'Standard input is too long: nothing was done.')
    if (text.split('\n').length > lines) break
  }
  return text
}
