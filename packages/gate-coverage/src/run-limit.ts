/** Limit of the run of pytest with its reruns in milliseconds: half an hour; `gates.<gate>.timeoutMs` changes it. */
export const runLimitMs: number = 30 * 60 * 1000;
