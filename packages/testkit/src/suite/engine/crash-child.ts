import { sail, type CrashTask } from "./sail.ts";

// Written by the suite that started this process.
const task = JSON.parse(process.argv[2] ?? "") as CrashTask;
process.stdout.write(`${JSON.stringify(await sail(task, process.env))}\n`);
