import {
  IconActivity,
  IconChecklist,
  IconHome,
  IconKey,
  IconPlugConnected,
  IconSettings,
  IconSitemap,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'

/** The pages that one can go to from everywhere. */
export const places = [
  { to: '/', label: 'Overview', icon: IconHome },
  { to: '/nodes', label: 'Nodes', icon: IconSitemap },
  { to: '/users', label: 'Users', icon: IconUsers },
  { to: '/teams', label: 'Teams', icon: IconUsersGroup },
  { to: '/approvals', label: 'Approvals', icon: IconChecklist },
  { to: '/provisioning', label: 'Provisioning', icon: IconPlugConnected },
  { to: '/sign-on', label: 'Sign-on', icon: IconKey },
  { to: '/activity', label: 'Activity', icon: IconActivity },
  { to: '/settings', label: 'Settings', icon: IconSettings },
] as const
