import { AppError } from '../errors.ts'
import { etag } from './present.ts'

/**
 * If-Match (RFC 7644 §3.14, RFC 9110 §13.1.1). Our versions are weak, and clients send them back with or without `W/`.
 * @throws AppError `version_mismatch` where the resource has changed since the client read it
 */
export function mindVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || names(ifMatch, version)) return
  throw new AppError('version_mismatch', `This resource has changed: it is ${etag(version)} now. Read it again, then repeat the change.`)
}

/** If-None-Match (RFC 9110 §13.1.2): whether the client has this version already. */
export function isKnown(ifNoneMatch: string | undefined, version: number): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, version)
}

function names(header: string, version: number): boolean {
  return header.split(',').some((part) => {
    const tag = part.trim()
    return tag === '*' || tag.replace(/^W\//, '') === `"${version}"`
  })
}
