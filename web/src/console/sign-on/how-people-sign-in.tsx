import { Text } from '@mantine/core'
import { Section } from '../../ui/section.tsx'

/** What is true of sign-in in this version. */
export function HowPeopleSignIn() {
  return (
    <Section title="E-mail and password">
      <Text>
        People sign in with their e-mail address and a password that the server never sees: the browser proves that it knows it (OPAQUE, RFC
        9807). Who has set up a second factor shows it as well. A lock, here or in the directory, ends every session at once.
      </Text>
      <Text mt="sm" c="dimmed">
        Sign-in through the directory (SAML 2.0) is not in this version yet.
      </Text>
    </Section>
  )
}
