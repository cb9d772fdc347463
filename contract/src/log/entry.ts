import { fromBase64url, sha256, toBase64url } from '../bytes.ts'
import { EnterpriseLogId, EntryHash } from '../ids.ts'
import { readStatementBytes, type SignedStatement } from '../signed-statement.ts'
import { Statement } from './statement.ts'

/** An entry of the enterprise log is a signed statement: the exact bytes, and the signature over them. */
export type LogEntry = SignedStatement

/** The hash that the next entry names: over the bytes and the signature, as they are stored. */
export async function hashEntry(entry: LogEntry): Promise<EntryHash> {
  return EntryHash.parse(toBase64url(await sha256(['claviger log entry', fromBase64url(entry.statement), fromBase64url(entry.signature)])))
}

/** The log's id: the hash of its first entry. */
export async function logIdOf(genesis: LogEntry): Promise<EnterpriseLogId> {
  return EnterpriseLogId.parse(await hashEntry(genesis))
}

/** What an entry says; neither its signature nor its place is checked. @throws ContractError `malformed` */
export function readEntry(entry: LogEntry): Statement {
  return readStatementBytes(Statement, entry, 'a statement of the enterprise log')
}
