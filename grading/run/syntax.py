"""What the source of a cell defines and uses, outside of its functions."""

import ast
import symtable
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager


def plain_python(source: str) -> str:
    """A cell without IPython's magics, empty where it is no Python."""
    code = TransformerManager().transform_cell(source)
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return ""
    return code


def functions_of(source: str) -> set[str]:
    """The functions that a cell defines, not those within them."""
    body = ast.parse(plain_python(source)).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def defined_names(source: str) -> set[str]:
    """The global names that a cell defines: by def, class, import or assignment."""
    table = symtable.symtable(plain_python(source), "<cell>", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }


def used_names(source: str) -> set[str]:
    """The global names that a cell looks up, also within its functions."""
    return set(_used(symtable.symtable(plain_python(source), "<cell>", "exec")))


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        outside = table.get_type() == "module" or symbol.is_global()
        if outside and symbol.is_referenced():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _used(child)
