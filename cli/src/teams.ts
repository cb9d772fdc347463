import type { ProvenNodeId } from '@claviger/server/nodes/scope.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import { type ListedTeam, listMembers, listTeams } from '@claviger/server/teams/list.ts'
import type { Command } from 'commander'
import { say, Table, write } from './output.ts'
import { pagesOf } from './pages.ts'
import { addStoreOptions, provenNode, type StoreOptions, withStore } from './store.ts'

/** Adds `teams list`. */
export function addTeamsCommands(program: Command): void {
  const teams = program.command('teams').description('what became of the groups that the directory pushed')
  addStoreOptions(teams.command('list'))
    .description('list the teams of a node and their members')
    .requiredOption('--node <id>', 'the node')
    .action(list)
}

async function list({ node, ...options }: StoreOptions & { node: string }) {
  await withStore(options, async ({ db }) => {
    const { nodeId } = await provenNode(db, node)
    await (options.json ? listAsJson(db, nodeId) : listAsText(db, nodeId))
  })
}

/** An array, one team a line, whose members are written as they are read: a team can have 100,000. */
async function listAsJson(db: Db, nodeId: ProvenNodeId) {
  let before = '['
  for await (const teams of teamPages(db, nodeId)) {
    for (const { id, name, status } of teams) {
      await write(`${before}\n${JSON.stringify({ id, name, status }).slice(0, -1)},"members":[`)
      before = ','
      let separator = ''
      for await (const members of memberPages(db, id)) {
        await write(separator + members.map(({ email, status }) => JSON.stringify({ email, status })).join(','))
        separator = ','
      }
      await write(']}')
    }
  }
  await write(before === '[' ? '[]\n' : '\n]\n')
}

async function listAsText(db: Db, nodeId: ProvenNodeId) {
  let empty = true
  for await (const teams of teamPages(db, nodeId)) {
    for (const team of teams) {
      await say(...(empty ? [] : ['']), titleOf(team))
      empty = false
      const table = new Table('  MEMBERSHIP', 'E-MAIL')
      for await (const members of memberPages(db, team.id)) {
        await table.write(members.map(({ email, status }) => ({ cells: [`  ${status}`, email] })))
      }
      await table.end('  no members')
    }
  }
  if (empty) await say('This node has no teams yet. A team comes of a group that the directory pushes; assigning a group makes none.')
}

function titleOf({ id, name, status }: ListedTeam) {
  return `${name} (${status})  ${id}`
}

function teamPages(db: Db, nodeId: ProvenNodeId) {
  return pagesOf(
    (after, limit) => listTeams(db, nodeId, after, limit),
    ({ id }) => id,
  )
}

function memberPages(db: Db, teamId: string) {
  return pagesOf(
    (after, limit) => listMembers(db, teamId, after, limit),
    ({ userId }) => userId,
  )
}
