export const SHORTEST_PASSWORD = 4
export const LONGEST_PASSWORD = 128
export const USUAL_LENGTH = 20

/** Symbols that forms take nearly everywhere, and that need no quoting in most shells and files. */
const letters = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  symbols: '!#%*+-./:=?@^_~',
} as const
export type LetterClass = keyof typeof letters
export const letterClasses: readonly LetterClass[] = ['lower', 'upper', 'digits', 'symbols']

/** What are taken for each other when a password is read from a screen and typed. */
const similar = new Set('0O1lI')

/** Which passwords are wanted. */
export interface PasswordWanted {
  /** Letters, SHORTEST_PASSWORD to LONGEST_PASSWORD; USUAL_LENGTH unless given. */
  readonly length?: number
  /** Each of these has at least one letter in it; all four unless given. */
  readonly classes?: readonly LetterClass[]
  /** Leaves out what is easily misread. */
  readonly readable?: boolean
}

/**
 * A random password: each that is of the length and has something of every class is as likely as any other. To keep it
 * so, one that lacks a class is thrown away whole and never mended.
 * @throws RangeError for a length that is out of range, or without a class
 */
export function generatePassword({ length = USUAL_LENGTH, classes = letterClasses, readable = false }: PasswordWanted = {}): string {
  if (!Number.isInteger(length) || length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) {
    throw new RangeError(`A password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} letters.`)
  }
  const wanted = letterClasses.filter((name) => classes.includes(name)).map((name) => lettersOf(name, readable))
  if (wanted.length === 0) throw new RangeError('A password needs letters: choose at least one class of them.')
  const all = wanted.join('')
  for (;;) {
    const password = Array.from(randomIndices(all.length, length), (at) => all.charAt(at)).join('')
    if (wanted.every((some) => [...password].some((letter) => some.includes(letter)))) return password
  }
}

function lettersOf(name: LetterClass, readable: boolean): string {
  return readable ? [...letters[name]].filter((letter) => !similar.has(letter)).join('') : letters[name]
}

/** `count` numbers below `below` (at most 256), all equally likely: bytes past the last whole multiple are drawn again. */
function* randomIndices(below: number, count: number): Generator<number> {
  const limit = 256 - (256 % below)
  const bytes = new Uint8Array(2 * count)
  let given = 0
  while (given < count) {
    for (const byte of globalThis.crypto.getRandomValues(bytes)) {
      if (byte >= limit || given === count) continue
      given += 1
      yield byte % below
    }
  }
}
