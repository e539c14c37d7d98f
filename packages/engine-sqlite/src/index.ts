export type { JournalFaults } from "./journal-faults.ts";
export { lockComponent, type Hold, type LockOptions, type OwnerInfo } from "./lock-component.ts";
export { openJournal, type JournalOptions } from "./open-journal.ts";
