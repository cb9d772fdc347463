import type { Dialect } from '../line.ts'

/** The words in which the two engines' DDL differs. */
export interface Words {
  /** Text that is compared and sorted byte by byte, so that pages come in one order on both engines. */
  text: string
  json: string
  /** Milliseconds and counts. */
  int8: string
  /** The columns and key of the change feed: a sequence, and the transaction that wrote the row (changes.ts). */
  feedKey: string
  /** Ends a CREATE TABLE. */
  end: string
}

export const words: Record<Dialect, Words> = {
  sqlite: {
    text: 'text',
    json: 'text',
    int8: 'integer',
    feedKey: "sequence integer primary key autoincrement, transaction_id text not null default '0'",
    end: 'strict',
  },
  postgres: {
    text: 'text collate "C"',
    json: 'jsonb',
    int8: 'bigint',
    feedKey:
      'sequence bigint generated always as identity, transaction_id xid8 not null default pg_current_xact_id(), primary key (transaction_id, sequence)',
    end: '',
  },
}

/** A migration: statements, run in order in one transaction, forward only. */
export type Migration = (words: Words) => string[]
