import type { Group } from './directory.ts'
import type { Person } from './person.ts'
import { DEPARTMENTS, FAMILY_NAMES, GIVEN_NAMES, GROUP_TOPICS, TITLES } from './population-names.ts'

export interface PopulationOptions {
  /** The same seed gives the same population. Default 1. */
  seed?: number
  /** The domain of the e-mail addresses. Default `example.com`. */
  domain?: string
}

/**
 * People by the number, always the same for the same seed and number. E-mail addresses are ASCII and unique. Everyone but
 * the first reports to someone before them, so a manager always exists when the people are made in order.
 */
export function people(count: number, options: PopulationOptions = {}): Person[] {
  const { seed = 1, domain = 'example.com' } = options
  const random = generator(seed)
  const made: Person[] = []
  const namesakes = new Map<string, number>()
  for (let index = 0; index < count; index += 1) {
    const given = pick(GIVEN_NAMES, random)
    const family = pick(FAMILY_NAMES, random)
    const local = `${ascii(given)}.${ascii(family)}`
    const before = namesakes.get(local) ?? 0
    namesakes.set(local, before + 1)
    const person: Person = {
      userName: `${local}${before === 0 ? '' : before + 1}@${domain}`,
      givenName: given,
      familyName: family,
      title: pick(TITLES, random),
      department: pick(DEPARTMENTS, random),
      employeeNumber: String(100_000 + index),
    }
    // One in eight leads others: a tree about as deep as a company's.
    const manager = made[Math.floor(random() * Math.ceil(index / 8))]
    if (manager !== undefined) person.manager = manager.userName
    made.push(person)
  }
  return made
}

/** Groups with unique names and `size` different members each (or everyone, where there are fewer). */
export function groups(count: number, size: number, of: readonly Person[], options: PopulationOptions = {}): Group[] {
  const random = generator((options.seed ?? 1) + 7919)
  return Array.from({ length: count }, (_, index) => {
    const topic = GROUP_TOPICS[index % GROUP_TOPICS.length] ?? 'Team'
    const round = Math.floor(index / GROUP_TOPICS.length)
    return { name: round === 0 ? topic : `${topic} ${round + 1}`, members: sample(of, size, random) }
  })
}

/** A first or last name as it stands in an e-mail address: `Müller` is `mueller`, `O’Brien` is `obrien`. */
export function ascii(name: string): string {
  return name
    .toLowerCase()
    .replace(/[äæ]/g, 'ae')
    .replace(/[öøœ]/g, 'oe')
    .replace(/ü/g, 'ue')
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replace(/[^a-z-]/g, '')
}

function sample(of: readonly Person[], size: number, random: () => number): string[] {
  if (size >= of.length) return of.map((person) => person.userName)
  const chosen = new Set<string>()
  while (chosen.size < size) chosen.add(pick(of, random).userName)
  return [...chosen]
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

/** Numbers from 0 to 1 that look random and follow from the seed (the mulberry32 recurrence). */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
