/** Turns off the measurement of coverage in child processes that do not run the sources. It makes them slower, and its data is of no use. */

/** Child processes that this process starts afterwards do not measure their coverage. This process still does. */
export function excludeChildrenFromCoverage (): void {
  process.env._TAPJS_PROCESSINFO_COVERAGE_ = '0'
}
