import { ApiError } from '@claviger/client/api/call.ts'
import { ClientError, type ClientErrorCode } from '@claviger/client/errors.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import { EXIT_FAILED, EXIT_UNREACHABLE, EXIT_USAGE } from './exit.ts'
import { exitCodeOfWord } from './exit-code.ts'

/** What to do about a refusal by the client, where its message alone does not say it. */
const advice: Partial<Record<ClientErrorCode, string>> = {
  signed_out: 'claviger sign-in --server URL --email ADDRESS --password-stdin --profile DIR',
  log_forked: 'The server shows this device another log than before. Do not enter secrets; ask an administrator what happened.',
  log_shortened: 'The server was set back, or hides entries. Do not enter secrets; ask an administrator what happened.',
  another_enterprise: 'This is not the enterprise that this profile belongs to. Check the address of the server.',
  swapped_key: 'The server offers other keys than the known ones. Do not go on before an administrator has explained it.',
}

/** A refusal that a client command met: its words, what to do, and the exit code. Null for what is none: a bug. */
export function refusalText(error: unknown): { lines: string[]; exit: number } | null {
  if (error instanceof ApiError) return { lines: [error.message], exit: exitCodeOfWord(error.code) }
  if (error instanceof ContractError) return { lines: [error.message], exit: EXIT_FAILED }
  if (!(error instanceof ClientError)) return null
  const exit = error.code === 'unreachable' ? EXIT_UNREACHABLE : error.code === 'weak_password' ? EXIT_USAGE : EXIT_FAILED
  return { lines: [error.message, ...(advice[error.code] === undefined ? [] : [advice[error.code] ?? ''])], exit }
}
