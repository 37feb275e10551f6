"""A pack and a rule as they stand in their file, word for word."""

from pathlib import Path

from gateway.policy.pack import PolicySet
from gateway.policy.rules import Pack, Rule


def pack_as_written(policies: PolicySet, pack: Pack) -> str:
    """The pack's file; nothing where the set was made without texts."""
    return next((text.text for text in policies.texts if text.name == Path(pack.spot.file).name), "")


def rule_as_written(policies: PolicySet, pack: Pack, rule: Rule) -> str:
    """The rule's item in the list of its file, without what it is indented by."""
    lines = pack_as_written(policies, pack).splitlines()
    start = rule.spot.line - 1
    while 0 < start < len(lines) and not lines[start].lstrip().startswith("-"):
        start -= 1  # the id need not be the first key of its item
    if not 0 <= start < len(lines) or not lines[start].lstrip().startswith("-"):
        return ""
    deep = len(lines[start]) - len(lines[start].lstrip())
    item = [lines[start]]
    for line in lines[start + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= deep:
            break  # the next item, or a remark before it
        item.append(line)
    return "\n".join(line[deep:] for line in item).rstrip()
