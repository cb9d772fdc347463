import { AppError } from '@claviger/server/errors.ts'
import { findMethod, methodBaseUrl } from '@claviger/server/provisioning/methods.ts'
import { issueToken, revokeToken, validTokens } from '@claviger/server/provisioning/tokens.ts'
import type { Db, Millis, Trx } from '@claviger/server/storage/database.ts'
import { write } from '@claviger/server/storage/write.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { say, timeJson, timeText, writeJson } from './output.ts'
import { ACTOR, addLinkOptions, addStoreOptions, type StoreOptions, withStore } from './store.ts'

const DAY: Millis = 24 * 60 * 60 * 1000
const MOST_DAYS = 3650

/** A valid token as it is shown: never the token itself. */
export interface ShownToken {
  tokenId: string
  /** The last four characters of the token. */
  hint: string
  createdAt: string | null
  expiresAt: string | null
  lastUsedAt: string | null
}

/** Adds `method rotate` and `method revoke`. */
export function addMethodTokenCommands(method: Command): void {
  addLinkOptions(method.command('rotate'))
    .description('make another provisioning token; the old one stays valid until it is revoked')
    .argument('<method>', 'the id of the method')
    .addOption(expiresOption())
    .action(rotate)
  addStoreOptions(method.command('revoke'))
    .description('end a provisioning token at once')
    .argument('<method>', 'the id of the method')
    .argument('<token-id>', 'the id of the token, as `method list` shows it')
    .action(revoke)
}

/** `--expires`, in days. */
export function expiresOption(): Option {
  return new Option('--expires <days>', 'after how many days the token ends by itself (never)').argParser((text) => {
    const days = Number(text)
    if (!/^\d+$/.test(text) || days < 1 || days > MOST_DAYS) throw new InvalidArgumentError(`Give the days, 1 to ${MOST_DAYS}.`)
    return days
  })
}

/** When a token that is made at `at` ends. */
export function expiryOf(days: number | undefined, at: Millis): Millis | null {
  return days === undefined ? null : at + days * DAY
}

/** The tokens with which a method can be called now, oldest first. */
export async function shownTokens(db: Db, methodId: string, at: Millis): Promise<ShownToken[]> {
  const tokens = await validTokens(db, methodId, at)
  return tokens.map((token) => ({
    tokenId: token.id,
    hint: token.hint,
    createdAt: timeJson(token.created_at),
    expiresAt: timeJson(token.expires_at),
    lastUsedAt: timeJson(token.last_used_at),
  }))
}

async function rotate(id: string, { expires, ...options }: StoreOptions & { expires?: number }) {
  const rotated = await withStore(options, async ({ db, config, at }) => {
    const { method, token, tokens } = await write(db, (trx) => issueAnother(trx, id, at, expiryOf(expires, at)))
    return { methodId: method.id, nodeId: method.node_id, baseUrl: methodBaseUrl(config.publicUrl, method.node_id), token, tokens }
  })
  if (options.json) return writeJson(rotated)
  const old = rotated.tokens.slice(0, -1)
  await say(
    `Token:  ${rotated.token}`,
    '',
    'It is shown this one time: paste it into the directory now.',
    ...(expires === undefined ? [] : [`It expires in ${expires} days.`]),
    ...old.flatMap((token) => [
      `The old token (…${token.hint}) is valid until you revoke it, once the directory uses the new one:`,
      `  claviger method revoke ${rotated.methodId} ${token.tokenId}`,
    ]),
  )
}

async function issueAnother(trx: Trx, id: string, at: Millis, expiresAt: Millis | null) {
  const method = await findMethod(trx, id)
  const before = await shownTokens(trx, id, at)
  if (before.length > 1) throw tooManyTokens(id, before)
  const token = await issueToken(trx, method, ACTOR, at, expiresAt)
  return { method, token, tokens: await shownTokens(trx, id, at) }
}

/** The words of issueToken's refusal, and the commands that help. */
function tooManyTokens(methodId: string, tokens: readonly ShownToken[]) {
  const lines = tokens.map(({ tokenId, hint, lastUsedAt }) => {
    const used = lastUsedAt === null ? 'never used' : `last used at ${timeText(Date.parse(lastUsedAt))}`
    return `  claviger method revoke ${methodId} ${tokenId}   (…${hint}, ${used})`
  })
  return new AppError(
    'conflict',
    `This method has two valid tokens already. Revoke the one that the directory no longer uses, then rotate:\n${lines.join('\n')}`,
  )
}

async function revoke(methodId: string, tokenId: string, options: StoreOptions) {
  const left = await withStore(options, ({ db, at }) =>
    write(db, async (trx) => {
      await revokeToken(trx, await findMethod(trx, methodId), tokenId, ACTOR, at)
      return shownTokens(trx, methodId, at)
    }),
  )
  if (options.json) return writeJson({ methodId, tokenId, tokens: left })
  await say(
    'Revoked: requests with this token are refused from now on.',
    ...(left.length === 0 ? [`The method has no valid token now: claviger method rotate ${methodId}`] : []),
  )
}
