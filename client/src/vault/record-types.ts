import { z } from 'zod'

/** What a vault holds: types of records, as their contents are before they are sealed. The server sees none of it. */

const text = z.string().max(4096)
const line = z.string().max(1024)
const address = z.string().max(2048)
const Tags = z.array(z.string().min(1).max(100)).max(50)

/** Fields of a person's own, on any type. */
const CustomField = z.strictObject({ name: line, value: text, hidden: z.boolean() })

/** A time-based one-time password (RFC 6238): `secret` in base32 (RFC 4648 §6) without padding. */
export const Totp = z.strictObject({
  secret: z.string().regex(/^[A-Z2-7]{8,256}$/),
  algorithm: z.enum(['SHA1', 'SHA256', 'SHA512']).default('SHA1'),
  digits: z.union([z.literal(6), z.literal(7), z.literal(8)]).default(6),
  /** Seconds. */
  period: z.int().min(10).max(300).default(30),
})
export type Totp = z.infer<typeof Totp>

const anyBody = { notes: z.string().max(100_000).default(''), fields: z.array(CustomField).max(100).default([]) }

const LoginBody = z.strictObject({ type: z.literal('login'), password: text.default(''), totp: Totp.nullable().default(null), ...anyBody })
const NoteBody = z.strictObject({ type: z.literal('note'), ...anyBody })
const CardBody = z.strictObject({
  type: z.literal('card'),
  holder: line.default(''),
  number: z.string().max(64).default(''),
  /** `YYYY-MM`, or empty. */
  expires: z
    .string()
    .regex(/^(\d{4}-(0[1-9]|1[0-2]))?$/)
    .default(''),
  code: z.string().max(16).default(''),
  pin: z.string().max(32).default(''),
  ...anyBody,
})
const IdentityBody = z.strictObject({
  type: z.literal('identity'),
  firstName: line.default(''),
  lastName: line.default(''),
  company: line.default(''),
  email: line.default(''),
  phone: line.default(''),
  street: line.default(''),
  city: line.default(''),
  postalCode: line.default(''),
  region: line.default(''),
  country: line.default(''),
  /** Numbers of passports, licences and the like are hidden as passwords are. */
  documentNumber: line.default(''),
  ...anyBody,
})
const SshKeyBody = z.strictObject({
  type: z.literal('ssh-key'),
  privateKey: z.string().max(32_768),
  publicKey: z.string().max(16_384).default(''),
  passphrase: text.default(''),
  ...anyBody,
})
/** Its files are the record's attachments, which every type may have. */
const FileBody = z.strictObject({ type: z.literal('file'), ...anyBody })

/** What a person reads after opening a record. */
export const RecordBody = z.discriminatedUnion('type', [LoginBody, NoteBody, CardBody, IdentityBody, SshKeyBody, FileBody])
export type RecordBody = z.infer<typeof RecordBody>
/** As it is given to be written: what has a default may be left out. */
export type NewRecordBody = z.input<typeof RecordBody>
export type RecordType = RecordBody['type']

/** What lists show and search goes over. Opened for every record, so nothing secret stands in it. */
export const RecordMeta = z.strictObject({
  type: z.enum(['login', 'note', 'card', 'identity', 'ssh-key', 'file']),
  title: z.string().min(1).max(500),
  /** Whom one signs in as; the last digits of a card; the fingerprint of a key. */
  hint: line.default(''),
  /** Where it is used: the first is what lists show. */
  urls: z.array(address).max(20).default([]),
  favorite: z.boolean().default(false),
  tags: Tags.default([]),
})
export type RecordMeta = z.infer<typeof RecordMeta>
export type NewRecordMeta = z.input<typeof RecordMeta>

/** What somebody who leaves could go on using: a record that is due for a change is settled when any of it is another. */
export function secretsOf(body: RecordBody): readonly string[] {
  const hidden = body.fields.filter((field) => field.hidden).map(({ value }) => value)
  switch (body.type) {
    case 'login':
      return [body.password, body.totp?.secret ?? '', ...hidden]
    case 'card':
      return [body.number, body.code, body.pin, ...hidden]
    case 'ssh-key':
      return [body.privateKey, body.passphrase, ...hidden]
    case 'identity':
      return [body.documentNumber, ...hidden]
    case 'note':
    case 'file':
      return [body.notes, ...hidden]
  }
}
