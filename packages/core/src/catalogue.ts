/** One entry of the catalogue: what `towpath explain` and the docs page of the code say. */
export interface CatalogueEntry {
  /** What happened, in general words. */
  readonly title: string;
  /** Why Towpath treats it so. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: readonly string[];
}

/**
 * Every code that Towpath itself uses. Blocks: 10xx usage · 11xx specification · 12xx configuration and plugins ·
 * 13xx hooks and kernel · 31–37xx findings of gates · 38xx agents · 40xx breakage · 50–52xx deploys, drills, soak ·
 * 60xx files of the run · 61xx journal and ownership · 62xx sessions · 63xx traces · 64xx files for agents ·
 * 90xx internal.
 * A community plugin uses a prefix of its own.
 */
export const catalogue = {
  TP1001: {
    title: "The command line was not understood",
    why: "A command, option or argument is unknown, missing or malformed, so nothing was run.",
    fix: ["towpath help", "towpath <command> --help"],
  },
  TP1002: {
    title: "The component is unknown",
    why: "The name is not one of the components that the configuration declares or that were found by convention.",
    fix: ["towpath config show", "Declare the component under `components:` in the configuration."],
  },
  TP1003: {
    title: "A name breaks the rules for names",
    why: "Names become file names and lock names, so only `^[a-z][a-z0-9_-]{0,63}$` is accepted.",
    fix: ["Use a lower-case name such as `payment_api`."],
  },
  TP1005: {
    title: "A path leaves the repository",
    why: "Source, test, spec and output paths are confined to the repository, symbolic links followed.",
    fix: ["Give a path inside the repository."],
  },
  TP1006: {
    title: "Nothing was selected",
    why: "No gate or component matched, and checking nothing is not a pass.",
    fix: ["towpath gates list", "Fix the selection, or pass --allow-empty if an empty selection is fine."],
  },
  TP1007: {
    title: "The file already exists",
    why: "`towpath init` never overwrites a configuration.",
    fix: ["Edit the file, or remove it first."],
  },
  TP1101: {
    title: "The specification cannot be used",
    why: "The file is missing, unreadable, larger than 1 MiB, not UTF-8 text, or says nothing.",
    fix: ["Give a Markdown file of at most 1 MiB with `--spec`."],
  },
  TP1102: {
    title: "A placeholder is left in the specification",
    why: "A template token, TODO, TBD or `???` stands where a decision should.",
    fix: ["Replace the placeholder by the decision."],
  },
  TP1103: {
    title: "A requirement has no id",
    why: "Without an id a requirement cannot be traced to tests; one was made from its title.",
    fix: ["Give it an id such as `FR-1`."],
  },
  TP1104: {
    title: "Two requirements share an id",
    why: "A test that proves the id would prove either of them.",
    fix: ["Give one of them another id."],
  },
  TP1105: {
    title: "A requirement has no acceptance criterion",
    why: "Nobody can tell when it is met.",
    fix: ["Add acceptance criteria (`- [ ] …`) or a scenario below the requirement."],
  },
  TP1106: {
    title: "A requirement uses no word that binds",
    why: "Only MUST, SHALL, SHOULD and MAY in capitals say how binding a statement is (RFC 2119, RFC 8174).",
    fix: ["Say MUST, SHOULD or MAY, in capitals."],
  },
  TP1107: {
    title: "A word without a measure",
    why: "Words such as fast or robust mean something else to everybody, so no test can prove them.",
    fix: ["Give a figure with its unit, or take the word out."],
  },
  TP1108: {
    title: "A requirement states several things",
    why: "When one of them holds and the other does not, nobody can say whether it is met.",
    fix: ["Split it into one requirement for each statement."],
  },
  TP1109: {
    title: "A statement has no shape of EARS",
    why: "In the forms When, While, If … then, Where and The … shall a statement can be tested and compared.",
    fix: ["Write: When <trigger>, the <component> shall <response>."],
  },
  TP1110: {
    title: "The specification is not complete",
    why: "A part that the target needs is missing.",
    fix: ["Add what the findings name."],
  },
  TP1111: {
    title: "A non-functional requirement has no figure",
    why: "Without metric, limit and unit nothing can be measured against it.",
    fix: ["Add a target such as `p95 < 200 ms`."],
  },
  TP1112: {
    title: "A reference leads nowhere",
    why: "The requirement, file or component that the text names does not exist.",
    fix: ["Correct the name, or add what it names."],
  },
  TP1113: {
    title: "The specification is about something else",
    why: "Its component or target differs from those of the run.",
    fix: ["Give the specification of this component, or correct its head."],
  },
  TP1114: {
    title: "A dependency is not as mature as the target",
    why: "What rests on something in development cannot be called ready for production.",
    fix: ["Lead the dependency to the target first, or name its stage correctly."],
  },
  TP1115: {
    title: "Nothing can prove a requirement",
    why: "It has no criterion, scenario, example or figure that a test could hold on to, and names no other proof.",
    fix: ["Add a criterion that can be tested, or say **Proof:** drill or **Proof:** attestation."],
  },
  TP1116: {
    title: "An API block is not valid Python",
    why: "The API block is compared with the code, so it must parse.",
    fix: ["Correct the fenced `python` block."],
  },
  TP1117: {
    title: "An error of the API is never asked for",
    why: "The API says that it raises the error, but no requirement, criterion or scenario says when.",
    fix: ["Add a criterion or scenario for the error."],
  },
  TP1120: {
    title: "Requirements conflict",
    why: "Two statements cannot both hold, so whatever is built breaks one of them.",
    fix: ["Settle each conflict: keep one of the two places, and let the other refer to it."],
  },
  TP1121: {
    title: "One must and the other must not",
    why: "Two statements demand opposite things of the same thing in the same situation.",
    fix: ["Decide which holds, and take the other out."],
  },
  TP1122: {
    title: "Two figures for one thing",
    why: "Either no value meets both, or they say the same thing in two places that can drift apart.",
    fix: ["Keep one source, and let the other refer to it."],
  },
  TP1123: {
    title: "Two types for one field",
    why: "No value can have both.",
    fix: ["Decide on one type, and correct the other place."],
  },
  TP1124: {
    title: "Two answers to one situation",
    why: "Under the same conditions two different things shall happen.",
    fix: ["Decide which one, or tell the situations apart."],
  },
  TP1125: {
    title: "The code does not match the API block of the specification",
    why: "A class, function or parameter that the specification promises is missing or differs.",
    fix: ["Change the code, or the specification if the decision changed."],
  },
  TP1126: {
    title: "Two components claim one thing",
    why: "A public name, endpoint, port or file can belong to one component only.",
    fix: ["Give it to one of them, and let the other use it."],
  },
  TP1127: {
    title: "The specification and the project's settings differ",
    why: "Whoever reads the one does not know the other; the settings decide what is enforced.",
    fix: ["Change the one that is wrong."],
  },
  TP1128: {
    title: "Each shall come before the other",
    why: "No order meets both statements.",
    fix: ["Decide on one order."],
  },
  TP1129: {
    title: "Target, status and stage do not fit",
    why: "The document says that it is further, or not as far, as its own target.",
    fix: ["Correct the one that is out of date."],
  },
  TP1131: {
    title: "A test cannot fail",
    why: "It passes on an implementation that does nothing, so its pass proves nothing.",
    fix: ["Let it assert what the requirement says."],
  },
  TP1132: {
    title: "Nobody has seen a test fail",
    why: "A test that was green from the start may prove something else than it says.",
    fix: ["Generate the tests before the code is written, or let it fail once on a copy without the code."],
  },
  TP1134: {
    title: "A requirement has no proof",
    why: "No test that names it was run and passed, and it names no other proof.",
    fix: ["Mark the test that proves it: @pytest.mark.spec('FR-1').", "towpath trace --component <name>"],
  },
  TP1135: {
    title: "The tests do not cover the specification as it is",
    why: "They were generated from another state of the specification, or somebody edited them.",
    fix: ["Run the stage implementation again, which generates them anew."],
  },
  TP1201: {
    title: "No configuration was found",
    why: "Towpath loads only the gates that a configuration names.",
    fix: ["towpath init"],
  },
  TP1202: {
    title: "The configuration cannot be read",
    why: "The file is too large, too deeply nested, has duplicate keys or unknown tags, or is not valid in its format.",
    fix: ["Correct the place that the message names."],
  },
  TP1203: {
    title: "The configuration is not valid",
    why: "A key is unknown or a value is out of its range. Towpath never ignores a setting that it does not understand.",
    fix: ["towpath config schema", "Correct the place that the message names."],
  },
  TP1204: {
    title: "A name in the configuration is forbidden",
    why: "`__proto__`, `constructor`, `prototype` and `$import` can change or run code, so they are refused everywhere.",
    fix: ["Remove the key."],
  },
  TP1205: {
    title: "A plugin was not found",
    why: "Plugins are resolved from the folder of the file that names them, then from those that come with the CLI. Nothing is installed or scanned by itself.",
    fix: ["Install the package, or correct the name."],
  },
  TP1206: {
    title: "A plugin name is refused",
    why: "Only npm package names and paths inside the repository are loaded, never URLs, `node:` modules or absolute paths.",
    fix: ["Use the package's name, or a path such as `./tools/gate-licence.mts`."],
  },
  TP1207: {
    title: "A plugin is not usable",
    why: "It has no default export made by `definePlugin`, is written for another plugin API, or its name or a gate's name is taken.",
    fix: ["Read the message; install a version that fits this core."],
  },
  TP1208: {
    title: "A plugin's options are not valid",
    why: "Plugins refuse options that they do not know, so that a misspelt threshold cannot be lost.",
    fix: ["Correct the place that the message names."],
  },
  TP1209: {
    title: "A stage has no gate",
    why: "A stage that checks nothing would pass everything.",
    fix: ["Add a plugin with a gate for the stage, or say `stages: {<stage>: {skip: <reason>}}`."],
  },
  TP1210: {
    title: "Code in the configuration is refused in untrusted mode",
    why: "The configuration of a stranger's branch must not run.",
    fix: ["Use a YAML or JSON configuration with plugins that come with the program."],
  },
  TP1301: {
    title: "A plugin failed",
    why: "A hook or the set-up of a plugin threw an error; the verdict cannot be relied on.",
    fix: ["Report it to the plugin's author with the output of `towpath doctor`."],
  },
  TP1302: {
    title: "A hook never settled",
    why: "A plugin returned a promise that nobody will ever resolve; ending with success would be a lie.",
    fix: ["Report it to the plugin's author."],
  },
  TP1303: {
    title: "A hook was tapped after set-up",
    why: "Hooks are sealed when all plugins are set up, so that every call sees the same taps.",
    fix: ["Tap inside `setup`."],
  },
  TP1304: {
    title: "An artifact was asked for that was not declared",
    why: "A gate names the artifacts it needs, so that they are made before it starts.",
    fix: ["Add the artifact to `needs` of the gate."],
  },
  TP3101: {
    title: "Lint findings",
    why: "The linter reported rules that the code breaks.",
    fix: ["towpath check lint --fix", "Mend what is left by hand."],
  },
  TP3102: {
    title: "The code is not formatted",
    why: "Files differ from the formatter's output.",
    fix: ["towpath check format --fix"],
  },
  TP3201: {
    title: "Coverage is below the threshold",
    why: "The part of the source that the tests ran is smaller than the target requires.",
    fix: ["Add tests for the lines that the findings name."],
  },
  TP3202: {
    title: "Tests fail",
    why: "At least one test failed or could not be collected.",
    fix: ["Read the findings; run the test alone with pytest."],
  },
  TP3203: {
    title: "Tests are flaky",
    why: "A test failed and then passed alone on the same code, so neither answer can be trusted.",
    fix: ["Make the test independent of order, time and other tests."],
  },
  TP3301: {
    title: "Type errors",
    why: "The type checker reported errors.",
    fix: ["Mend the types at the places that the findings name."],
  },
  TP3401: {
    title: "Secrets in the code",
    why: "A string looks like a credential and is not in the audited baseline.",
    fix: ["Remove and revoke the secret.", "If it is none: detect-secrets audit .secrets.baseline"],
  },
  TP3402: {
    title: "Security findings in the code",
    why: "The static analysis reported more issues of a severity than are allowed.",
    fix: ["Mend the places that the findings name."],
  },
  TP3403: {
    title: "Vulnerable dependencies",
    why: "A dependency has a known vulnerability.",
    fix: ["Upgrade to the version that the finding names."],
  },
  TP3501: {
    title: "Functions are too complex",
    why: "A function has more independent paths than are allowed.",
    fix: ["Split the function."],
  },
  TP3601: {
    title: "The documentation is not complete",
    why: "Who takes over the component finds no README, no description of its public functions, or no example.",
    fix: ["Write what the findings name."],
  },
  TP3701: {
    title: "The release is slower or larger than its limits",
    why: "Response time, errors or memory of the deployed release were measured beyond a limit.",
    fix: ["Mend what is slow, or change the limit if the decision changed."],
  },
  TP3801: {
    title: "The agent did what it may not",
    why: "It wrote outside of its paths, touched read-only files, or silenced a check; nothing of the round was applied.",
    fix: [
      "Read what it wanted to do in the run's record.",
      "Let it work again, or do the work by hand: towpath run --component <name>",
    ],
  },
  TP3802: {
    title: "The agent makes no progress",
    why: "The same problems stood in the way twice.",
    fix: [
      "Look at the findings, and help: change the specification or the code.",
      "towpath run --component <name>",
    ],
  },
  TP3803: {
    title: "The agent's rounds are used up",
    why: "It changed things each time, but not enough.",
    fix: ["Raise maxRounds in the agent's options, or finish by hand.", "towpath run --component <name>"],
  },
  TP4001: {
    title: "A tool is missing",
    why: "A gate that could not run has not passed.",
    fix: ["towpath doctor", "Install the tool into the component's environment."],
  },
  TP4002: {
    title: "A tool's version is not supported",
    why: "Its report is known to differ from what the gate reads.",
    fix: ["Install a version in the range that the message names."],
  },
  TP4003: {
    title: "A service did not answer",
    why: "An index or database could not be reached, so nothing is known. It was tried again; no answer is never a pass.",
    fix: ["Try again later."],
  },
  TP4004: {
    title: "A tool rejected its configuration",
    why: "The tool did not check anything.",
    fix: ["Correct the tool's configuration as its words say."],
  },
  TP4005: {
    title: "A tool crashed",
    why: "It ended by a signal, with an exit code that it does not document, or without a report.",
    fix: ["Run the command of the message by hand.", "towpath doctor"],
  },
  TP4006: {
    title: "A report cannot be read",
    why: "It is truncated, not in the expected format, or contradicts itself. Nothing is guessed from half a report.",
    fix: ["Run the command of the message by hand.", "towpath doctor"],
  },
  TP4007: {
    title: "Two statements of a tool contradict each other",
    why: "The exit code and the report, or a total and its parts, say different things.",
    fix: ["Run the command of the message by hand."],
  },
  TP4008: {
    title: "Nothing was checked",
    why: "Nothing looked at is not a pass.",
    fix: ["Correct the component's paths.", "towpath config show"],
  },
  TP4009: {
    title: "The environment is not complete",
    why: "The interpreter or the component's dependencies are missing, so what the tool says is not about the code.",
    fix: ["Install the component's dependencies into its environment."],
  },
  TP4010: {
    title: "A time limit was reached",
    why: "The gate and its whole process group were stopped.",
    fix: ["Raise `gates: {<gate>: {timeoutMs: …}}`, or make the check faster."],
  },
  TP4011: {
    title: "The run was cancelled",
    why: "A signal stopped it.",
    fix: ["Run it again."],
  },
  TP4012: {
    title: "Refused in untrusted mode",
    why: "The gate would run code of the checked tree, or a tool that lies in it.",
    fix: ["Run it where the code is trusted, or use tools from outside the tree."],
  },
  TP4013: {
    title: "A gate's plugin failed",
    why: "It threw an error that is no breakage of a tool, or returned something that is no evidence.",
    fix: ["Report it to the plugin's author with the output of `towpath doctor`."],
  },
  TP4014: {
    title: "The breaker of a gate is open",
    why: "The gate broke five times in a row, so it is left alone for a minute before one trial call.",
    fix: ["Mend what broke it, then run again."],
  },
  TP5001: {
    title: "Nothing deploys to this environment",
    why: "The stages staging and production deploy one built artifact; a plugin must build it and one must deploy it.",
    fix: ["Add a deployer such as deploy-release to `plugins:`.", "towpath plugins list"],
  },
  TP5002: {
    title: "The release was refused",
    why: "Its health check said no before it took the place of what runs, so the environment is what it was.",
    fix: ["Read the release's log; mend the component and run again."],
  },
  TP5003: {
    title: "The release was rolled back",
    why: "It broke its health check in its place, so the last verified release was brought back.",
    fix: ["Read the release's log; mend the component and run again."],
  },
  TP5004: {
    title: "This release was found bad before",
    why: "A digest that was refused or rolled back is not deployed again: it would fail again.",
    fix: ["Mend the component; the changed code makes another release."],
  },
  TP5005: {
    title: "Nobody knows whether the effect was done",
    why: "The step was interrupted and its target does not answer, so neither doing it again nor going on is safe.",
    fix: [
      "Look at the target; when it answers again: towpath resume <run>",
      "When it cannot say: towpath resume <run> --settle applied, or absent",
    ],
  },
  TP5006: {
    title: "The artifact cannot be built",
    why: "Without one artifact there is nothing whose digest could travel from staging to production.",
    fix: ["Read the builder's words."],
  },
  TP5007: {
    title: "The code changed between its evidence and its deploy",
    why: "Only what was measured is deployed.",
    fix: ["Run again without editing."],
  },
  TP5008: {
    title: "The target is taken",
    why: "Another deploy holds it, or a newer owner of the run has been there.",
    fix: ["Wait for the other deploy.", "towpath status"],
  },
  TP5009: {
    title: "The deployer cannot go back",
    why: "Production takes only deployers that can bring back the last verified release.",
    fix: ["Use a deployer that can roll back."],
  },
  TP5101: {
    title: "There is nothing to go back to",
    why: "The environment has no other release that stood its watch.",
    fix: ["towpath status", "Deploy a release that is good."],
  },
  TP5102: {
    title: "Rolling back is not tested",
    why: "A procedure that was never carried out is a hope. Only a drill on exactly this release counts.",
    fix: ["towpath drill rollback --component <name>"],
  },
  TP5103: {
    title: "Monitoring is not proven",
    why: "An alert that never arrived is no monitoring. Only a drill on exactly this release counts.",
    fix: ["towpath drill monitoring --component <name>"],
  },
  TP5201: {
    title: "The uptime is below its target",
    why: "More probes failed than the target allows over the whole window.",
    fix: ["Mend the release; a new digest starts a new window."],
  },
  TP5202: {
    title: "A person has not vouched for it yet",
    why: "The criterion cannot be measured. It needs an attestation for exactly this code that has not expired.",
    fix: ["towpath attest <criterion> --component <name> --expires <date>"],
  },
  TP6001: {
    title: "Evidence is missing, stale or does not belong to this code",
    why: "Only fresh evidence that was measured on exactly this code promotes.",
    fix: ["Run the gate again."],
  },
  TP6002: {
    title: "The files of the run cannot be written",
    why: "Without a record there is no evidence.",
    fix: ["Make the folder `.towpath` writable."],
  },
  TP6003: {
    title: "The run is unknown",
    why: "No record of that name lies below `.towpath/runs`.",
    fix: ["ls .towpath/runs"],
  },
  TP6004: {
    title: "The code changed while it was being checked",
    why: "A result must belong to exactly one state of the code.",
    fix: ["Run again without editing; keep tests from writing into the source."],
  },
  TP6101: {
    title: "Another run owns this component",
    why: "Two runs at once could deploy over each other.",
    fix: [
      "Wait for it, or go on with it: towpath resume <run>",
      "towpath run … --supersede takes its place.",
    ],
  },
  TP6102: {
    title: "The journal cannot be used",
    why: "Without a journal no effect may begin: after a crash nobody would know of it.",
    fix: ["Make the folder `.towpath` writable, on a local disk.", "towpath doctor"],
  },
  TP6103: {
    title: "The run asks for other steps than before",
    why: "A resumed run repeats what was decided. Towpath or the plan changed under it, so its record no longer fits.",
    fix: ["Resume it with the version that began it, or: towpath run … --supersede"],
  },
  TP6104: {
    title: "The journal is of a newer version",
    why: "An older program would misread it.",
    fix: ["Use at least the version of Towpath that wrote it."],
  },
  TP6105: {
    title: "The plugins changed while the run waited",
    why: "The plan fixed their versions; others may judge otherwise.",
    fix: ["Install the versions that the message names, or: towpath resume <run> --accept-plugin-change"],
  },
  TP6106: {
    title: "The journal was edited or damaged",
    why: "Its chain of digests does not hold, so nothing in it can be believed.",
    fix: [
      "Keep the file for inquiry; restore `.towpath/journal.db.bak` or move the journal away and run again.",
    ],
  },
  TP6107: {
    title: "Another process took the run over",
    why: "This process was slow or suspended, and its claim on the run is older than another's. It wrote nothing more.",
    fix: ["towpath status"],
  },
  TP6108: {
    title: "The run cannot be resumed",
    why: "It is closed, or another run has taken its place.",
    fix: ["towpath run"],
  },
  TP6109: {
    title: "The disk is full",
    why: "Nothing new was begun, and what was written is whole.",
    fix: ["Make room, then: towpath resume <run>"],
  },
  TP6201: {
    title: "There is no such session",
    why: "Its id is unknown, or the component has none.",
    fix: ["towpath context list"],
  },
  TP6202: {
    title: "A session file cannot be used",
    why: "It is not a regular file with valid JSON of the documented form; it was left as it is.",
    fix: ["Mend or remove the file."],
  },
  TP6203: {
    title: "A session was not saved",
    why: "Its folder could not be written. The journal keeps what was said, and the verdict does not depend on it.",
    fix: ["Mend what the message names. The next run saves what is missing."],
  },
  TP6301: {
    title: "Nothing was traced yet",
    why: "The gate trace has not run for the component, so nobody knows what is proven.",
    fix: ["towpath check trace --component <name>"],
  },
  TP6401: {
    title: "Files for agents are out of date",
    why: "They differ from what this version of Towpath would write.",
    fix: ["towpath agents init"],
  },
  TP6402: {
    title: "A file for agents cannot be updated",
    why: "Towpath changes nothing but its own marked part, and that part could not be told from the rest.",
    fix: ["Mend the file as the message says, then: towpath agents init"],
  },
  TP9001: {
    title: "An internal error",
    why: "This is a defect of Towpath.",
    fix: ["Report it with the output of `towpath doctor`."],
  },
} as const;
