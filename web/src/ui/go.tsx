import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A page of the console, and what stands in its address. */
export interface Place {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
}

/** A link to a page of the console. */
export function Go({ to, search = {}, children }: Place & { readonly children: ReactNode }) {
  return <Anchor renderRoot={(props) => <Link {...props} to={to} search={search} />}>{children}</Anchor>
}
