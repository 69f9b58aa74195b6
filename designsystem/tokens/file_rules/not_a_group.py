"""What stands in a group is an object: another group, or a token (Format Module §5.1, §6.1)."""

from __future__ import annotations

from typing import Final

from designsystem import codes
from designsystem.jsontext.nodes import Member, Node
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.names import ROOT

CODES: Final = (codes.NOT_A_GROUP,)
_NAMED_LIKE_PROPERTIES: Final = frozenset({"value", "type", "description", "deprecated", "extensions"})


def check(member: Member) -> Verdict | None:
    """A member without a value that can be no group either."""
    if member.node.kind != "object":
        message = 'only groups and tokens stand here, each an object; write {"$value": …}'
        if member.key in _NAMED_LIKE_PROPERTIES:
            message += f' or "${member.key}"'
        return Verdict(codes.NOT_A_GROUP, message)
    if member.key == ROOT:
        return Verdict(codes.NOT_A_GROUP, f"{ROOT} is the token that stands for its group; give it a $value")
    return None


def check_file(root: Node) -> Verdict | None:
    """A file that is no object."""
    if root.kind == "object":
        return None
    message = 'a token file is one object of groups and tokens, such as {"color": {"$type": "color"}}'
    return Verdict(codes.NOT_A_GROUP, message)
