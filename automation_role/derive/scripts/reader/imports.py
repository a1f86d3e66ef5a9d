"""Names from elsewhere: built-in ones, modules of Python and of others, modules of the script itself, and annotations."""

from __future__ import annotations

import ast
import builtins
import warnings
from typing import Final, Protocol

from ....findings import BY_HAND
from ..libraries.boto3_clients import of_annotation
from ..values.external import external
from ..values.frames import Frame
from ..values.modules import ModuleValue
from ..values.signatures import mark_generators
from ..values.thing import BOTTOM, REPORTED, Abstract
from .bindings import mark_assignments
from .functions import Functions, Reads

_BUILTINS: Final = {name: external(f"builtins.{name}") for name in dir(builtins)}

_MISSING: Final = {
    "attachedScript": "the script imports {!r} from an attachment that was not provided; pass it with attachments={{name: path}} (--attachment NAME=PATH), or add what it needs "
    + BY_HAND,
    "unreadableScript": "the script imports {!r}, which is not part of Python or boto3, so what it calls is unknown; add what it needs "
    + BY_HAND,
}


class Modules(Protocol):
    """Finds the script's own modules."""

    def source(self, name: str, package: str) -> tuple[str, str] | None:
        """The path and text of a module; `None` when it is not among the attachments."""


class Imports(Functions):
    """The values that imports bind.

    Attributes:
        imported: modules by name, those of the script by path.
        modules_read: the variables of each module of the script.
    """

    def __init__(self, modules: Modules, unknown_modules_are: str, first_line: int, reader: type[Reads]) -> None:
        super().__init__(reader)
        self.modules = modules
        self.unknown_modules_are = unknown_modules_are
        self.first_line = first_line
        self.imported: dict[str, Abstract] = {}
        self.modules_read: list[Frame] = []

    def rewritten(self, name: str) -> None:
        """Something of a function or a class is changed that the reader takes as written (`f.__code__`, `C.__bases__`)."""
        what = f"the script changes a function or a class by its {name!r}, which is not followed"
        self.report("unreadableScript", self.first_line, f"{what}; add what it needs {BY_HAND}")

    def builtin(self, name: str) -> Abstract:
        """A name that the script does not define: of a known library, it is meant and its import was forgotten."""
        if name in _BUILTINS:
            return _BUILTINS[name]
        if name == "__builtins__":
            return external("builtins")
        found = self.scattered(name, BOTTOM)
        return external(name) if found is BOTTOM and self.libraries.is_harmless(name) else found

    def module(self, name: str, package: str, at: int) -> Abstract:
        """The value that `import name` binds."""
        if name in self.imported:
            return self.imported[name]
        if not name.startswith(".") and self.libraries.is_harmless(name):
            return external(name)
        if name.partition(".")[0] in self.libraries.sdks:
            self.report(
                "otherAwsAccess",
                at,
                f"the script uses {name!r}, which may call AWS and is not read; add what it needs {BY_HAND}",
            )
            return external(name)
        found = self.modules.source(name, package)
        if found is None:
            self.report(self.unknown_modules_are, at, _MISSING[self.unknown_modules_are].format(name))
            self.imported[name] = external(name)
            return self.imported[name]
        path, text = found
        if path not in self.imported:
            self.imported[path] = self.read_module(path, text, at) or REPORTED
        return self.imported[path]

    def has_module(self, name: str, package: str) -> bool:
        """Whether the script has its own module of this name."""
        return self.modules.source(name, package) is not None

    def read_module(self, path: str, text: str, at: int) -> ModuleValue | None:
        """Read a module that is not in the runbook itself, whose lines are not lines of the runbook; `None` if it isn't Python."""
        frame = Frame(None)
        self.modules_read.append(frame)
        frame.first = at
        frame.captured["__name__"] = frame.path = path
        module = ModuleValue(frame)
        self.imported[path] = module
        try:
            tree = parsed(text)
        except SyntaxError as error:
            self.report("unreadableScript", at, f"{path}:{error.lineno}: {error.msg}; what it calls is unknown")
            return None
        self.reader(self, frame, {}).block(tree.body)
        return module

    def annotated(self, annotation: ast.expr | None, frame: Frame, value: Abstract) -> Abstract:
        """What a parameter is by its annotation, when it is not known otherwise (`ec2: EC2Client`)."""
        if annotation is None:
            return value
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except (SyntaxError, ValueError):
                return value
        if not isinstance(annotation, (ast.Name, ast.Attribute, ast.Subscript)):
            return value
        found = of_annotation(self.reader(self, Frame(frame), {}).value(annotation))
        return value if found is None else found


def parsed(text: str, line: int = 0) -> ast.Module:
    """The script's syntax tree, not kept: what was read of a script is, and Python's search for garbage would look through the trees.

    Args:
        text: the code.
        line: the line in which all of it is, if the script makes it in one line of its own.

    Raises:
        SyntaxError: it is not Python, or nested too deeply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the script's style
            tree = ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "nested too deeply") from None
    if "yield" in text:
        mark_generators(tree, text)
    if ":=" in text:
        mark_assignments(tree)
    for node in ast.walk(tree) if line else ():
        if hasattr(node, "lineno"):
            node.lineno = line
    return tree
