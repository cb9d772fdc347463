import { type AliasedRawBuilder, type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Dialect } from './line.ts'

/**
 * The ids of a JSON array as a table `ids` with the column `value`, so that one prepared statement takes any number.
 * `json` is the array's text, or the parameter that stands for it.
 */
export function idsOf(dialect: Dialect, json: string): AliasedRawBuilder<{ value: string }, 'ids'> {
  return dialect === 'sqlite'
    ? sql<{ value: string }>`json_each(${json})`.as('ids')
    : sql<{ value: string }>`jsonb_array_elements_text(${json}::jsonb)`.as<'ids'>(sql`ids(value)`)
}

/** The elements of a JSON array as a table with the column `value`; none where it is null. `json` is an expression. */
export function elementsOf(dialect: Dialect, json: Expression<unknown>, alias: string): RawBuilder<unknown> {
  return dialect === 'sqlite'
    ? sql`json_each(${json}) as ${sql.id(alias)}`
    : sql`jsonb_array_elements(${json}) with ordinality as ${sql.id(alias)}(value, key)`
}

/** The member of a JSON object, as JSON; null where there is none. `name` is one of ours and holds no quotes. */
export function memberOf(dialect: Dialect, json: Expression<unknown>, name: string): RawBuilder<unknown> {
  return sql`(${json} -> ${key(dialect, name)})`
}

/** The member of a JSON object that is a text; null where there is none. Compared and sorted byte by byte. */
export function textOf(dialect: Dialect, json: Expression<unknown>, name: string): RawBuilder<string | null> {
  return dialect === 'sqlite' ? sql`(${json} ->> ${key(dialect, name)})` : sql`((${json} ->> ${key(dialect, name)}) collate "C")`
}

/** Whether the member of a JSON object is this truth value; false where there is none. */
export function isTruth(dialect: Dialect, json: Expression<unknown>, name: string, truth: boolean): RawBuilder<SqlBool> {
  const text = dialect === 'sqlite' ? sql`${json} -> ${key(dialect, name)}` : sql`${json} ->> ${key(dialect, name)}`
  return sql`coalesce((${text}) = ${sql.lit(String(truth))}, false)`
}

/** SQLite takes a name that begins with `$` for a path, unless the whole is a path. */
function key(dialect: Dialect, name: string): RawBuilder<string> {
  return sql.lit(dialect === 'sqlite' ? `$."${name}"` : name)
}

/** Where a text begins within another, from 1; 0 where it does not. Nothing in it is a wildcard. */
export function positionOf(dialect: Dialect, within: Expression<unknown>, text: Expression<string>): RawBuilder<number> {
  return dialect === 'sqlite' ? sql`instr(${within}, ${text})` : sql`strpos(${within}, ${text})`
}

/** The objects of a JSON array as a table, so that one prepared statement takes any number of rows. */
export interface JsonRows<Name extends string> {
  /** To be selected from. */
  table: AliasedRawBuilder<{ value: string }, 'given'>
  text(name: Name): RawBuilder<string>
  number(name: Name): RawBuilder<number>
}

/** As `idsOf`, of objects: the table is called `given`. `json` is the array's text, or the parameter that stands for it. */
export function rowsOf<Name extends string>(dialect: Dialect, json: string): JsonRows<Name> {
  const value = sql.ref('given.value')
  const text = (name: Name) => sql<string>`${textOf(dialect, value, name)}`
  return {
    table:
      dialect === 'sqlite'
        ? sql<{ value: string }>`json_each(${json})`.as('given')
        : sql<{ value: string }>`jsonb_array_elements(${json}::jsonb)`.as<'given'>(sql`given(value)`),
    text,
    number: (name) => sql<number>`cast(${text(name)} as bigint)`,
  }
}
