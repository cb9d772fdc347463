import { confirm } from './confirm.ts'

/**
 * Whether a device shows the six words that it must show: compared with `given`, or asked of whoever sits there. Only this
 * tells a device of the person's own from one that somebody between put in its place.
 * @throws AppError `invalid_value` where they are not given and nobody can be asked
 */
export async function areSameWords(deviceName: string, words: readonly string[], given: string | undefined): Promise<boolean> {
  const expected = words.join(' ')
  if (given !== undefined) return given.trim().toLowerCase().split(/\s+/).join(' ') === expected
  return confirm([`"${deviceName}" must show these six words: ${expected}`], 'Does it show the same', '--words')
}
