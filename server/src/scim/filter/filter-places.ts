import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { elementsOf, isTruth, memberOf, textOf } from '../../storage/json.ts'
import type { Dialect } from '../../storage/line.ts'
import type { Attribute } from '../schemas/attribute.ts'
import { ENTERPRISE_USER_URN } from '../schemas/enterprise-user.ts'
import { GROUP_URN } from '../schemas/group.ts'
import type { AttributeRef } from '../schemas/resource-type.ts'
import { USER_URN } from '../schemas/user.ts'

export type Table = 'users' | 'teams'
export type Condition = RawBuilder<SqlBool>
type Expression = RawBuilder<unknown>

/** Where a filter's references are looked up: a row, a complex attribute, or one element of a multi-valued one. */
export interface Place {
  /** A simple attribute. */
  leaf(ref: AttributeRef): Leaf
  /** A complex attribute with one value. */
  object(ref: AttributeRef): { readonly present: Condition; readonly place: Place }
  /** A multi-valued attribute. */
  elements(ref: AttributeRef): Elements
}

/** What a simple attribute is in SQL. Texts are in the form of `comparisonKey`. */
export type Leaf =
  | { readonly kind: 'text'; readonly text: Expression; readonly nullable: boolean }
  | { readonly kind: 'time'; readonly millis: Expression }
  | { readonly kind: 'truth'; readonly present: Condition; is(truth: boolean): Condition }
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'absent' }

export interface Elements {
  /** That an element fulfils the condition. `byId`: it names the element's id, so begin from that. */
  exists(condition: (element: Place) => Condition, byId: boolean): Condition
  /** What `value` gives for the element to sort by: the primary one, else the first (RFC 7644 §3.4.2.3). */
  first(value: (element: Place) => Expression): Expression
}

export const always: Condition = sql`(1 = 1)`
export const never: Condition = sql`(1 = 0)`
const nothing: Expression = sql`cast(null as text)`

/** The place of a row of this table. */
export function resourcePlace(table: Table, dialect: Dialect): Place {
  return table === 'users' ? userPlace(dialect) : teamPlace()
}

function userPlace(dialect: Dialect): Place {
  const resource = sql.ref('users.resource')
  const holder = (ref: AttributeRef) =>
    jsonPlace(ref.extension === undefined ? resource : memberOf(dialect, resource, ref.extension.id), dialect)
  return {
    leaf(ref) {
      if (ref.extension !== undefined) return holder(ref).leaf(ref)
      switch (ref.attribute.name) {
        case 'id':
          return column('users.id')
        case 'userName':
          return column('users.email_key')
        case 'externalId':
          return column('users.external_id', true)
        case 'displayName':
          return column('users.display_name_key', true)
        case 'active':
          return { kind: 'truth', present: always, is: (truth) => (truth ? sql`users.status <> 'locked'` : sql`users.status = 'locked'`) }
        default:
          return holder(ref).leaf(ref)
      }
    },
    object: (ref) => (ref.attribute.name === 'meta' ? { present: always, place: metaPlace('users', 'User') } : holder(ref).object(ref)),
    elements(ref) {
      if (ref.attribute.name === 'schemas') return schemas(USER_URN, sql`${memberOf(dialect, resource, ENTERPRISE_USER_URN)} is not null`)
      if (ref.attribute.name === 'members') return none
      return ref.attribute.name === 'groups' ? groupsOfUser : holder(ref).elements(ref)
    },
  }
}

function teamPlace(): Place {
  return {
    leaf(ref) {
      switch (ref.extension === undefined ? ref.attribute.name : undefined) {
        case 'id':
          return column('teams.id')
        case 'displayName':
          return column('teams.name_key')
        case 'externalId':
          return column('teams.external_id', true)
        default:
          return absent
      }
    },
    object: (ref) =>
      ref.attribute.name === 'meta' ? { present: always, place: metaPlace('teams', 'Group') } : { present: never, place: nowhere },
    elements(ref) {
      if (ref.attribute.name === 'schemas') return schemas(GROUP_URN, never)
      return ref.attribute.name === 'members' ? membersOfTeam : none
    },
  }
}

const absent: Leaf = { kind: 'absent' }
const none: Elements = { exists: () => never, first: () => nothing }
const nowhere: Place = { leaf: () => absent, object: () => ({ present: never, place: nowhere }), elements: () => none }

function column(name: string, nullable = false): Leaf {
  return { kind: 'text', text: sql.ref(name), nullable }
}

function metaPlace(table: Table, resourceType: string): Place {
  return simple({
    resourceType: { kind: 'constant', value: resourceType },
    created: { kind: 'time', millis: sql.ref(`${table}.created_at`) },
    lastModified: { kind: 'time', millis: sql.ref(`${table}.updated_at`) },
  })
}

/** A place with these simple attributes and no others. */
function simple(leaves: { readonly [name: string]: Leaf }): Place {
  return { ...nowhere, leaf: (ref) => leaves[ref.attribute.name] ?? absent }
}

/** The members of a JSON object. */
function jsonPlace(json: Expression, dialect: Dialect): Place {
  return {
    leaf: ({ attribute }) => jsonLeaf(json, attribute, dialect),
    object({ attribute }) {
      const member = memberOf(dialect, json, attribute.name)
      return { present: sql`${member} is not null`, place: jsonPlace(member, dialect) }
    },
    elements({ attribute }) {
      const rows = elementsOf(dialect, memberOf(dialect, json, attribute.name), 'element')
      const element = jsonPlace(sql.ref('element.value'), dialect)
      const primaryFirst = sql`case when ${isTruth(dialect, sql.ref('element.value'), 'primary', true)} then 0 else 1 end, element.key`
      return {
        exists: (condition) => sql`exists (select 1 from ${rows} where ${condition(element)})`,
        first: (value) => sql`(select ${value(element)} from ${rows} order by ${primaryFirst} limit 1)`,
      }
    },
  }
}

function jsonLeaf(json: Expression, attribute: Attribute, dialect: Dialect): Leaf {
  if (attribute.type === 'boolean') {
    const present: Condition = sql`${memberOf(dialect, json, attribute.name)} is not null`
    return { kind: 'truth', present, is: (truth) => isTruth(dialect, json, attribute.name, truth) }
  }
  const text = textOf(dialect, json, attribute.name)
  return { kind: 'text', text: attribute.caseExact ? text : sql`lower(${text})`, nullable: true }
}

function schemas(core: string, extended: Condition): Elements {
  const place = (value: string) => simple({ schemas: { kind: 'constant', value } })
  return {
    exists: (condition) => sql`(${condition(place(core))} or (${extended} and ${condition(place(ENTERPRISE_USER_URN))}))`,
    first: () => sql`cast(${core} as text)`,
  }
}

/** What a user's `groups` shows: the teams that are not archived. */
const groupsOfUser = joined({
  owner: 'users.id',
  ownerKey: 'memberships.user_id',
  rows: sql`memberships join teams as other on other.id = memberships.team_id and other.archived_at is null`,
  element: simple({
    value: column('memberships.team_id'),
    display: column('other.name_key'),
    type: { kind: 'constant', value: 'direct' },
  }),
})

/** What a team's `members` shows: the users that the directory has not deleted. */
const membersOfTeam = joined({
  owner: 'teams.id',
  ownerKey: 'memberships.team_id',
  rows: sql`memberships join users as other on other.id = memberships.user_id and other.deleted_at is null`,
  element: simple({
    value: column('memberships.user_id'),
    display: column('other.email_key'),
    type: { kind: 'constant', value: 'User' },
  }),
})

/** With an id to begin from, `in` lets the index on that id find the rows; without one, each row looks at its own. */
function joined({ owner, ownerKey, rows, element }: { owner: string; ownerKey: string; rows: Expression; element: Place }): Elements {
  const of = sql`${sql.ref(ownerKey)} = ${sql.ref(owner)}`
  return {
    exists: (condition, byId) =>
      byId
        ? sql`${sql.ref(owner)} in (select ${sql.ref(ownerKey)} from ${rows} where ${condition(element)})`
        : sql`exists (select 1 from ${rows} where ${of} and ${condition(element)})`,
    first: (value) => sql`(select min(${value(element)}) from ${rows} where ${of})`,
  }
}
