import { type Bytes, lengthPrefixed } from './bytes.ts'
import { ContractError } from './errors.ts'
import type { EnterpriseLogId } from './ids.ts'
import { SUITE } from './shape.ts'

/** What is sealed, and for which way in. Each has one place in client/ that seals and opens it. */
export type Label =
  | 'user-root by password'
  | 'user-root by device'
  | 'user-root by recovery-code'
  | 'user-root by passkey'
  | 'user-root by recovery-key'
  | 'identity signing'
  | 'identity encryption'
  | 'approver-key'
  | 'recovery-key'
  | 'team-key'
  | 'folder-key of owner'
  | 'folder-key by grant'
  | 'record-key'
  | 'record'
  | 'folder-name'
  | 'attachment'
  | 'attachment-chunk'

export type ObjectType = 'user-root' | 'identity' | 'approver-key' | 'recovery-key' | 'team' | 'folder' | 'record' | 'attachment'
export type OwnerType = 'enterprise' | 'user' | 'folder' | 'team' | 'record'
/** `key` is a wrapped key; the others are parts of a record, a folder (its name is `meta`) or an attachment. */
export type Part = 'key' | 'body' | 'meta' | 'attachment'
/** What a plaintext column can hold. Numbers are whole. */
export type PlainValue = string | number | boolean | null

/** Everything that a wrap or ciphertext is bound to (KEYS, "Associated data"). */
export interface Binding {
  readonly label: Label
  readonly enterprise: EnterpriseLogId
  readonly object: { readonly type: ObjectType; readonly id: string }
  readonly owner: { readonly type: OwnerType; readonly id: string }
  /** The key that seals. Epochs count from 1. */
  readonly wrappingKey: { readonly id: string; readonly epoch: number }
  readonly part: Part
  readonly version: number
  /** Every plaintext field that the server keeps beside it, so that it can change none of them. */
  readonly beside: Readonly<Record<string, PlainValue>>
}

/**
 * The associated data of a wrap or ciphertext. Injective: two bindings that differ anywhere give other bytes, because
 * the fields have a fixed order, each has its length before it, and those of `beside` are sorted, named and typed.
 * @throws ContractError `malformed` for a text that is no Unicode or a number that is not whole
 */
export function associatedData(binding: Binding): Bytes {
  const { label, enterprise, object, owner, wrappingKey, part, version, beside } = binding
  const names = Object.keys(beside).toSorted()
  return lengthPrefixed([
    `claviger ${label}`,
    SUITE,
    enterprise,
    object.type,
    object.id,
    owner.type,
    owner.id,
    wrappingKey.id,
    plain(wrappingKey.epoch),
    part,
    plain(version),
    ...names.flatMap((name) => [name, plain(beside[name] ?? null)]),
  ])
}

/** JSON tells the types apart: `1`, `"1"`, `true` and `null` are four texts. */
function plain(value: PlainValue): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new ContractError('malformed', 'A number beside a ciphertext is not whole, or too large to be exact.')
  }
  // JSON would write a lone surrogate as an escape, which is a text again: refused before, so that no two texts meet.
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new ContractError('malformed', 'A text beside a ciphertext holds half of a surrogate pair.')
  }
  return JSON.stringify(value)
}
