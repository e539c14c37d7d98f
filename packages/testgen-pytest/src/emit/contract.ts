import type { ApiClass, ApiDefinition, ApiFunction, ApiParameter, ApiValue } from "../python/api.ts";
import { requirementsNaming } from "../requirement-words.ts";
import type { EmitContext } from "./emit-context.ts";
import { lookUp, lookUpImports } from "./preamble.ts";
import { naming, pyString, pyTuple, pyWords } from "./python-text.ts";
import type { EmittedFile, EmittedTest } from "./test-file.ts";

const helpers = `

def accepts(function, promised, bound=0):
    """Fails unless every call that the specification allows is accepted."""
    real = list(inspect.signature(function).parameters.values())[bound:]
    variadic = ("VAR_POSITIONAL", "VAR_KEYWORD")
    named = [each for each in real if each.kind.name not in variadic]
    wanted = [each for each in promised if each[1] not in variadic]
    assert [each.name for each in named[: len(wanted)]] == [each[0] for each in wanted]
    for parameter, (name, kind, optional, default) in zip(named, wanted):
        assert parameter.kind.name == kind, f"{name} is {parameter.kind.name}"
        if optional:
            assert parameter.default is not inspect.Parameter.empty, f"{name} has no default"
        for value in default:
            assert parameter.default == value, f"{name} has another default"
    for parameter in named[len(wanted) :]:
        assert parameter.default is not inspect.Parameter.empty, f"{parameter.name} is required"
    for name, kind, _, _ in promised:
        if kind in variadic:
            assert kind in [each.kind.name for each in real], f"{name} is missing"
`;

/** The tests of tier T0: what the API blocks define is there, with the signatures and values that they promise. */
export function emitContract(context: EmitContext): EmittedFile {
  const { spec, modules, folder, word, depth } = context;
  const name = naming();
  const tests: EmittedTest[] = [];
  const add = (symbol: string, owner: string | undefined, body: readonly string[], suffix = ""): void => {
    const label = owner === undefined ? symbol : `${owner} ${symbol}`;
    const test = name(`test_${pyWords(label)}${suffix}`);
    const requirements = requirementsNaming(spec.requirements, symbol, owner);
    tests.push({
      name: test,
      requirements,
      code: `def ${test}():\n${body.map((line) => `    ${line}\n`).join("")}`,
    });
  };

  const definitions = apiOf(context);
  for (const one of definitions) {
    if (one.type === "value") add(one.name, undefined, valueBody(one));
    else if (one.type === "function") add(one.name, undefined, functionBody(one));
    else {
      add(one.name, undefined, classBody(one, definitions));
      for (const member of one.members) {
        if (member.type === "function" && isPublic(member)) {
          add(member.name, one.name, methodBody(one, member));
        }
      }
    }
  }
  const own = definitions.flatMap(raisesOf).filter((raise) => !raise.builtin);
  for (const exception of new Set(own.map((raise) => raise.name))) {
    const body = [
      `found = ${found(exception)}`,
      "assert isinstance(found, type) and issubclass(found, BaseException)",
    ];
    add(exception, undefined, body, "_can_be_raised");
  }
  const imports = lookUpImports.join("\n");
  return {
    path: `${folder}/test_${word}_contract.py`,
    tier: "T0",
    open: false,
    top: `"""What the API blocks of the specification promise is there."""\n\n${imports}\n\nimport pytest\n\n${lookUp(modules, depth)}${helpers}`,
    tests,
  };
}

/** The public definitions of all API blocks; of several of one name the last one, as in Python. */
export function apiOf({ reading }: Pick<EmitContext, "reading">): readonly ApiDefinition[] {
  const all = reading.blocks.flatMap((block) => block.definitions).filter(isPublic);
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** Whether a name is promised to others: `__init__` and its like count, `_helper` does not. */
export function isPublic({ name }: Pick<ApiDefinition, "name">): boolean {
  return !name.startsWith("_") || (name.startsWith("__") && name.endsWith("__"));
}

function valueBody({ name, value }: ApiValue): readonly string[] {
  return value === null ? [found(name)] : [`assert ${found(name)} == ${value}`];
}

function functionBody(one: ApiFunction): readonly string[] {
  return [`function = ${found(one.name)}`, ...callable(one, one.parameters, 0)];
}

function classBody(one: ApiClass, all: readonly ApiDefinition[]): readonly string[] {
  const bases = one.bases.filter((base) =>
    all.some((other) => other.type === "class" && other.name === base),
  );
  const fields = one.dataclass
    ? one.members.flatMap((member) => (member.type === "value" && isPublic(member) ? [member.name] : []))
    : [];
  return [
    `found = ${found(one.name)}`,
    "assert isinstance(found, type)",
    ...bases.map((base) => `assert issubclass(found, ${found(base)})`),
    ...(fields.length === 0
      ? []
      : [`assert set(${pyTuple(fields.map(pyString))}) <= set(inspect.signature(found).parameters)`]),
  ];
}

function methodBody(owner: ApiClass, method: ApiFunction): readonly string[] {
  const { name, binding, parameters } = method;
  const attribute = `inspect.getattr_static(${found(owner.name)}, ${pyString(name)})`;
  if (binding === "property") return [`assert not inspect.isfunction(${attribute})`];
  if (binding === "static") {
    return [
      `assert isinstance(${attribute}, staticmethod)`,
      `function = ${found(owner.name)}.${name}`,
      ...callable(method, parameters, 0),
    ];
  }
  const bound = binding === "class" ? 0 : 1;
  return [
    ...(binding === "class" ? [`assert isinstance(${attribute}, classmethod)`] : []),
    // Of a class the attribute could be inherited from `object`, which promises nothing.
    ...(name.startsWith("__")
      ? [`assert ${found(owner.name)}.${name} is not getattr(object, ${pyString(name)}, None)`]
      : []),
    `function = ${found(owner.name)}.${name}`,
    // The first parameter is the object or class itself.
    ...callable(method, parameters.slice(1), bound),
  ];
}

function callable(one: ApiFunction, parameters: readonly ApiParameter[], bound: number): readonly string[] {
  const promised = parameters.map(({ name, kind, optional, default: value }) =>
    pyTuple([
      pyString(name),
      pyString(kind),
      optional ? "True" : "False",
      value === null ? "()" : pyTuple([value]),
    ]),
  );
  return [
    "assert callable(function)",
    ...(one.async ? ["assert inspect.iscoroutinefunction(function)"] : []),
    // A decorator may give the function another signature than the one that is written below it.
    ...(one.decorated
      ? []
      : [`accepts(function, ${pyTuple(promised)}${bound === 0 ? "" : `, bound=${bound}`})`]),
  ];
}

function raisesOf(one: ApiDefinition): readonly { readonly name: string; readonly builtin: boolean }[] {
  if (one.type === "value") return [];
  return one.type === "class" ? [...one.raises, ...one.members.flatMap(raisesOf)] : one.raises;
}

function found(name: string): string {
  return `api(${pyString(name)})`;
}
