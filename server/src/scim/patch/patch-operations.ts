import { AppError } from '../../errors.ts'
import { describe, isArray, isObject, quote } from '../json-value.ts'

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string | undefined
  readonly value: unknown
}

/**
 * Reads the body of a PATCH (RFC 7644 §3.5.2). Entra ID writes "Add" for "add". Throws `invalid_syntax` where it is not
 * a list of at least one operation, `too_many` beyond the limit.
 */
export function readPatch(body: unknown, maxOperations: number): PatchOperation[] {
  const operations = isObject(body) ? member(body, 'operations') : undefined
  if (!isArray(operations) || operations.length === 0) {
    throw new AppError('invalid_syntax', `A PATCH needs "Operations", an array of at least one operation, not ${describe(operations)}.`)
  }
  if (operations.length > maxOperations) {
    throw new AppError('too_many', `A PATCH may have at most ${maxOperations} operations, but ${operations.length} were sent.`)
  }
  return operations.map(readOperation)
}

function readOperation(operation: unknown, index: number): PatchOperation {
  const where = `Operation ${index + 1}`
  if (!isObject(operation)) throw new AppError('invalid_syntax', `${where} must be an object, not ${describe(operation)}.`)
  const op = member(operation, 'op')
  const verb = typeof op === 'string' ? op.toLowerCase() : undefined
  if (verb !== 'add' && verb !== 'replace' && verb !== 'remove') {
    throw new AppError('invalid_syntax', `${where}: "op" must be add, replace or remove, not ${describe(op)}.`)
  }
  const path = member(operation, 'path') ?? ''
  if (typeof path !== 'string') throw new AppError('invalid_path', `${where}: "path" must be a string, not ${describe(path)}.`)
  const value = member(operation, 'value')
  const target = path.trim() === '' ? undefined : path
  if (verb === 'remove' && target === undefined)
    throw new AppError('no_target', `${where}: a remove needs a "path" that says what to remove.`)
  if (verb !== 'remove' && value === undefined) {
    throw new AppError('invalid_value', `${where}: ${verb}${target === undefined ? '' : ` of ${quote(target)}`} needs a "value".`)
  }
  return { op: verb, path: target, value }
}

/** A member of a message, whatever the case of its name (RFC 7643 §2.1). `name` is in lower case. */
function member(object: { readonly [key: string]: unknown }, name: string): unknown {
  const key = Object.keys(object).find((each) => each.toLowerCase() === name)
  return key === undefined ? undefined : object[key]
}
