import { statusOf, storeCodeOf } from "./copy-error";

type Tags = Record<string, string>;

/** Keeps tags where the target's locator permits it, and says once where it does not. */
export class TagPermission {
  private denied = false;

  constructor(private readonly note: (line: string) => void) {}

  /**
   * Writes a blob with its tags, or without when they are what the store refuses.
   *
   * @param act - gets options to spread into the call: `{ tags }` or nothing.
   */
  async write<T>(
    tags: Readonly<Tags> | undefined,
    act: (tags: { tags?: Tags }) => Promise<T>,
  ): Promise<T> {
    if (tags === undefined || Object.keys(tags).length === 0 || this.denied) return act({});
    try {
      return await act({ tags: { ...tags } });
    } catch (error) {
      if (statusOf(error) !== 403 || storeCodeOf(error) === "CannotVerifyCopySource") throw error;
      const result = await act({});
      this.deny();
      return result;
    }
  }

  private deny(): void {
    if (!this.denied) this.note("Tags are not copied: the target's locator does not permit them");
    this.denied = true;
  }
}
