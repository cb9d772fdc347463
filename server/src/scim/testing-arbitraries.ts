import fc from 'fast-check'
import { AppError } from '../errors.ts'
import { type Filter, joined, leafOf, type Operator } from './filter/filter.ts'
import type { Attribute, Schema } from './schemas/attribute.ts'
import type { AttributeRef, ResourceType } from './schemas/resource-type.ts'

/** Texts in which cases, wildcards, quotes and characters beyond U+FFFF meet. */
const texts = [
  'a',
  'A',
  'ab',
  'aB',
  'é',
  'É',
  'work',
  'Work',
  '%',
  '_',
  'a_',
  '\\',
  '"',
  "'",
  ' a',
  'e\u0301',
  '\u{1F600}',
  '\uffee',
  'x@y.z',
  'b%',
] as const
export const someText = fc.constantFrom(...texts)
export const times = [0, 1_000, 1_700_000_000_000, 1_700_000_000_001] as const

/** A User as a directory may send it: few values, so that filters and paths hit them. */
export const userBody = fc.record(
  {
    userName: fc.tuple(someText, someText).map((parts) => parts.join('')),
    externalId: someText,
    displayName: someText,
    active: fc.boolean(),
    title: someText,
    profileUrl: someText,
    name: fc.record({ givenName: someText, familyName: someText }, { requiredKeys: [] }),
    emails: elementsOf({ value: someText, type: fc.constantFrom('work', 'Home', 'other'), primary: fc.boolean() }),
    phoneNumbers: elementsOf({ value: someText, type: fc.constantFrom('work', 'mobile') }),
    x509Certificates: elementsOf({ value: someText, display: someText }),
    addresses: elementsOf({ locality: someText, country: someText, primary: fc.boolean() }),
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': fc.record(
      { department: someText, manager: fc.record({ value: someText, $ref: someText }, { requiredKeys: [] }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['userName'] },
)

function elementsOf(model: { readonly [name: string]: fc.Arbitrary<unknown> }) {
  return fc.array(fc.record(model, { requiredKeys: [] }), { maxLength: 3 })
}

/** Any filter that can be written about this type. */
export function anyFilter(type: ResourceType): fc.Arbitrary<Filter> {
  const refs = refsOf(type)
  const elements = refs.filter(({ attribute, sub }) => sub === undefined && attribute.type === 'complex')
  const some = fc.constantFrom(...elements).chain((ref) => {
    const inner = combined(condition(insideOf(ref.attribute)), 2)
    return inner.map((filter): Filter => ({ kind: 'some', ref, filter }))
  })
  return combined(fc.oneof({ weight: 4, arbitrary: condition(refs) }, { weight: 1, arbitrary: some }), 3)
}

function combined(leaf: fc.Arbitrary<Filter>, maxDepth: number): fc.Arbitrary<Filter> {
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth, withCrossShrink: true },
      leaf,
      tie('filter').map((inner): Filter => ({ kind: 'not', filter: inner })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 2, maxLength: 3 }))
        .map(([kind, all]) => joined(kind, all)),
    ),
  }))
  return filter
}

function condition(refs: readonly AttributeRef[]): fc.Arbitrary<Filter> {
  return fc.constantFrom(...refs).chain((ref): fc.Arbitrary<Filter> => {
    const present: Filter = { kind: 'present', ref }
    if (leafOf(ref).type === 'complex') return fc.constant(present)
    return fc.oneof({ weight: 1, arbitrary: fc.constant(present) }, { weight: 5, arbitrary: comparison(ref) })
  })
}

function comparison(ref: AttributeRef): fc.Arbitrary<Filter> {
  const { type } = leafOf(ref)
  const equality: Operator[] = ['eq', 'ne']
  const ordering: Operator[] = ['gt', 'ge', 'lt', 'le']
  const parts: Operator[] = ['co', 'sw', 'ew']
  const compare = (operators: Operator[], values: fc.Arbitrary<string | boolean | null>) =>
    fc.record({ kind: fc.constant('compare' as const), ref: fc.constant(ref), operator: fc.constantFrom(...operators), value: values })
  const withNull = compare(equality, fc.constant(null))
  if (type === 'boolean') return fc.oneof(compare(equality, fc.boolean()), withNull)
  if (type === 'dateTime') {
    const time = fc.constantFrom(...times).map((millis) => new Date(millis).toISOString())
    return fc.oneof(compare([...equality, ...ordering], time), withNull)
  }
  const operators = type === 'binary' ? [...equality, ...parts] : [...equality, ...ordering, ...parts]
  return fc.oneof({ weight: 5, arbitrary: compare(operators, fc.oneof(someText, fc.constant(''))) }, { weight: 1, arbitrary: withNull })
}

/** Every reference that a filter about this type can hold. */
export function refsOf(type: ResourceType): AttributeRef[] {
  const top = [...type.byName.values()].map((attribute) => ({ extension: undefined, attribute }))
  const nested = [...new Set(type.extensions.values())].flatMap((extension: Schema) =>
    extension.attributes.map((attribute) => ({ extension, attribute })),
  )
  return [...top, ...nested]
    .flatMap(({ extension, attribute }): AttributeRef[] => [
      { extension, attribute, sub: undefined },
      ...attribute.subAttributes.map((sub) => ({ extension, attribute, sub })),
    ])
    .filter((ref) => ref.attribute.searchable && leafOf(ref).searchable)
}

function insideOf(attribute: Attribute): AttributeRef[] {
  return attribute.subAttributes.filter((sub) => sub.searchable).map((sub) => ({ extension: undefined, attribute: sub, sub: undefined }))
}

/** The refusal that a call ends in; undefined where it succeeds. Anything else that is thrown goes through. */
export function refusal(call: () => unknown): AppError | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}
