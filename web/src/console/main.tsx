import { RouterProvider } from '@tanstack/react-router'
import { show } from '../ui/root.tsx'
import { router } from './router.tsx'

show(<RouterProvider router={router} />)
