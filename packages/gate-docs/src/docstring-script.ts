/**
 * The Python program that says which public definitions have a docstring, for `python -I -S -c`. It reads
 * `{"files": [{"path": path, "public": bool}]}` from standard input and only parses: nothing is imported, compiled or
 * run. It prints the sha256 of its answer in one line, and the answer in the next. Needs Python 3.8.
 */
export const docstringScript: string = String.raw`
import ast, hashlib, json, sys

LEFT_OUT = {"overload", "override", "setter", "deleter"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def tail(node):
    """The last name of a dotted one, or None."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def exported(body):
    """The names in __all__ if it is written out, else None."""
    names = None
    for node in body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            targets = [node.target]
        else:
            continue
        if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            continue
        try:
            value = ast.literal_eval(node.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        if not isinstance(value, (list, tuple)):
            return None
        names = list(value) if names is None or not isinstance(node, ast.AugAssign) else names + list(value)
    return names


def statements(body):
    """The statements of a module or class, those under if, try, with and loops included."""
    for node in body:
        yield node
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            continue
        for field in ("body", "handlers", "orelse", "finalbody", "cases"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                yield from statements(inner)


def entry(kind, name, node, line, column, end):
    text = ast.get_docstring(node, clean=False) or ""
    return {
        "kind": kind,
        "name": name,
        "line": line,
        "column": column,
        "endColumn": end,
        "documented": text.strip() != "",
        "doctest": any(part.lstrip().startswith(">>> ") for part in text.splitlines()),
    }


def definitions(body, prefix, is_public, found):
    for node in statements(body):
        if not isinstance(node, FUNCTIONS + (ast.ClassDef,)) or not is_public(node.name):
            continue
        if any(tail(decorator) in LEFT_OUT for decorator in node.decorator_list):
            continue
        is_class = isinstance(node, ast.ClassDef)
        kind = "class" if is_class else "method" if prefix else "function"
        keyword = "class" if is_class else "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        # Only white space stands before it, so that its column in bytes is that in code points.
        column = node.col_offset + 1
        name = prefix + node.name
        new = entry(kind, name, node, node.lineno, column, column + len(keyword) + 1 + len(node.name))
        # Definitions for different circumstances are one: a docstring of any describes it.
        old = found.setdefault(name, new)
        old["documented"] = old["documented"] or new["documented"]
        old["doctest"] = old["doctest"] or new["doctest"]
        if is_class:
            definitions(node.body, name + ".", lambda each: not each.startswith("_"), found)


def describe(source):
    tree = ast.parse(source)
    # Nothing is in it that could be described.
    if not tree.body:
        return []
    names = exported(tree.body)
    found = {}
    definitions(tree.body, "", lambda each: not each.startswith("_") if names is None else each in names, found)
    return [entry("module", "", tree, 1, 1, 2)] + list(found.values())


def read(path, public):
    """Bytes keep their own encoding, which the parser honours."""
    try:
        with open(path, "rb") as file:
            found = describe(file.read())
        return {"definitions": found if public else [], "error": None}
    except SyntaxError as error:
        return {"definitions": [], "error": {"line": error.lineno or 1, "message": str(error.msg)}}
    except OSError as error:
        return {"definitions": [], "error": {"line": 1, "message": error.strerror or "unreadable"}}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"definitions": [], "error": {"line": 1, "message": str(error) or type(error).__name__}}


request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
answer = json.dumps({"files": [read(file["path"], file["public"]) for file in request["files"]]})
sys.stdout.write(hashlib.sha256(answer.encode("ascii")).hexdigest() + "\n" + answer)
`;
