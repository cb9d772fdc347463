import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import { MAX_BODY_BYTES } from './context.ts'

/** How deep a body may nest: a bulk request with a PATCH in it needs ten. What is deeper would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 100

/** JSON under either of its names; an empty body is no body, for some directories name a type where they send none. */
export function readBodies(scim: FastifyInstance) {
  const parse = scim.getDefaultJsonParser('error', 'error')
  scim.removeContentTypeParser(['application/json', 'text/plain'])
  scim.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (request, text: string, done) => {
      if (text.trim() === '') done(null, undefined)
      else if (nestsDeeper(text, MAX_DEPTH)) done(new AppError('invalid_syntax', `The body nests more than ${MAX_DEPTH} deep.`))
      else parse(request, text, done)
    },
  )
}

const QUOTE = 34
const BACKSLASH = 92

/** Whether a JSON text nests deeper than `most`; found before it is parsed, for parsing builds what it says. */
function nestsDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    // "[" and "{", "]" and "}": the same but for one bit.
    else if ((code | 32) === 123 && ++depth > most) return true
    else if ((code | 32) === 125) depth--
  }
  return false
}

/** The position of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end
    while (text.charCodeAt(before - 1) === BACKSLASH) before--
    if ((end - before) % 2 === 0) return end
  }
  return text.length
}
