/**
 * The Python program that lists the definitions of API blocks and source files, for `python -I -S -c`. It reads
 * `{"blocks": [text], "files": [path]}` from standard input and only parses: nothing is imported, compiled or run.
 * Needs Python 3.9 (`ast.unparse`).
 */
export const extractScript: string = String.raw`
import ast, json, sys

MARKS = {"staticmethod": "static", "classmethod": "class", "property": "property", "cached_property": "property"}
NAMES = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type"}


def tail(node):
    """The last name of a dotted one, or None."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


class Plain(ast.NodeTransformer):
    """Writes equal annotations equally: Optional, Union, typing's old names, dotted names, quotes."""

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            try:
                return self.visit(ast.parse(node.value, mode="eval").body)
            except (SyntaxError, ValueError):
                return node
        return node

    def visit_Attribute(self, node):
        return ast.Name(NAMES.get(node.attr, node.attr), ast.Load())

    def visit_Name(self, node):
        return ast.Name(NAMES.get(node.id, node.id), ast.Load())

    def visit_Subscript(self, node):
        name = tail(node.value)
        if name == "Literal":
            node.value = self.visit(node.value)
            return node
        self.generic_visit(node)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Optional":
            parts = [node.slice, ast.Constant(None)]
        elif name != "Union":
            return node
        return union(parts)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return union([node.left, node.right]) if isinstance(node.op, ast.BitOr) else node


def union(parts):
    """One union of all parts, in the order of their text."""
    flat = {}
    for part in parts:
        for leaf in leaves(part):
            flat[ast.unparse(leaf)] = leaf
    ordered = [flat[key] for key in sorted(flat)]
    result = ordered[0]
    for leaf in ordered[1:]:
        result = ast.BinOp(result, ast.BitOr(), leaf)
    return result


def leaves(node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return leaves(node.left) + leaves(node.right)
    return [node]


def annotation(node):
    return None if node is None else ast.unparse(ast.fix_missing_locations(Plain().visit(node)))


def parameters(args):
    result = []

    def add(arg, kind, default):
        result.append({"name": arg.arg, "kind": kind, "default": default, "annotation": annotation(arg.annotation)})

    positional = [(arg, "positional-only") for arg in args.posonlyargs] + [(arg, "positional") for arg in args.args]
    first_default = len(positional) - len(args.defaults)
    for index, (arg, kind) in enumerate(positional):
        add(arg, kind, index >= first_default)
    if args.vararg:
        add(args.vararg, "rest", False)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        add(arg, "keyword-only", default is not None)
    if args.kwarg:
        add(args.kwarg, "keyword-rest", False)
    return result


def function(node):
    marks = [tail(decorator) for decorator in node.decorator_list]
    return {
        "type": "function",
        "name": node.name,
        "line": node.lineno,
        "async": isinstance(node, ast.AsyncFunctionDef),
        "binding": next((MARKS[mark] for mark in marks if mark in MARKS), "plain"),
        "parameters": parameters(node.args),
        "returns": annotation(node.returns),
    }


def klass(node):
    return {
        "type": "class",
        "name": node.name,
        "line": node.lineno,
        "bases": [tail(base) or "(computed)" for base in node.bases],
        "decorated": bool(node.decorator_list) or bool(node.keywords),
        "members": definitions(node.body),
    }


def names(target):
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for each in target.elts for name in names(each)]
    return [target.id] if isinstance(target, ast.Name) else []


def definitions(body):
    """The definitions of a module or class, those under if, try, with and loops included."""
    found = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not any(tail(decorator) in ("setter", "deleter") for decorator in node.decorator_list):
                found.append(function(node))
        elif isinstance(node, ast.ClassDef):
            found.append(klass(node))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (name for target in targets for name in names(target)):
                found.append({"type": "value", "name": name, "line": node.lineno})
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found.append({"type": "import", "name": alias.asname or alias.name, "line": node.lineno, "of": alias.name})
        else:
            for field in ("body", "handlers", "orelse", "finalbody", "cases"):
                inner = getattr(node, field, None)
                if isinstance(inner, list):
                    found += definitions(inner)
    return found


def count(found):
    return sum(1 + count(each.get("members", [])) + len(each.get("parameters", [])) for each in found)


def read(source):
    """Bytes keep their own encoding, which the parser honours."""
    try:
        return {"definitions": definitions(ast.parse(source).body), "error": None}
    except SyntaxError as error:
        return {"definitions": [], "error": {"line": error.lineno or 1, "message": str(error.msg)}}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"definitions": [], "error": {"line": 1, "message": str(error) or type(error).__name__}}


def read_file(path):
    try:
        with open(path, "rb") as file:
            return read(file.read())
    except OSError as error:
        return {"definitions": [], "error": {"line": 1, "message": error.strerror or "unreadable"}}


request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
answer = {
    "blocks": [read(text) for text in request["blocks"]],
    "files": [read_file(path) for path in request["files"]],
}
answer["count"] = sum(count(text["definitions"]) for text in answer["blocks"] + answer["files"])
sys.stdout.write(json.dumps(answer))
`;
