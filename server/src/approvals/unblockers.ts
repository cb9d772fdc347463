import type { PendingItem, Unblocker } from '@claviger/contract/api/pending.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AdministratorRight, AutomatorRight } from '@claviger/contract/log/statement.ts'
import { sql } from 'kysely'
import { listEnrolled } from '../automators/automators.ts'
import { gives, type Right } from '../nodes/rights.ts'
import type { AdministratorRole, Db, Millis } from '../storage/database.ts'

/** Sessions note their use every five minutes: whoever was seen within this is there. */
const ONLINE_MILLIS: Millis = 6 * 60_000
/** Names in one answer for one thing that waits. */
const MOST_NAMED = 20
/** Members of a team that are looked at for it. */
const MOST_COUNTED = 500

/** Somebody who can end a wait, by what it takes. */
export type Ender =
  /** Administrators with a right over the node (null: of the root) and, where it takes a statement or a key, one in the log. */
  | {
      readonly who: 'administrators'
      readonly nodeId: string | null
      readonly right: Right
      readonly log: AdministratorRight | 'any' | null
    }
  /** Members who hold the team's newest key. */
  | { readonly who: 'members'; readonly teamId: string }
  | { readonly who: 'automators'; readonly nodeId: string; readonly right: AutomatorRight }
  | { readonly who: 'user'; readonly userId: string; readonly as: 'user' | 'member' }

/** Who can end waits in one enterprise, as the store and the log say now. Each question is asked of the store once. */
export class Unblockers {
  readonly #db: Db
  readonly #log: LogState
  readonly #at: Millis
  readonly #enterpriseId: string
  readonly #answers = new Map<string, Promise<Unblocker[]>>()
  #administrators: Promise<AdministratorRow[]> | undefined
  #parents: Promise<ReadonlyMap<string, string | null>> | undefined
  constructor(db: Db, enterpriseId: string, log: LogState, at: Millis) {
    this.#db = db
    this.#enterpriseId = enterpriseId
    this.#log = log
    this.#at = at
  }

  /** Each person once, who is online first; at most 20, and how many others there are. `byYou`: whether `caller` is one. */
  async of(enders: readonly Ender[], caller: string, apartFrom?: string): Promise<Pick<PendingItem, 'unblockedBy' | 'others' | 'byYou'>> {
    const found = (await Promise.all(enders.map((ender) => this.#one(ender)))).flat()
    const all = [...new Map(found.map((each) => [each.id, each])).values()].filter(({ id }) => id !== apartFrom)
    const sorted = [...all.filter(({ online }) => online), ...all.filter(({ online }) => !online)]
    const byYou = all.some(({ id }) => id === caller)
    return { unblockedBy: sorted.slice(0, MOST_NAMED), others: Math.max(0, sorted.length - MOST_NAMED), byYou }
  }

  #one(ender: Ender): Promise<Unblocker[]> {
    const key = JSON.stringify(ender)
    const known = this.#answers.get(key) ?? this.#find(ender)
    this.#answers.set(key, known)
    return known
  }

  #find(ender: Ender): Promise<Unblocker[]> {
    if (ender.who === 'administrators') return this.#administratorsOver(ender)
    if (ender.who === 'members') return this.#members(ender.teamId)
    return ender.who === 'automators' ? this.#automators(ender) : this.#user(ender)
  }

  async #administratorsOver({ nodeId, right, log }: Extract<Ender, { who: 'administrators' }>): Promise<Unblocker[]> {
    this.#administrators ??= administratorsOf(this.#db, this.#enterpriseId, this.#at)
    const above = await this.#above(nodeId)
    const stated = new Map<string, readonly AdministratorRight[]>(this.#log.administrators)
    const able = (await this.#administrators).filter(({ id, role, node_id: place }) => {
      const rights = stated.get(id)
      const isStated = log === null || (log === 'any' ? rights !== undefined : rights?.includes(log) === true)
      return isStated && above.has(place) && gives(role, right)
    })
    return able.map((row) => this.#person('administrator', row))
  }

  async #members(teamId: string): Promise<Unblocker[]> {
    const rows = await this.#db
      .selectFrom('memberships as m')
      .innerJoin('teams as t', 't.id', 'm.team_id')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select(['u.id', 'u.email'])
      .select(lastUse(this.#at).as('used_at'))
      .where('m.team_id', '=', teamId)
      .where('m.state', '=', 'active')
      .whereRef('m.epoch', '=', 't.key_epoch')
      .where('u.status', '=', 'active')
      .where('u.deleted_at', 'is', null)
      .orderBy((eb) => eb.fn.coalesce(lastUse(this.#at), sql.lit(0)), 'desc')
      .orderBy('u.id')
      .limit(MOST_COUNTED)
      .execute()
    return rows.map((row) => this.#person('member', row))
  }

  async #automators({ right, nodeId }: Extract<Ender, { who: 'automators' }>): Promise<Unblocker[]> {
    const above = await this.#above(nodeId)
    const enrolled = await listEnrolled(this.#db, this.#enterpriseId, this.#log)
    return enrolled
      .filter(
        ({ scope }) => scope?.rights.includes(right) === true && (scope.nodes === null || scope.nodes.some((node) => above.has(node))),
      )
      .map(({ automatorId: id, name, seenAt }) => ({ kind: 'automator', id, name, online: this.#isOnline(seenAt) }))
  }

  async #user({ userId, as }: Extract<Ender, { who: 'user' }>): Promise<Unblocker[]> {
    const rows = await this.#db
      .selectFrom('users as u')
      .select(['u.id', 'u.email'])
      .select(lastUse(this.#at).as('used_at'))
      .where('u.id', '=', userId)
      .execute()
    return rows.map((row) => this.#person(as, row))
  }

  /** The node and all above it; for null the root. */
  async #above(nodeId: string | null): Promise<ReadonlySet<string>> {
    this.#parents ??= parentsOf(this.#db, this.#enterpriseId)
    const parents = await this.#parents
    const above = new Set<string>()
    const root = [...parents].find(([, parent]) => parent === null)?.[0] ?? null
    for (let at = nodeId ?? root; at !== null && !above.has(at); at = parents.get(at) ?? null) above.add(at)
    return above
  }

  #person(kind: Unblocker['kind'], { id, email, used_at: usedAt }: { id: string; email: string; used_at: Millis | null }): Unblocker {
    return { kind, id, name: email, online: this.#isOnline(usedAt) }
  }

  #isOnline(seenAt: Millis | null): boolean {
    return seenAt !== null && this.#at - seenAt < ONLINE_MILLIS
  }
}

interface AdministratorRow {
  id: string
  email: string
  node_id: string
  role: AdministratorRole
  used_at: Millis | null
}

/** The roles of administrators who are active, with when each was last seen. */
function administratorsOf(db: Db, enterpriseId: string, at: Millis): Promise<AdministratorRow[]> {
  return db
    .selectFrom('administrators as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select(['u.id', 'u.email', 'a.node_id', 'a.role'])
    .select(lastUse(at).as('used_at'))
    .where('u.enterprise_id', '=', enterpriseId)
    .where('u.status', '=', 'active')
    .where('u.deleted_at', 'is', null)
    .orderBy('u.id')
    .execute()
}

async function parentsOf(db: Db, enterpriseId: string): Promise<ReadonlyMap<string, string | null>> {
  const nodes = await db.selectFrom('nodes').select(['id', 'parent_id']).where('enterprise_id', '=', enterpriseId).execute()
  return new Map(nodes.map(({ id, parent_id: parent }) => [id, parent]))
}

/** When the user `u` last used a session that is open. */
function lastUse(at: Millis) {
  return sql<Millis | null>`(select max(s.used_at) from sessions as s where s.user_id = u.id and s.ended_at is null and s.expires_at > ${at})`
}
