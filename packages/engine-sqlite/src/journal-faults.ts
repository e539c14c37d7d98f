/** Called around the COMMIT of each transaction, so that a test can let a process die there. */
export interface JournalFaults {
  /**
   * @param n counts the transactions of this journal object, from 1
   * @param what says what is written, e.g. `step staging/deploy intent, events`
   */
  readonly before?: (n: number, what: string) => void;
  /** As `before`, once the transaction is on the disk. */
  readonly after?: (n: number, what: string) => void;
}
