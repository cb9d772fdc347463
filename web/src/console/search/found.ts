import type { AnswerOf } from '../../worker/routes.ts'
import { places } from '../places.ts'

/** Something that one can go to. */
export interface Found {
  readonly name: string
  readonly about: string
  readonly to: string
}

export interface FoundGroup {
  readonly title: string
  readonly found: readonly Found[]
}

/** What fits the text: the console's pages, and what the server found. Groups with nothing in them are left out. */
export function foundOf(text: string, answer: AnswerOf<'searchAll'> | undefined): FoundGroup[] {
  const wanted = text.trim().toLowerCase()
  const pages = places.filter(({ label }) => label.toLowerCase().includes(wanted)).map(({ label, to }) => ({ name: label, about: '', to }))
  const users = (answer?.users ?? []).map(({ userId, email, status, nodeName }) => ({
    name: email,
    about: `${status}, ${nodeName}`,
    to: `/users/${userId}`,
  }))
  const teams = (answer?.teams ?? []).map(({ teamId, name, status, nodeName }) => ({
    name,
    about: `${status}, ${nodeName}`,
    to: `/teams/${teamId}`,
  }))
  const nodes = (answer?.nodes ?? []).map(({ nodeId, name }) => ({ name, about: '', to: `/nodes/${nodeId}` }))
  return [
    { title: 'Users', found: users },
    { title: 'Teams', found: teams },
    { title: 'Nodes', found: nodes },
    { title: 'Pages', found: pages },
  ].filter(({ found }) => found.length > 0)
}
