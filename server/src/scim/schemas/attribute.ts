/** The characteristics of an attribute (RFC 7643 §2.2 and §7), as data. */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'dateTime' | 'binary' | 'reference' | 'complex'
  readonly multiValued: boolean
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly uniqueness: 'none' | 'server' | 'global'
  readonly description: string
  readonly canonicalValues: readonly string[]
  readonly referenceTypes: readonly string[]
  readonly subAttributes: readonly Attribute[]
  /** The sub-attributes by lower-cased name. */
  readonly byName: AttributeMap
  /** False for what is made up when a resource is shown, such as its address: no filter and no sorting by it. */
  readonly searchable: boolean
  /** Kept beside a key (trimmed, NFC, lower case), so letters of every script fold. Of all others only A to Z do, alike on both engines. */
  readonly keyed: boolean
}

/** Attributes by lower-cased name: attribute names have no case (RFC 7643 §2.1). A Map, so that `__proto__` is just a name. */
export type AttributeMap = ReadonlyMap<string, Attribute>

/** A named set of attributes, as `/Schemas` publishes it. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
  readonly byName: AttributeMap
}

type Traits = Partial<Omit<Attribute, 'name' | 'description' | 'byName'>>

/** A definition with the defaults of RFC 7643 §2.2: an optional, caseless, writable single string. */
export function attribute(name: string, description: string, traits: Traits = {}): Attribute {
  const subAttributes = traits.subAttributes ?? []
  return {
    name,
    type: subAttributes.length > 0 ? 'complex' : 'string',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    description,
    canonicalValues: [],
    referenceTypes: [],
    searchable: true,
    keyed: false,
    ...traits,
    subAttributes,
    byName: attributeMap(subAttributes),
  }
}

/** A multi-valued attribute with the usual value, display, type and primary (RFC 7643 §2.4). */
export function plural(name: string, description: string, types: readonly string[], value: Traits = {}): Attribute {
  return attribute(name, description, {
    multiValued: true,
    subAttributes: [
      attribute('value', 'The value itself.', value),
      attribute('display', 'A name for people to read.'),
      attribute('type', 'What the value is for.', { canonicalValues: types }),
      primary,
    ],
  })
}

export const primary = attribute('primary', 'True for the preferred value. At most one value has it.', { type: 'boolean' })

export function schema(id: string, name: string, description: string, attributes: readonly Attribute[]): Schema {
  return { id, name, description, attributes, byName: attributeMap(attributes) }
}

function attributeMap(attributes: readonly Attribute[]): AttributeMap {
  return new Map(attributes.map((each) => [each.name.toLowerCase(), each]))
}
