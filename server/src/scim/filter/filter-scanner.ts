import { AppError } from '../../errors.ts'
import { quote } from '../json-value.ts'

/** The most UTF-16 code units that a filter or a PATCH path may have. */
export const MAX_FILTER_LENGTH = 8_192

/** A value as it stands in a filter; what it means depends on the attribute that it is compared with. */
export type ScannedValue =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'bare'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }

/** Reads a filter from left to right, each character once. Positions in messages start at 1. */
export class FilterScanner {
  readonly text: string
  at: number

  constructor(text: string, start = 0) {
    if (text.length > MAX_FILTER_LENGTH) {
      throw new AppError('invalid_filter', `The filter is too long: ${text.length} characters, where ${MAX_FILTER_LENGTH} are allowed.`)
    }
    this.text = text
    this.at = start
  }

  /** Goes to the next character that is no white space; undefined at the end. */
  peek(): string | undefined {
    while (this.at < this.text.length && isSpace(this.text.charCodeAt(this.at))) this.at++
    return this.text[this.at]
  }

  /** Takes this character if it comes next, after any white space. */
  take(character: string): boolean {
    if (this.peek() !== character) return false
    this.at++
    return true
  }

  /** Takes the name of an attribute or an operator; empty where none begins here. */
  name(): string {
    this.peek()
    const start = this.at
    while (this.at < this.text.length && isNameCode(this.text.charCodeAt(this.at))) this.at++
    return this.text.slice(start, this.at)
  }

  /** Looks at the name that comes next without taking it. */
  peekName(): string {
    this.peek()
    const start = this.at
    const name = this.name()
    this.at = start
    return name
  }

  /** Takes a value: a JSON string or literal, or (Entra ID) bare text up to white space, `)` or `]`. */
  value(): ScannedValue {
    const first = this.peek()
    if (first === '"') return { kind: 'string', text: this.string() }
    const start = this.at
    while (this.at < this.text.length && !endsBareValue(this.text.charCodeAt(this.at))) this.at++
    const text = this.text.slice(start, this.at)
    if (text === '') throw this.refusal('a value was expected', start)
    if (first === "'") throw this.refusal('a value must stand between double quotes, not single ones', start)
    const word = text.length <= 5 ? text.toLowerCase() : text
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' }
    if (word === 'null') return { kind: 'null' }
    return { kind: 'bare', text: this.storable(text, start) }
  }

  /** The refusal of what stands at a position; by default, of what comes next. */
  refusal(problem: string, at = this.at): AppError {
    const place = at >= this.text.length ? 'at its end' : `at character ${at + 1} (${quote(this.text.slice(at, at + 40))})`
    return new AppError('invalid_filter', `The filter cannot be understood ${place}: ${problem}.`)
  }

  private string(): string {
    const start = this.at
    this.at++
    while (this.at < this.text.length && this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1
    if (this.at >= this.text.length) throw this.refusal('a text in double quotes has no end', start)
    this.at++
    return this.storable(this.parse(start), start)
  }

  private parse(start: number): string {
    try {
      return String(JSON.parse(this.text.slice(start, this.at)))
    } catch {
      throw this.refusal('a text in double quotes is not written as in JSON', start)
    }
  }

  private storable(text: string, start: number): string {
    if (text.includes('\0') || !text.isWellFormed()) throw this.refusal('a value holds U+0000 or half of a surrogate pair', start)
    return text
  }
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

/** Letters, digits, and `$ - . : _`, as in `$ref` and in URNs. */
function isNameCode(code: number): boolean {
  if (code >= 97) return code <= 122
  if (code >= 65) return code <= 90 || code === 95
  return (code >= 48 && code <= 58) || code === 45 || code === 46 || code === 36
}

function endsBareValue(code: number): boolean {
  return isSpace(code) || code === 41 || code === 93
}
