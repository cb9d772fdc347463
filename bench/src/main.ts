import { parseArgs } from 'node:util'
import { approvals } from './approvals.ts'
import { adminConsole } from './console.ts'
import { createUsers } from './create-users.ts'
import { eventLoop } from './event-loop.ts'
import type { Row } from './figures.ts'
import { keys } from './keys.ts'
import { members } from './large-groups.ts'
import { LoadGenerator } from './load.ts'
import { millionUsers } from './million-users.ts'
import { oktaPush } from './okta-push.ts'
import { openVault } from './open-vault.ts'
import { postgres } from './postgres.ts'
import { reads } from './reads.ts'
import { jsonOf, tableOf } from './table.ts'
import type { Bench, Sizes, Topic } from './topic.ts'
import { say, Workshop } from './workshop.ts'

/** The topics by the name with which their rows begin, in the order of the table. */
const topics: Readonly<Record<string, Topic>> = {
  create: createUsers,
  members,
  million: millionUsers,
  postgres,
  okta: oktaPush,
  reads,
  loop: eventLoop,
  vault: openVault,
  keys,
  approvals,
  console: adminConsole,
}

const USAGE = `npm run bench [-- NAME…] [--json] [--rounds N] [--seconds N] [--users N] [--members N] [--people N] [--groups N]
NAME: ${Object.keys(topics).join(', ')}; all of them unless some are named`

await main()

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      users: { type: 'string', default: '1000000' },
      members: { type: 'string', default: '100000' },
      people: { type: 'string', default: '100000' },
      groups: { type: 'string', default: '1000' },
    },
  })
  const wanted = positionals.length === 0 ? Object.keys(topics) : positionals
  const unknown = wanted.find((name) => topics[name] === undefined)
  if (values.help || unknown !== undefined) {
    say(unknown === undefined ? USAGE : `There is no row ${unknown}.\n${USAGE}`)
    process.exit(unknown === undefined ? 0 : 2)
  }
  const { rounds, seconds, users, members, people, groups } = values
  const rows = await measure(wanted, {
    rounds: number('rounds', rounds),
    seconds: number('seconds', seconds),
    users: number('users', users),
    members: number('members', members),
    people: number('people', people),
    groups: number('groups', groups),
  })
  process.stdout.write(`${values.json ? jsonOf(rows) : tableOf(rows)}\n`)
}

async function measure(names: readonly string[], sizes: Sizes): Promise<Row[]> {
  const workshop = new Workshop()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('stopping')
      void workshop.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
    })
  }
  try {
    const load = new LoadGenerator(workshop)
    const bench: Bench = { workshop, load, sizes }
    const rows: Row[] = []
    for (const name of names) {
      say(`${name} …`)
      rows.push(...((await topics[name]?.(bench)) ?? []))
    }
    return rows
  } finally {
    await workshop.close()
  }
}

function number(name: string, text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  say(`--${name} is a number above 0, not ${text}`)
  process.exit(2)
}
