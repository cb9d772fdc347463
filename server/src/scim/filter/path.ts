import { AppError } from '../../errors.ts'
import { quote } from '../json-value.ts'
import type { Attribute, Schema } from '../schemas/attribute.ts'
import { findAttribute, isSchema, type ResourceType } from '../schemas/resource-type.ts'
import { type Filter, parseElementFilter } from './filter.ts'
import { MAX_FILTER_LENGTH } from './filter-scanner.ts'

/** The target of a PATCH operation: an attribute, a part of it, or a whole extension. */
export type PatchPath =
  | { readonly kind: 'extension'; readonly extension: Schema }
  | {
      readonly kind: 'attribute'
      readonly extension: Schema | undefined
      readonly attribute: Attribute
      /** Which elements of a multi-valued attribute; undefined: the attribute as a whole. */
      readonly filter: Filter | undefined
      readonly sub: Attribute | undefined
    }

/** Reads a PATCH path (RFC 7644 §3.5.2). Throws `invalid_path`, or `invalid_filter` for what stands in the brackets. */
export function parsePath(type: ResourceType, text: string): PatchPath {
  const path = findPath(type, text)
  if (path !== undefined) return path
  throw new AppError('invalid_path', `${quote(text)} is not an attribute of a ${type.name}: correct or remove this attribute mapping.`)
}

/** As `parsePath`, but undefined where no schema knows the name: such keys of a value without a path are dropped. */
export function findPath(type: ResourceType, text: string): PatchPath | undefined {
  if (text.length > MAX_FILTER_LENGTH) throw new AppError('invalid_path', `A path may have at most ${MAX_FILTER_LENGTH} characters.`)
  const trimmed = text.trim()
  const bracket = trimmed.indexOf('[')
  const found = findAttribute(type, bracket === -1 ? trimmed : trimmed.slice(0, bracket))
  if (found === undefined) return undefined
  if (isSchema(found)) return bracket === -1 ? { kind: 'extension', extension: found } : undefined
  if (bracket === -1) return { kind: 'attribute', ...found, filter: undefined }
  const { attribute, extension } = found
  if (found.sub !== undefined || !attribute.multiValued || attribute.type !== 'complex') {
    throw new AppError('invalid_path', `${attribute.name} has no elements to select with "[…]".`)
  }
  const { filter, end } = parseElementFilter(trimmed, bracket + 1, attribute)
  const rest = trimmed.slice(end)
  if (rest === '') return { kind: 'attribute', extension, attribute, filter, sub: undefined }
  const sub = rest.startsWith('.') ? attribute.byName.get(rest.slice(1).toLowerCase()) : undefined
  if (sub === undefined) {
    throw new AppError(
      'invalid_path',
      `After "]" a sub-attribute of ${attribute.name} was expected, such as ".value", found ${quote(rest)}.`,
    )
  }
  return { kind: 'attribute', extension, attribute, filter, sub }
}
