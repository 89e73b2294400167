"""A rule that import-linter doesn't bring: which outside packages some modules may know, and no others."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyExternalContract(Contract):
    """No module of `modules` imports anything from outside but the standard library and `allowed`."""

    # Field descriptions here, sets of names on an instance.
    modules: Any = fields.SetField(subfield=fields.StringField())
    allowed: Any = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare every direct import with what is allowed."""
        ours = set(self.session_options["root_packages"])
        known = ours | set(sys.stdlib_module_names) | set(self.allowed)
        found = [
            (importer, imported)
            for module in sorted(self.modules)
            for importer in sorted({module, *graph.find_descendants(module)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] not in known
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name every import that is not allowed."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} may not import {imported}")
