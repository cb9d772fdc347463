import type { Totp } from '@claviger/client/vault/record-types.ts'
import { readTotp, totpCode } from '@claviger/client/vault/totp.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { openVaultOf } from './open-vault.ts'
import { say, timeJson, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { recordNamed } from './vault-names.ts'

/** Adds `record totp`. */
export function addRecordTotpCommand(record: Command): void {
  addPersonOptions(record.command('totp')).description('the one-time code of a login now').argument('<title>', 'title or id').action(show)
}

/** A one-time password as a site shows it: the `otpauth:` link of its QR code, or the secret in base32. @throws AppError `invalid_value` */
export function parseTotp(text: string): Totp {
  const totp = readTotp(text)
  if (totp !== null) return totp
  throw new AppError('invalid_value', 'This is no time-based one-time password: give the otpauth: link, or the secret in base32.')
}

async function show(title: string, options: PersonOptions) {
  const { vault } = await openVaultOf(options)
  const { body } = await vault.read(recordNamed(vault.records(), title).recordId)
  if (body.type !== 'login' || body.totp === null) {
    throw new AppError('not_found', `${title} has no one-time password: claviger record edit … --secret-stdin totp`)
  }
  const { code, until } = totpCode(body.totp)
  if (options.json) return writeJson({ code, validUntil: timeJson(until) })
  await say(code)
}
