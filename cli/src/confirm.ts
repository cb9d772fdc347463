import { createInterface } from 'node:readline/promises'
import { AppError } from '@claviger/server/errors.ts'
import { printable } from './output.ts'

/**
 * Shows lines on the terminal and asks a question that only `yes` affirms. Asked and answered outside of standard output,
 * which holds the result. @throws AppError `invalid_value` where nobody sits there; `flag` is what answers then
 */
export async function confirm(lines: readonly string[], question: string, flag: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new AppError('invalid_value', `Nobody can be asked here: answer with ${flag}. Nothing was done.`)
  process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(''))
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await reader.question(`${question}? (yes/no) `)).trim().toLowerCase() === 'yes'
  } finally {
    reader.close()
  }
}
