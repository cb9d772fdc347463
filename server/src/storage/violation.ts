/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY. */
const SQLITE_UNIQUE = [2067, 1555]
const POSTGRES_UNIQUE = '23505'

/** Whether a statement failed because a unique index has such a row. On PostgreSQL its transaction can then only roll back. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error) return SQLITE_UNIQUE.includes(Number(error.errcode))
  return 'code' in error && error.code === POSTGRES_UNIQUE
}

/** SQLITE_CONSTRAINT_FOREIGNKEY. */
const SQLITE_FOREIGN_KEY = 787
const POSTGRES_FOREIGN_KEY = '23503'

/** Whether a statement failed because another row refers to what it removes, or it refers to what is gone. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error) return Number(error.errcode) === SQLITE_FOREIGN_KEY
  return 'code' in error && error.code === POSTGRES_FOREIGN_KEY
}
