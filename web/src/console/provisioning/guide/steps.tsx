import type { ReactNode } from 'react'
import { CopyField } from '../../../ui/copy-field.tsx'

/** What is pasted at the directory. `token`: null where it is not known any more. */
export interface Pasted {
  readonly baseUrl: string
  readonly token: string | null
}

/** What is done one after the other. */
export function Steps({ children }: { children: ReactNode }) {
  return <ol className="guide-steps">{children}</ol>
}

/** Fields of a form at the directory, under the names that they have there. */
export function Fields({ children }: { children: ReactNode }) {
  return <div className="guide-fields">{children}</div>
}

/** A field that something is chosen in, or that takes a short word. */
export function Chosen({ field, children }: { field: string; children: ReactNode }) {
  return (
    <dl className="guide-chosen">
      <dt>{field}</dt>
      <dd>{children}</dd>
    </dl>
  )
}

/** The field that takes the token: filled in while the token is known. */
export function TokenField({ field, token }: { field: string; token: string | null }) {
  if (token !== null) return <CopyField label={field} value={token} />
  return <Chosen field={field}>the Token, which was shown when it was made</Chosen>
}
