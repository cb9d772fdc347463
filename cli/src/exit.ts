export const EXIT_OK = 0
/** The server refused, or a step of a scenario did not come out as expected. */
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2
export const EXIT_UNREACHABLE = 3
