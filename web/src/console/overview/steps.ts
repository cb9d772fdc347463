import { useLocalStorage } from '@mantine/hooks'
import type { Place } from '../../ui/go.tsx'
import type { AnswerOf } from '../../worker/routes.ts'

type Overview = AnswerOf<'readOverview'>
type NodeShown = AnswerOf<'listNodes'>['nodes'][number]

/** One step from an empty enterprise to its first team. `at`: where it is done; null where it comes by itself. */
export interface Step {
  readonly title: string
  readonly words: string
  readonly isDone: boolean
  readonly at: Place | null
}

export interface FirstSteps {
  readonly steps: readonly Step[]
  readonly isShown: boolean
  /** Somebody came from a directory. */
  readonly hasPeople: boolean
  readonly hide: () => void
}

/** The way to the first team, ticked off from what is there; shown to who can go it, until it is gone or they hide it. */
export function useFirstSteps(overview: Overview | undefined, nodes: readonly NodeShown[] | undefined): FirstSteps {
  const [isHidden, setHidden] = useLocalStorage({ key: 'claviger-first-steps-hidden', defaultValue: false, getInitialValueInEffect: false })
  const hide = () => setHidden(true)
  if (overview === undefined || nodes === undefined) return { steps: [], isShown: false, hasPeople: true, hide }
  const steps = stepsOf(overview, nodes)
  const mayGo = nodes.some(({ rights }) => rights.includes('manage'))
  return { steps, isShown: mayGo && !isHidden && steps.some(({ isDone }) => !isDone), hasPeople: hasDirectoryUser(nodes), hide }
}

/** What is there of the way, and what is next. A step that was gone another way, as by the command line, is gone. */
export function stepsOf({ directories, teams }: Overview, nodes: readonly NodeShown[]): Step[] {
  const place = nodes.find(({ method, isRoot }) => method !== null || !isRoot) ?? nodes[0]
  const provisioning: Place = place === undefined ? { to: '/nodes' } : { to: `/nodes/${place.nodeId}`, search: { tab: 'provisioning' } }
  const hasPeople = hasDirectoryUser(nodes)
  const isCalled = directories.some(({ lastContactAt }) => lastContactAt !== null)
  const hasMethod = nodes.some(({ method }) => method !== null && method.state !== 'draft')
  return [
    {
      title: 'Add a node',
      words: 'A node holds the people and teams of one directory: “Staff”, say.',
      isDone: nodes.length > 1 || nodes.some(({ method }) => method !== null),
      at: { to: '/nodes', search: { add: 'node' } },
    },
    {
      title: 'Add Method',
      words: 'A provisioning method gives the node a URL and a Token. Save it once both are copied.',
      isDone: hasMethod,
      at: provisioning,
    },
    {
      title: 'Connect the directory',
      words: 'Paste URL and Token into Okta, Entra ID or another directory, and test the connection there.',
      isDone: isCalled,
      at: provisioning,
    },
    {
      title: 'The first user arrives',
      words: 'Assign somebody in the directory. They appear here, and their invitation goes out.',
      isDone: hasPeople,
      at: hasMethod ? { to: '/users' } : null,
    },
    {
      title: 'Approve the first team',
      words: 'Push a group in the directory: it waits under Approvals. Its key is made in this browser.',
      isDone: teams.active > 0,
      at: hasPeople ? { to: '/approvals' } : null,
    },
  ]
}

/** Whoever lives where a directory provisions came from it, or is known to it. */
function hasDirectoryUser(nodes: readonly NodeShown[]): boolean {
  return nodes.some(({ method, isRoot, users }) => method !== null && users.invited + users.active + users.locked > (isRoot ? 1 : 0))
}
