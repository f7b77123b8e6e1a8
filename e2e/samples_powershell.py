"""Fails where a PowerShell script that is named on the command line is not one."""
import sys

import tree_sitter_powershell
from tree_sitter import Language, Parser

parser = Parser(Language(tree_sitter_powershell.language()))
wrong = []
for name in sys.argv[1:]:
    with open(name, "rb") as script:
        tree = parser.parse(script.read())
    if tree.root_node.has_error:
        wrong.append(f"{name}: {tree.root_node}")
if wrong:
    sys.exit("\n".join(wrong))
