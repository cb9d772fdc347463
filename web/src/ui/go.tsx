import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A page of the console, and what stands in its address. */
export interface Place {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
}

/** A link to a page of the console, in the size of the text around it. `onGo`: what else happens then, as closing a dialog. */
export function Go({ to, search = {}, onGo, children }: Place & { readonly children: ReactNode; readonly onGo?: () => void }) {
  return (
    <Anchor inherit onClick={onGo} renderRoot={(props) => <Link {...props} to={to} search={search} />}>
      {children}
    </Anchor>
  )
}
