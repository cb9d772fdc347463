import { type Bytes, readUtf8, utf8 } from '@claviger/contract/bytes.ts'
import { Epoch, readShape } from '@claviger/contract/shape.ts'
import { z } from 'zod'
import { RecordBody, RecordMeta } from './record-types.ts'

/**
 * What is sealed as `meta`. `keyFrom` is the epoch of the folder's key when the record's key was made: a record whose folder
 * has had another key since gets a new one when it is next written, for who left had the old one within reach. It is
 * sealed with the rest, so that no server can say otherwise.
 */
const SealedMeta = z.strictObject({ ...RecordMeta.shape, keyFrom: Epoch })

/** The bytes that are sealed as a record's `meta`. */
export function writeMeta(meta: RecordMeta, keyFrom: number): Bytes {
  return utf8(JSON.stringify({ ...meta, keyFrom }))
}

/** @throws ContractError `malformed` where it was sealed by a client that writes something else */
export function readMeta(bytes: Bytes): { meta: RecordMeta; keyFrom: number } {
  const { keyFrom, ...meta } = readShape(SealedMeta, parse(bytes), 'what a list shows of a record')
  return { meta, keyFrom }
}

/** The bytes that are sealed as a record's `body`. */
export function writeBody(body: RecordBody): Bytes {
  return utf8(JSON.stringify(body))
}

/** @throws ContractError `malformed` */
export function readBody(bytes: Bytes): RecordBody {
  return readShape(RecordBody, parse(bytes), 'the content of a record')
}

function parse(bytes: Bytes): unknown {
  try {
    return JSON.parse(readUtf8(bytes))
  } catch {
    return undefined
  }
}
