import { generatePassword, USUAL_LENGTH } from '@claviger/client/vault/generate-password.ts'
import { hintOf } from '@claviger/client/vault/record-hint.ts'
import { RecordBody, RecordMeta, type RecordType } from '@claviger/client/vault/record-types.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import type { z } from 'zod'
import { readSecret } from './password.ts'
import type { PersonOptions } from './person.ts'
import { parseTotp } from './record-totp.ts'
import { readInput, readSecrets } from './secrets.ts'

/** The content of a record as a command is given it. */
export interface FieldOptions extends PersonOptions {
  title?: string
  username?: string
  url?: string
  notes?: string
  field: string[]
  secretStdin: string[]
  passwordStdin?: boolean
  generate?: boolean | string
}

const plainFields: Readonly<Record<RecordType, readonly string[]>> = {
  login: [],
  note: [],
  card: ['holder', 'expires'],
  identity: ['firstName', 'lastName', 'company', 'email', 'phone', 'street', 'city', 'postalCode', 'region', 'country'],
  'ssh-key': ['publicKey'],
  file: [],
}
const secretFields: Readonly<Record<RecordType, readonly string[]>> = {
  login: ['password', 'totp'],
  note: [],
  card: ['number', 'code', 'pin'],
  identity: ['documentNumber'],
  'ssh-key': ['privateKey', 'passphrase'],
  file: [],
}

interface Given {
  readonly name: string
  readonly value: string
  readonly isSecret: boolean
}

/** The options that give the content of a record. No secret is an argument: those stand in the shell's history. */
export function addFieldOptions(command: Command): Command {
  const collect = (value: string, before: string[]) => [...before, value]
  return command
    .option('--username <name>', 'of a login: whom to sign in as')
    .option('--url <url>', 'where it is used')
    .option('--notes <text>', 'notes')
    .option('--field <name=value>', 'a field of the type, or one of your own (may be repeated)', collect, [])
    .option('--secret-stdin <name>', 'read a secret field from standard input; several: one a line (may be repeated)', collect, [])
    .option('--password-stdin', 'the same for the password of a login, one line')
    .option('--generate [length]', 'make a random password for a login')
}

/**
 * The content of a new record, or of one that is changed (`before`), with what was given.
 * @throws AppError `invalid_value` for what does not fit the type; never names a value
 */
export async function contentOf(
  options: FieldOptions,
  type: RecordType,
  before?: { meta: RecordMeta; body: RecordBody },
): Promise<{ meta: RecordMeta; body: RecordBody }> {
  if (options.username !== undefined && type !== 'login') throw unfit(`A record of the type ${type} has no user name.`)
  const given = [...options.field.map((text) => readField(text, type)), ...(await secretsOf(options, type))]
  const { fields: own = [], ...rest } = before?.body ?? { type }
  const known = new Map<string, unknown>()
  const fields = new Map(own.map((field) => [field.name, field]))
  for (const { name, value, isSecret } of given) {
    if (isOf(type, name)) known.set(name, name === 'totp' ? parseTotp(value) : value)
    else if (value === '') fields.delete(name)
    else fields.set(name, { name, value, hidden: isSecret })
  }
  const notes = options.notes === undefined ? {} : { notes: options.notes }
  const body = parse(RecordBody, { ...rest, ...notes, ...Object.fromEntries(known), fields: [...fields.values()] })
  const hint = options.username ?? (await hintFrom(known, body)) ?? before?.meta.hint ?? ''
  const title = options.title ?? before?.meta.title
  const urls = options.url === undefined ? before?.meta.urls : [options.url, ...(before?.meta.urls.slice(1) ?? [])]
  return { meta: parse(RecordMeta, { ...before?.meta, type, title, hint, ...(urls && { urls }) }), body }
}

/** Of a type that has no hint of its own, the one before stays. */
async function hintFrom(known: ReadonlyMap<string, unknown>, body: RecordBody): Promise<string | undefined> {
  return known.size === 0 ? undefined : (await hintOf(body)) || undefined
}

function isOf(type: RecordType, name: string): boolean {
  return plainFields[type].includes(name) || secretFields[type].includes(name)
}

function readField(text: string, type: RecordType): Given {
  const at = text.indexOf('=')
  const name = text.slice(0, at).trim()
  if (at < 1 || name === '')
    throw unfit(`--field takes NAME=VALUE. A ${type} has ${[...plainFields[type], 'names of your own'].join(', ')}.`)
  if (secretFields[type].includes(name)) throw unfit(`The ${name} is a secret: give it with --secret-stdin ${name}.`)
  return { name, value: text.slice(at + 1), isSecret: false }
}

async function secretsOf({ passwordStdin, secretStdin, generate }: FieldOptions, type: RecordType): Promise<Given[]> {
  const names = [...(passwordStdin ? ['password'] : []), ...secretStdin]
  const isGenerated = generate !== undefined && generate !== false
  if ((passwordStdin || isGenerated) && type !== 'login') throw unfit(`A record of the type ${type} has no password.`)
  if (isGenerated && names.includes('password')) throw unfit('Either --generate, or a password from standard input.')
  const values = await readValues(names)
  const read = names.map((name, at) => ({ name, value: values[at] ?? '', isSecret: true }))
  return isGenerated ? [...read, { name: 'password', value: generated(generate), isSecret: true }] : read
}

async function readValues(names: readonly string[]): Promise<string[]> {
  const [name] = names
  if (name === undefined) return []
  if (names.length > 1) return readSecrets(true, ...names.map((what) => ({ what })))
  if (name === 'password') return [await readSecret(true, name)]
  const text = await readInput()
  if (text.trim() === '') throw unfit(`The ${name} is empty: nothing was done.`)
  // Programs that read a private key want the line that ends it.
  return [name === 'privateKey' ? text : text.replace(/\r?\n$/, '')]
}

function generated(length: boolean | string): string {
  try {
    return generatePassword({ length: length === true ? USUAL_LENGTH : Number(length) })
  } catch (error) {
    throw unfit(`--generate takes a length. ${error instanceof RangeError ? error.message : ''}`.trim())
  }
}

function parse<T>(shape: z.ZodType<T>, content: unknown): T {
  const read = shape.safeParse(content)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw unfit(`The ${issue?.path.join('.') ?? 'content'} does not fit: ${issue?.message ?? 'it is of another shape'}. Nothing was saved.`)
}

function unfit(message: string): AppError {
  return new AppError('invalid_value', message)
}
