import { config } from 'zod'

/**
 * For pages and Workers, whose content security policy lets no text become code: zod would try whether it may compile its
 * shapes, and each page would report a violation. To be imported before everything else, because shapes ask when they are made.
 */
config({ jitless: true })
