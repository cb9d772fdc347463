import { afterEach, expect, test, vi } from 'vitest'
import { generatePassword, type LetterClass, letterClasses } from './generate-password.ts'

const CLASS_PATTERNS: Record<LetterClass, RegExp> = { lower: /[a-z]/, upper: /[A-Z]/, digits: /[0-9]/, symbols: /[^a-zA-Z0-9]/ }

afterEach(() => void vi.restoreAllMocks())

/** Chi-square of how often each of the letters came, against all of them equally often. */
function chiSquare(text: string, letters: string): number {
  const expected = text.length / letters.length
  const counts = new Map([...letters].map((letter) => [letter, 0]))
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? Number.NaN) + 1)
  return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

test('a password has 20 letters and something of every class, unless asked otherwise', () => {
  for (let times = 0; times < 500; times++) {
    const password = generatePassword()
    expect(password).toHaveLength(20)
    for (const pattern of Object.values(CLASS_PATTERNS)) expect(password).toMatch(pattern)
  }
})

test('a password is as long as was asked, of the classes that were asked and no other, even the shortest', () => {
  const choices: LetterClass[][] = [['lower'], ['digits'], ['upper', 'digits'], ['lower', 'upper', 'symbols'], [...letterClasses]]
  for (const classes of choices) {
    for (const length of [4, 5, 20, 128]) {
      for (let times = 0; times < 50; times++) {
        const password = generatePassword({ length, classes })
        expect(password).toHaveLength(length)
        for (const name of letterClasses) expect(CLASS_PATTERNS[name].test(password), `${name} in ${password}`).toBe(classes.includes(name))
      }
    }
  }
})

test('a readable password has nothing that is taken for something else', () => {
  expect(Array.from({ length: 300 }, () => generatePassword({ length: 128, readable: true })).join('')).not.toMatch(/[0O1lI]/)
})

test('every letter of a class is equally likely', () => {
  const draw = (classes: LetterClass[]) => Array.from({ length: 2000 }, () => generatePassword({ length: 100, classes })).join('')
  // A remainder of bytes, unrejected, would give a chi-square near 500 and 60. Past these limits: once in 10^9 runs.
  expect(chiSquare(draw(['lower']), 'abcdefghijklmnopqrstuvwxyz')).toBeLessThan(101)
  expect(chiSquare(draw(['digits']), '0123456789')).toBeLessThan(61)
})

test('a class is not more likely at one place than at another', () => {
  const places = [0, 0, 0, 0]
  for (let times = 0; times < 8000; times++) {
    const password = generatePassword({ length: 4, classes: ['lower', 'digits'] })
    for (const [place, letter] of [...password].entries()) if (/\d/.test(letter)) places[place] = (places[place] ?? 0) + 1
  }
  const mean = places.reduce((sum, count) => sum + count, 0) / 4
  for (const count of places) expect(Math.abs(count - mean)).toBeLessThan(7 * Math.sqrt(mean))
})

test('random bytes that would make some letters likelier are drawn again', () => {
  const draws = [250, 255, 9, 13]
  vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((array) => {
    if (array instanceof Uint8Array) for (let at = 0; at < array.length; at++) array[at] = draws[at % draws.length] ?? 0
    return array
  })
  expect(generatePassword({ length: 4, classes: ['digits'] })).toBe('9393')
})

test('no two passwords are alike', () => {
  expect(new Set(Array.from({ length: 2000 }, () => generatePassword())).size).toBe(2000)
})

test('a length out of range, and a password without letters, are refused with what to choose', () => {
  for (const length of [0, 3, 129, 8.5, Number.NaN]) expect(() => generatePassword({ length })).toThrow('4 to 128 letters')
  expect(() => generatePassword({ classes: [] })).toThrow('at least one class')
})
