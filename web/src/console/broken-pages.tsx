import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Failure } from '../ui/failure.tsx'
import { PageTitle } from '../ui/page-title.tsx'

/** In the place of a page that could not be shown. */
export function BrokenPage({ error }: { error: unknown }) {
  return (
    <>
      <PageTitle title="This page could not be shown" />
      <Failure error={error} />
    </>
  )
}

/** For an address that names no page. */
export function NoSuchPage() {
  return (
    <>
      <PageTitle title="There is no such page" />
      <Text>
        The address may be mistyped, or from an older version.{' '}
        <Anchor component={Link} to="/">
          Go to the overview
        </Anchor>
        .
      </Text>
    </>
  )
}
