"""Habits of the code that no linter knows: names, imports, prints, SQL."""

import ast
import re

from tests.consistency.sources import APPS, Function, functions, python_files, tree

VAGUE = {"utils", "util", "helpers", "helper", "mixins", "mixin", "common", "misc"}

# Imports inside functions, by file and function, each with its reason.
LATE_IMPORTS = {
    ("notifications/rendering/summary.py", "summary_pdf"): "as documents.py's: only what renders loads WeasyPrint",
    ("stats/views/evolution.py", "drawn"): "matplotlib costs more than a second and 60 MB: only what draws loads it",
    ("notifications/rendering/documents.py", "_pdf"): "WeasyPrint costs a second and 40 MB: only what renders loads it",
    ("notifications/rendering/documents.py", "qr_code"): "as `_pdf`: Pillow, for who lays a letter out",
    ("notifications/rendering/logo.py", "_png"): "as `_pdf`: Pillow, for who brings a logo",
    ("accounts/feeds/delivery.py", "read_delivery"): "a web process receives deliveries and reads none: no lxml in it",
}

# SQL that is put together, by file, each with what goes into it.
BUILT_SQL = {
    "accounts/actions/credentials.py": "the table of the accounts' kind, through quote_name",
    "accounts/actions/feeds/guardians.py": "the columns of a trace, out of `tracing`",
    "accounts/actions/feeds/matching.py": "the rule of a match, out of the module itself",
    "accounts/actions/feeds/merging.py": "the columns of the two temporary tables, out of the module itself",
    "accounts/actions/feeds/preview.py": "how a pupil is called, out of the module itself",
    "accounts/actions/feeds/students.py": "as guardians.py",
    "accounts/actions/feeds/unknown.py": "what makes a line unknown, out of the module itself",
    "accounts/actions/feeds/undo.py": "the tables and columns of a trace, out of `tracing`",
    "educonnect_admin/toolkit/bulk.py": "the names of a model's table and columns, through quote_name",
    "educonnect_admin/toolkit/operations.py": "names in migrations; never a value",
}
# Models whose rows a view gets through `allowing()` only, and the views that may do without, each with its reason.
WALLED = {"Schooling", "Student", "Guardian", "Run", "RunItem"}
PAST_ALLOWING = {
    ("accounts/views/students.py", "Guardian"): "those of the one pupil whom the mandate has just opened",
}
RUNS_SQL = {"execute", "executemany", "copy", "raw", "extra", "RawSQL", "RunSQL"}
SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|COPY|CREATE|ALTER|DROP|GRANT|REVOKE|SET|TRUNCATE)\s")


def test_no_vague_names() -> None:
    named = {part for path in python_files() for part in (*path.parts[:-1], path.stem)}
    assert not named & VAGUE


def test_no_service_classes() -> None:
    classes = (node for path in python_files() for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef))
    assert not [node.name for node in classes if re.search(r"(Service|Mixin|Helper|Utils?)$", node.name)]


def test_imports_stand_at_the_top() -> None:
    late = {
        (str(path), function.name)
        for path in python_files()
        for function in functions(path)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
        and not (path.name == "apps.py" and function.name == "ready")
    }
    assert late == set(LATE_IMPORTS)


def test_nothing_is_printed() -> None:
    """Commands write to their `stdout`; everything else logs."""
    printed = [
        f"{path}:{node.lineno}"
        for path in python_files(*APPS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and node.id in ("print", "pprint", "breakpoint")
    ]
    assert not printed


def test_sql_is_written_not_built() -> None:
    """Values are passed beside the text of a statement, never put into it."""
    built = {str(path) for path in python_files(*APPS) for node in ast.walk(tree(path)) if _builds_sql(node)}
    assert built == set(BUILT_SQL)


def _builds_sql(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=text), *_]):
            return bool(SQL.match(text))
        case ast.BinOp(op=ast.Mod() | ast.Add(), left=ast.Constant(value=str(text))):
            return bool(SQL.match(text))
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Name(id=name))):
            return name.isupper()
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=str(text)))):
            return bool(SQL.match(text))
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), args=[first, *_]):
            return called in RUNS_SQL and isinstance(first, ast.JoinedStr | ast.BinOp | ast.Call)
    return False


def test_views_fetch_people_through_allowing() -> None:
    past = {
        (str(path), node.value.value.id)
        for path in python_files("accounts", "notifications", "stats")
        if "views" in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and isinstance(node.value.value, ast.Name)
        and node.value.attr == "objects"
        and node.value.value.id in WALLED
        and node.attr != "allowing"
    }
    assert past == set(PAST_ALLOWING)


def test_actions_are_keyword_only() -> None:
    """First keyword `actor`: nobody forgets who acts. What an action asks, rather than does, is free."""
    acting = [
        f"{path}: {function.name}"
        for path in python_files("accounts", "notifications")
        if path.parts[1] == "actions"
        for function in tree(path).body
        if isinstance(function, Function) and not function.name.startswith("_") and _forgets_who_acts(function)
    ]
    assert not acting


def _forgets_who_acts(function: Function) -> bool:
    given, keywords = function.args.args, function.args.kwonlyargs
    names = [argument.arg for argument in (*given, *keywords)]
    return "actor" in names and (bool(given) or keywords[0].arg != "actor")
