/**
 * The Python program that takes API blocks and examples apart, for `python -I -S -c`. It reads
 * `{"blocks": [text], "modules": [name], "examples": [{setup, expression, expected}]}` from standard input, only parses
 * (nothing of it is imported, compiled or run), and hands back what may be written into tests: expressions made anew by
 * `ast.unparse` from nodes, names and attributes on a list. Needs Python 3.9.
 */
export const readScript: string = String.raw`
import ast, builtins, io, json, re, sys, tokenize

sys.setrecursionlimit(3000)
MARKS = {"staticmethod": "static", "classmethod": "class", "property": "property", "cached_property": "property"}
PLAIN = {"len", "sorted", "list", "dict", "set", "tuple", "frozenset", "str", "int", "float", "bool", "bytes", "abs",
         "min", "max", "sum", "round", "isinstance"}
METHODS = {"append", "capitalize", "copy", "count", "endswith", "get", "index", "is_integer", "items", "join", "keys",
           "lower", "lstrip", "name", "pop", "replace", "rstrip", "split", "splitlines", "startswith", "strip", "title",
           "upper", "value", "values"}
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


class Refused(Exception):
    """Says why something is not written into a test."""


def tail(node):
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def is_exception(name):
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def literal(node):
    """The source of a value that is only a value, or None."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    text = ast.unparse(node)
    return text if len(text) <= 2000 and value is not ... else None


# ---- API blocks

def raised(node):
    """The exceptions that the section "Raises" of a docstring names."""
    text = ast.get_docstring(node) or ""
    found, inside = [], False
    for line in text.splitlines():
        words = line.strip()
        if words.lower().rstrip(":") == "raises":
            inside = True
        elif words.startswith(":raises ") or words.startswith(":raise "):
            found.append(words.split(" ", 1)[1])
        elif words.lower().startswith("raises "):
            found.append(words.split(" ", 1)[1])
        elif inside and not words:
            inside = False
        elif inside and words and not set(words) <= set("-="):
            found.append(words)
    names = []
    for words in found:
        name = words.lstrip("*- ${"`"}").split(":")[0].split(" ")[0].rstrip(".,;${"`"}").split(".")[-1]
        if name.isidentifier() and name[:1].isupper() and name not in [each["name"] for each in names]:
            names.append({"name": name, "builtin": is_exception(name)})
    return names


def parameters(args):
    result = []

    def add(arg, kind, default):
        result.append({
            "name": arg.arg, "kind": kind, "optional": default is not None,
            "default": None if default is None else literal(default),
            "strategy": strategy(arg.annotation), "type": checked(arg.annotation), "annotation": written(arg.annotation),
        })

    positional = [(arg, "POSITIONAL_ONLY") for arg in args.posonlyargs]
    positional += [(arg, "POSITIONAL_OR_KEYWORD") for arg in args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    for (arg, kind), default in zip(positional, defaults):
        add(arg, kind, default)
    if args.vararg:
        add(args.vararg, "VAR_POSITIONAL", None)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        add(arg, "KEYWORD_ONLY", default)
    if args.kwarg:
        add(args.kwarg, "VAR_KEYWORD", None)
    return result


def written(node):
    return None if node is None else ast.unparse(unquoted(node))


def unquoted(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError):
            return node
    return node


STRATEGIES = {"int": "st.integers()", "str": "st.text()", "bool": "st.booleans()", "bytes": "st.binary()",
              "float": "st.floats(allow_nan=False, allow_infinity=False)", "None": "st.none()"}


def strategy(node):
    """What draws values of an annotation, or None where that is not certain."""
    node = unquoted(node)
    if isinstance(node, ast.Constant) and node.value is None:
        return STRATEGIES["None"]
    if isinstance(node, ast.Name):
        return STRATEGIES.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return one_of([node.left, node.right])
    if not isinstance(node, ast.Subscript):
        return None
    name = (tail(node.value) or "").lower()
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "optional":
        return one_of(parts + [ast.Constant(None)])
    if name == "union":
        return one_of(parts)
    if name == "tuple" and len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...:
        inner = strategy(parts[0])
        return inner and f"st.lists({inner}).map(tuple)"
    inner = [strategy(part) for part in parts]
    if None in inner:
        return None
    if name == "list" and len(inner) == 1:
        return f"st.lists({inner[0]})"
    if name in ("set", "frozenset") and len(inner) == 1:
        return f"st.{name}s({inner[0]})" if hashable(parts[0]) else None
    if name == "dict" and len(inner) == 2:
        return f"st.dictionaries({inner[0]}, {inner[1]})" if hashable(parts[0]) else None
    return f"st.tuples({', '.join(inner)})" if name == "tuple" else None


def hashable(node):
    return isinstance(unquoted(node), ast.Name)


def one_of(nodes):
    inner = [strategy(node) for node in nodes]
    return None if None in inner else f"st.one_of({', '.join(inner)})"


def checked(node):
    """The type to check a value of an annotation against, or None."""
    node = unquoted(node)
    name = node.id if isinstance(node, ast.Name) else tail(node) if isinstance(node, ast.Subscript) else None
    name = (name or "").lower() if isinstance(node, ast.Subscript) else name
    return name if name in ("int", "float", "str", "bool", "bytes", "list", "dict", "set", "tuple", "frozenset") else None


def function(node):
    marks = [tail(decorator) for decorator in node.decorator_list]
    return {
        "type": "function", "name": node.name, "line": node.lineno,
        "async": isinstance(node, ast.AsyncFunctionDef),
        "binding": next((MARKS[mark] for mark in marks if mark in MARKS), "plain"),
        "decorated": any(mark not in MARKS and mark not in ("abstractmethod", "override") for mark in marks),
        "parameters": parameters(node.args), "returns": written(node.returns), "returnType": checked(node.returns),
        "raises": raised(node),
    }


def klass(node):
    marks = [tail(decorator) for decorator in node.decorator_list]
    return {
        "type": "class", "name": node.name, "line": node.lineno,
        "bases": [tail(base) for base in node.bases if tail(base)],
        "dataclass": "dataclass" in marks, "members": definitions(node.body), "raises": raised(node),
    }


def definitions(body):
    found = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marks = [tail(decorator) for decorator in node.decorator_list]
            if "setter" not in marks and "deleter" not in marks:
                found.append(function(node))
        elif isinstance(node, ast.ClassDef):
            found.append(klass(node))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    value = None if node.value is None else literal(node.value)
                    found.append({"type": "value", "name": target.id, "line": node.lineno, "value": value})
    # Of several definitions of one name the last one holds, as in Python.
    return list({each["name"]: each for each in found}.values())


# ---- The implementation that does nothing

KEPT_BASES = {"NamedTuple", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "Exception", "BaseException"}


def act(name):
    return [ast.Return(ast.Call(ast.Name("_act", ast.Load()), [ast.Constant(name)], []))]


def bare_annotation(node):
    """An annotation of names alone: others could run code where somebody evaluates them."""
    if node is None:
        return None
    for each in ast.walk(node):
        fits = isinstance(each, (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Load, ast.BinOp, ast.BitOr))
        if not fits and not (isinstance(each, ast.Constant) and (each.value is None or each.value is ...)):
            return ast.Name("object", ast.Load())
        if isinstance(each, ast.Attribute) and each.attr.startswith("_"):
            return ast.Name("object", ast.Load())
    return node


def null_default(node):
    return node if node is None or literal(node) is not None else ast.Constant(None)


def null_function(node, owner):
    args = node.args
    for arg in args.posonlyargs + args.args + args.kwonlyargs + [each for each in (args.vararg, args.kwarg) if each]:
        arg.annotation = bare_annotation(arg.annotation)
    args.defaults = [null_default(each) for each in args.defaults]
    args.kw_defaults = [null_default(each) for each in args.kw_defaults]
    node.returns = bare_annotation(node.returns)
    marks = [tail(each) for each in node.decorator_list]
    node.decorator_list = [ast.Name(mark, ast.Load()) for mark in marks if mark in ("staticmethod", "classmethod", "property")]
    if "cached_property" in marks:
        node.decorator_list.append(ast.Name("property", ast.Load()))
    node.body = [ast.Pass()] if node.name in ("__init__", "__post_init__") else act(f"{owner}{node.name}")
    return node


def null_class(node, known):
    bases = [tail(base) for base in node.bases]
    kept = [base for base in bases if base and (base in known or base in KEPT_BASES or is_exception(base))]
    is_dataclass = any(tail(each) == "dataclass" for each in node.decorator_list)
    body = []
    for each in node.body:
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not any(tail(mark) in ("setter", "deleter") for mark in each.decorator_list):
                body.append(null_function(each, f"{node.name}."))
        elif isinstance(each, ast.ClassDef):
            body.append(null_class(each, known))
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            each.annotation = bare_annotation(each.annotation)
            each.value = null_default(each.value)
            body.append(each)
        elif isinstance(each, ast.Assign) and all(isinstance(target, ast.Name) for target in each.targets):
            each.value = null_default(each.value)
            body.append(each)
    has_init = any(isinstance(each, ast.FunctionDef) and each.name == "__init__" for each in body)
    if not kept and not is_dataclass and not has_init:
        body += ast.parse("def __init__(self, *args, **kwargs): pass").body
    decorators = [ast.Name("dataclass", ast.Load())] if is_dataclass else []
    made = ast.ClassDef(node.name, [ast.Name(base, ast.Load()) for base in kept], [], body or [ast.Pass()], decorators)
    return made


def null_module(bodies):
    """One statement for each public name, in the order of the blocks; the last definition of a name holds."""
    known, made = {}, {}
    for node in (node for body in bodies for node in body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            made[node.name] = null_function(node, "")
        elif isinstance(node, ast.ClassDef):
            made[node.name] = null_class(node, known)
            known[node.name] = True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and literal(node.value) is not None:
                    made[target.id] = ast.Assign([ast.Name(target.id, ast.Store())], node.value)
    # Python 3.12 and later ask for type parameters.
    for node in ast.walk(ast.Module(list(made.values()), [])):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            node.type_params = []
            if not hasattr(node, "decorator_list"):
                node.decorator_list = []
    return [{"name": name, "source": ast.unparse(ast.fix_missing_locations(node))} for name, node in made.items()]


# ---- Examples

class Example:
    """Writes the statements and expressions of an example anew, or refuses."""

    def __init__(self, api, members, modules):
        self.api, self.members, self.modules = api, members, modules
        self.names, self.locals, self.uses = {}, set(), set()

    def statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imported(node)
            return None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            value = self.expression(node.value)
            return ast.Assign([self.target(node.targets[0])], value)
        if isinstance(node, ast.Expr):
            return ast.Expr(self.expression(node.value))
        raise Refused(f"line {node.lineno} of it is neither an assignment nor a call")

    def imported(self, node):
        for alias in node.names:
            name = alias.asname or alias.name
            if isinstance(node, ast.ImportFrom):
                if node.level or not self.is_own(node.module or "") or alias.name not in self.api:
                    raise Refused(f"it imports {alias.name}, which is not in the API blocks")
                self.names[name] = alias.name
            elif not self.is_own(alias.name):
                raise Refused(f"it imports {alias.name}")
            else:
                self.modules = self.modules | {name}

    def is_own(self, module):
        return any(module == own or module.startswith(own + ".") or own.endswith("." + module) for own in self.modules)

    def target(self, node):
        if isinstance(node, ast.Name):
            self.locals.add(node.id)
            return ast.Name(f"v_{node.id}", ast.Store())
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self.target(each) for each in node.elts], ast.Store())
        raise Refused("it assigns to something else than a name")

    def expression(self, node):
        visit = getattr(self, "on_" + type(node).__name__, None)
        if visit is None:
            raise Refused(f"it holds {type(node).__name__}, which is never written into a test")
        return visit(node)

    def on_Constant(self, node):
        if node.value is ... or (isinstance(node.value, int) and abs(node.value) > 10 ** 100):
            raise Refused("it holds a value that is never written into a test")
        return node

    def on_Name(self, node):
        name = node.id
        if name in self.locals:
            return ast.Name(f"v_{name}", ast.Load())
        known = self.names.get(name, name)
        if known in self.api:
            self.uses.add(known)
            return ast.Call(ast.Name("api", ast.Load()), [ast.Constant(known)], [])
        if name in PLAIN:
            return node
        raise Refused(f"{name} is not in the API blocks")

    def on_Attribute(self, node):
        path = ast.unparse(node.value) if isinstance(node.value, (ast.Name, ast.Attribute)) else None
        root = isinstance(node.value, ast.Name) and node.value.id in self.locals | set(self.api)
        if path in self.modules and not root:
            if node.attr not in self.api:
                raise Refused(f"{path}.{node.attr} is not in the API blocks")
            return self.on_Name(ast.Name(node.attr, ast.Load()))
        if node.attr.startswith("_") or node.attr not in self.members | METHODS:
            raise Refused(f"the attribute {node.attr} is not in the API blocks")
        if node.attr in self.members:
            self.uses.add(node.attr)
        return ast.Attribute(self.expression(node.value), node.attr, ast.Load())

    def on_Call(self, node):
        if not isinstance(node.func, (ast.Name, ast.Attribute)):
            raise Refused("it calls something without a name")
        if any(keyword.arg is None for keyword in node.keywords):
            raise Refused("it spreads a mapping")
        keywords = [ast.keyword(keyword.arg, self.expression(keyword.value)) for keyword in node.keywords]
        return ast.Call(self.expression(node.func), [self.expression(each) for each in node.args], keywords)

    def on_List(self, node):
        return ast.List([self.expression(each) for each in node.elts], ast.Load())

    def on_Tuple(self, node):
        return ast.Tuple([self.expression(each) for each in node.elts], ast.Load())

    def on_Set(self, node):
        return ast.Set([self.expression(each) for each in node.elts])

    def on_Dict(self, node):
        if None in node.keys:
            raise Refused("it spreads a mapping")
        return ast.Dict([self.expression(each) for each in node.keys], [self.expression(each) for each in node.values])

    def on_UnaryOp(self, node):
        return ast.UnaryOp(node.op, self.expression(node.operand))

    def on_BinOp(self, node):
        # Powers, shifts and repeated texts can be made to take all memory.
        grows = isinstance(node.op, ast.Mult) and any(
            not isinstance(side, ast.Constant) or not isinstance(side.value, (int, float)) for side in (node.left, node.right))
        if not isinstance(node.op, OPERATORS) or grows:
            raise Refused("it holds an operation that is never written into a test")
        return ast.BinOp(self.expression(node.left), node.op, self.expression(node.right))

    def on_BoolOp(self, node):
        return ast.BoolOp(node.op, [self.expression(each) for each in node.values])

    def on_Compare(self, node):
        return ast.Compare(self.expression(node.left), node.ops, [self.expression(each) for each in node.comparators])

    def on_Subscript(self, node):
        return ast.Subscript(self.expression(node.value), self.expression(node.slice), ast.Load())

    def on_Slice(self, node):
        parts = [None if each is None else self.expression(each) for each in (node.lower, node.upper, node.step)]
        return ast.Slice(*parts)


class Lift:
    """Puts parameters in place of the literal arguments of the outermost call."""

    def __init__(self):
        self.values = []

    def call(self, node):
        node.args = [self.lift(each) for each in node.args]
        for keyword in node.keywords:
            keyword.value = self.lift(keyword.value)
        return node

    def lift(self, node):
        text = literal(node)
        if text is None:
            return node
        self.values.append(text)
        return ast.Name(f"p{len(self.values)}", ast.Load())


def source(node):
    text = ast.unparse(ast.fix_missing_locations(node))
    if len(text) > 4000 or "\n" in text:
        raise Refused("it is too long")
    return text


def style(node):
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    if not isinstance(node, ast.Constant):
        return "equal"
    if node.value is None or isinstance(node.value, bool):
        return "same"
    return "close" if isinstance(node.value, float) else "equal"


def failing_lines(text):
    """Lines of a setup that are said to raise: the example goes on as if they had not been there."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError):
        return set()
    return {each.start[0] for each in tokens if each.type == tokenize.COMMENT and re.search(r"\braises?\b", each.string)}


def read_example(each, api, members, modules):
    try:
        maker = Example(api, members, modules)
        text = "\n".join(each["setup"])
        failing = failing_lines(text)
        body = [node for node in ast.parse(text).body if node.end_lineno not in failing]
        setup = [source(made) for made in map(maker.statement, body) if made is not None]
        maker.uses = set()
        expression = maker.expression(ast.parse(each["expression"].strip(), mode="eval").body)
        uses = sorted(maker.uses)
        result = {"setup": setup, "expression": source(expression), "uses": uses, "template": None, "values": []}
        expected = each["expected"]
        if expected["kind"] == "raises":
            name = expected["exception"].split(".")[-1]
            if name in api:
                result["raises"] = {"source": f"api({name!r})", "broad": False}
            elif is_exception(name) and name not in ("KeyboardInterrupt", "SystemExit", "GeneratorExit"):
                broad = issubclass(NotImplementedError, getattr(builtins, name)) and name != "NotImplementedError"
                result["raises"] = {"source": name, "broad": broad}
            else:
                raise Refused(f"{name} is neither an exception of Python nor in the API blocks")
        else:
            node = ast.parse(expected["source"].strip(), mode="eval").body
            made = maker.expression(node)
            result["value"] = {"source": source(made), "style": style(node), "literal": literal(node) is not None}
        if isinstance(expression, ast.Call):
            lift = Lift()
            template = source(lift.call(expression))
            if lift.values:
                result["template"], result["values"] = template, lift.values
        return result
    except Refused as error:
        return {"refused": str(error)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"refused": f"it is not valid Python ({type(error).__name__})"}


def own_names(found):
    return [each["name"] for each in found if not each["name"].startswith("__")]


def read_block(text):
    try:
        body = ast.parse(text).body
        return {"definitions": definitions(body), "error": None}, body
    except SyntaxError as error:
        return {"definitions": [], "error": f"line {error.lineno or 1}: {error.msg}"}, []
    except (ValueError, RecursionError, MemoryError) as error:
        return {"definitions": [], "error": str(error) or type(error).__name__}, []


request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
blocks, bodies = [], []
for text in request["blocks"]:
    block, body = read_block(text)
    blocks.append(block)
    bodies.append(body)
top = [each for block in blocks for each in block["definitions"]]
api = {each["name"]: True for each in top if not each["name"].startswith("_")}
members = {name for each in top if each["type"] == "class" for name in own_names(each["members"]) if not name.startswith("_")}
modules = set(request["modules"])
json.dump({
    "blocks": blocks,
    "examples": [read_example(each, api, members, modules) for each in request["examples"]],
    "nothing": null_module(bodies),
}, sys.stdout)
`;
