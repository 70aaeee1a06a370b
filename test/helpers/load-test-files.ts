/** Loads the test files of a group into one process. */
import t from 'tap'

/**
 * Loads test files one after another. Some files wait for something before they define their tests. With static imports,
 * tap ended when the tests of the other files had finished, and such tests were lost. Here, the first test loads all
 * files, so that no other test runs before all are defined.
 *
 * @param urls URLs of the files
 */
export function loadTestFiles (urls: readonly string[]): void {
  t.test('all files of the group are loaded', async () => {
    for (const url of urls) await import(url)
  })
}
