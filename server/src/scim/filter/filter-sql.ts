import { sql } from 'kysely'
import { positionOf } from '../../storage/json.ts'
import type { Dialect } from '../../storage/line.ts'
import type { Attribute } from '../schemas/attribute.ts'
import type { AttributeRef } from '../schemas/resource-type.ts'
import { type Filter, leafOf, type Operator } from './filter.ts'
import { always, type Condition, type Leaf, never, type Place, resourcePlace, type Table } from './filter-places.ts'
import { comparisonKey, holds, wantedKey } from './match.ts'

type Comparison = Extract<Filter, { kind: 'compare' }>

/**
 * The condition that a row of `users` or `teams` fulfils exactly where `matches` holds for its resource (RFC 7644
 * §3.4.2.2). The query must select from the table under its own name, and see to node and deletion itself. Each part
 * is true or false, never null, so that `not` can negate it.
 */
export function filterToSql(filter: Filter, table: Table, dialect: Dialect): Condition {
  return compile(filter, resourcePlace(table, dialect), dialect)
}

/** What to order rows by for `sortBy` (RFC 7644 §3.4.2.3); null where the attribute is unassigned. */
export function sortKeyToSql(ref: AttributeRef, table: Table, dialect: Dialect) {
  const place = resourcePlace(table, dialect)
  const { attribute, sub } = ref
  if (attribute.multiValued) return place.elements(ref).first((element) => keyOf(element.leaf(sub === undefined ? ref : inside(sub))))
  return keyOf(sub === undefined ? place.leaf(ref) : place.object(ref).place.leaf(inside(sub)))
}

function keyOf(leaf: Leaf) {
  switch (leaf.kind) {
    case 'text':
      return leaf.text
    case 'time':
      return leaf.millis
    case 'truth':
      return sql`case when ${leaf.is(true)} then 1 when ${leaf.is(false)} then 0 end`
    case 'constant':
      return sql`cast(${leaf.value} as text)`
    case 'absent':
      return sql`cast(null as text)`
  }
}

function compile(filter: Filter, place: Place, dialect: Dialect): Condition {
  switch (filter.kind) {
    case 'and':
      return sql`(${sql.join(compileEach(filter.filters, place, dialect), sql` and `)})`
    case 'or':
      return sql`(${sql.join(compileEach(filter.filters, place, dialect), sql` or `)})`
    case 'not':
      return sql`(not ${compile(filter.filter, place, dialect)})`
    case 'present':
      return existsAt(filter.ref, place, isPresent, false)
    case 'compare':
      return compare(filter, place, dialect)
    case 'some': {
      const { ref } = filter
      if (ref.attribute.multiValued)
        return place.elements(ref).exists((element) => compile(filter.filter, element, dialect), namesId(filter.filter))
      const object = place.object(ref)
      return sql`(${object.present} and ${compile(filter.filter, object.place, dialect)})`
    }
  }
}

function compileEach(filters: readonly Filter[], place: Place, dialect: Dialect): Condition[] {
  return filters.map((each) => compile(each, place, dialect))
}

function compare(filter: Comparison, place: Place, dialect: Dialect): Condition {
  const { ref, operator, value } = filter
  const present = () => existsAt(ref, place, isPresent, false)
  if (value === null) return operator === 'eq' ? sql`(not ${present()})` : present()
  const leafCondition = (leaf: Leaf) => compareLeaf(leaf, leafOf(ref), operator, value, dialect)
  if (operator !== 'ne') return existsAt(ref, place, leafCondition, operator === 'eq' && ref.sub?.name === 'value')
  const differs = existsAt(ref, place, (leaf) => sql`(${isPresent(leaf)} and ${leafCondition(leaf)})`, false)
  return sql`(not ${present()} or ${differs})`
}

/** That a condition holds for a value of the reference: its own, or that of any element. */
function existsAt(ref: AttributeRef, place: Place, condition: (leaf: Leaf) => Condition, byId: boolean): Condition {
  const { attribute, sub } = ref
  if (attribute.multiValued) {
    return place.elements(ref).exists((element) => {
      if (sub !== undefined) return condition(element.leaf(inside(sub)))
      return attribute.type === 'complex' ? always : condition(element.leaf(ref))
    }, byId)
  }
  if (attribute.type !== 'complex') return condition(place.leaf(ref))
  const object = place.object(ref)
  return sub === undefined ? object.present : condition(object.place.leaf(inside(sub)))
}

function inside(sub: Attribute): AttributeRef {
  return { extension: undefined, attribute: sub, sub: undefined }
}

/** Whether an element filter holds for one id at most, so that the search can begin from it. */
function namesId(filter: Filter): boolean {
  if (filter.kind === 'and') return filter.filters.some(namesId)
  return filter.kind === 'compare' && filter.operator === 'eq' && filter.ref.attribute.name === 'value'
}

function isPresent(leaf: Leaf): Condition {
  switch (leaf.kind) {
    case 'text':
      return leaf.nullable ? sql`(${leaf.text} is not null)` : always
    case 'truth':
      return leaf.present
    case 'absent':
      return never
    case 'time':
    case 'constant':
      return always
  }
}

function compareLeaf(leaf: Leaf, attribute: Attribute, operator: Operator, value: string | boolean, dialect: Dialect): Condition {
  switch (leaf.kind) {
    case 'absent':
      return never
    case 'truth':
      return leaf.is((value === true) === (operator === 'eq'))
    case 'time':
      return sql`(${leaf.millis} ${symbol(operator)} ${Date.parse(String(value))})`
    case 'constant':
      return holds(operator, comparisonKey(attribute, leaf.value), wantedKey(attribute, operator, String(value))) ? always : never
    case 'text': {
      const condition = compareText(leaf, operator, wantedKey(attribute, operator, String(value)), dialect)
      return leaf.nullable ? sql`(${leaf.text} is not null and ${condition})` : condition
    }
  }
}

/** `eq` leaves the column bare, so that its index serves. Nothing in the value is a wildcard. */
function compareText({ text }: Extract<Leaf, { kind: 'text' }>, operator: Operator, value: string, dialect: Dialect): Condition {
  const length = [...value].length
  switch (operator) {
    case 'co':
      return sql`(${positionOf(dialect, text, sql`${value}`)} > 0)`
    case 'sw':
      return sql`(substr(${text}, 1, ${length}) = ${value})`
    case 'ew':
      return sql`(substr(${text}, length(${text}) - ${length} + 1) = ${value})`
    default:
      return sql`(${text} ${symbol(operator)} ${value})`
  }
}

const symbols: Readonly<Record<Operator, ReturnType<typeof sql.raw> | undefined>> = {
  eq: sql.raw('='),
  ne: sql.raw('<>'),
  gt: sql.raw('>'),
  ge: sql.raw('>='),
  lt: sql.raw('<'),
  le: sql.raw('<='),
  co: undefined,
  sw: undefined,
  ew: undefined,
}

function symbol(operator: Operator) {
  const found = symbols[operator]
  if (found === undefined) throw new TypeError(`${operator} has no symbol: parseFilter lets it reach texts only`)
  return found
}
