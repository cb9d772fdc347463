import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '@claviger/server/errors.ts'

/**
 * A secret from standard input: the first line with `--password-stdin`, else typed without being shown. A flag would stand in the
 * shell's history and in the list of processes.
 * @throws AppError `invalid_value` where there is none
 */
export async function readSecret(fromStdin: boolean | undefined, what: string): Promise<string> {
  const secret = fromStdin ? await firstLine() : await typed(what)
  if (secret === '') throw new AppError('invalid_value', `The ${what} is empty: nothing was done.`)
  return secret
}

/** As `readSecret` for a secret that is being chosen: typed twice, because nobody sees what they type. */
export async function chooseSecret(fromStdin: boolean | undefined, what: string): Promise<string> {
  const chosen = await readSecret(fromStdin, what)
  if (fromStdin || (await typed(`${what} again`)) === chosen) return chosen
  throw new AppError('invalid_value', `The two did not match: nothing was done.`)
}

async function firstLine(): Promise<string> {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of process.stdin) {
    text += chunk
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/, 1)[0] ?? ''
}

async function typed(what: string): Promise<string> {
  if (!process.stdin.isTTY) throw new AppError('invalid_value', `The ${what} is read from standard input with --password-stdin.`)
  process.stderr.write(`${what}: `)
  const silent = new Writable({ write: (_, __, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}
