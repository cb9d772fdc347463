import { AppError } from '../errors.ts'

/** What an administrator can do about a store that cannot be opened, by the code of the system's or the database's error. */
const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at the address in CLAVIGER_DATABASE_URL: is the database running, and the port right?',
  ENOTFOUND: 'the name of the host in CLAVIGER_DATABASE_URL is unknown to this machine',
  EAI_AGAIN: 'the name of the host in CLAVIGER_DATABASE_URL cannot be looked up now',
  ETIMEDOUT: 'the host in CLAVIGER_DATABASE_URL does not answer: is there a firewall between?',
  '57P03': 'the database is starting up',
  '28P01': 'the database refuses the password in CLAVIGER_DATABASE_URL',
  '28000': 'the database does not let the user in CLAVIGER_DATABASE_URL in',
  '3D000': 'the database named in CLAVIGER_DATABASE_URL does not exist: create it first',
  '42501': 'the user in CLAVIGER_DATABASE_URL may not create tables: make it the owner of the database',
  EACCES: 'this process may not use the folder of the store: check who owns it (CLAVIGER_DATA)',
  ENOSPC: 'the disk of the store is full',
}
/** They pass by themselves, as when a database starts beside the server. */
const passing = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03'])
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

/** The refusal that a failure to open the store stands for, in words for an administrator; the error itself where it is another. */
export function explainConnectFailure(error: unknown): unknown {
  const code = codeOf(error)
  const words = code === undefined ? wordsOfSqlite(error) : advice[code]
  return words === undefined ? error : new AppError('unavailable', words, { cause: error })
}

/** Whether it is worth trying again in a moment. */
export function isPassing(error: unknown): boolean {
  return passing.has(codeOf(error) ?? '')
}

/** A connection to a name with several addresses fails with all of their errors in one. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (!(error instanceof Error)) return undefined
  return 'code' in error && error.code !== 'ERR_SQLITE_ERROR' ? String(error.code) : undefined
}

function wordsOfSqlite(error: unknown) {
  if (!(error instanceof Error && 'errcode' in error)) return undefined
  if (error.errcode === SQLITE_CANTOPEN)
    return 'the file of the store cannot be opened: check that the folder is there and who owns it (CLAVIGER_DATA)'
  if (error.errcode === SQLITE_NOTADB) return 'the file of the store is no database: put it aside, and restore a backup'
  return undefined
}
