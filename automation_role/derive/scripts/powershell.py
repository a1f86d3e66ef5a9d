"""PowerShell scripts: what in them uses AWS, or may. The name of a cmdlet does not say which API calls it makes, so they are not read further.

Source: https://docs.aws.amazon.com/powershell/latest/userguide/pstools-discovery-aliases.html
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

_VERBS: Final = (
    r"(?<![\w$.-])(?:Add|Approve|Clear|Close|Complete|Confirm|Copy|Convert|Deny|Disable|Dismount|Edit|Enable|Find|Get|Grant|Import|Initialize|Invoke|"
    r"Join|Merge|Mount|Move|New|Publish|Push|Read|Receive|Register|Remove|Request|Reset|Restart|Restore|Resume|Revoke|Search|Select|Send|Set|Split|"
    r"Start|Stop|Submit|Suspend|Test|Undo|Unlock|Unpublish|Unregister|Update|Use|Write)-"
)
# Cmdlets with the prefixes of services (`Get-EC2Instance`), which are capitals and digits; `Get-CimInstance` is not AWS's.
_CMDLET: Final = re.compile(_VERBS + r"(?P<prefix>[A-Z][A-Z0-9]{1,7})(?=[A-Z][a-z])[A-Za-z]+")
# PowerShell ignores case: the most used services, in any case.
_ANY_CASE: Final = re.compile(
    _VERBS + r"(?:EC2|S3|SSM|IAM|STS|SNS|SQS|CWL|CFN|ELB2?|KMS|ECS|EKS|ECR|DDB|EFS|FSX|R53)[a-z]{4,}\b", re.IGNORECASE
)
_MODULE: Final = re.compile(
    r"(?:\b(?:Install-Module|Import-Module|Get-Module|ipmo|Install-AWSToolsModule|using[^\S\n]+module)|#Requires[^\S\n]+-Modules?)\b[^\n]{0,300}\bAWS[\w.]*"
    r"|\bInstall-AWSToolsModule\b",
    re.IGNORECASE,
)
_AWS_WORD: Final = re.compile(
    r"\b(?:Set|Get|Initialize|Clear|New|Use)-(?:AWS\w+|STS\w+)|\bAmazon\.\w+\.[\w.]+|\[Amazon\.\w+|\bAWSSDK\.\w+"
    r"|169\.254\.169\.254|169\.254\.170\.2\b|fd00:ec2::254|AWS4-HMAC-SHA256"
    r"|\bAWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN|CONTAINER_CREDENTIALS_\w+)\b",
    re.IGNORECASE,
)
# Where a command may begin: a statement, a pipe, an assignment, a block, behind the call operator; and what starts the program that follows.
_BEGINS: Final = r"(?:^|[;&|({=]|\bStart-Process[^\S\n]+(?:-FilePath[^\S\n]+)?|\bcmd(?:\.exe)?[^\S\n]+/c[^\S\n]+|::Start\()[^\S\n]*"
# Programs that call AWS, or run what is written elsewhere, with the role's credentials, which they inherit.
_PROGRAM: Final = re.compile(
    _BEGINS
    + r"(?P<program>(?:[\"'](?:[^\"'\n]*[\\/])?|(?:[\w.:\\/-]*[\\/])?)(?:aws|terraform|packer|cdk|sam|eksctl|kubectl|helm|ansible[\w-]*|pulumi|docker"
    r"|python[\d.]*|node|npx|ruby|perl|bash|sh|pwsh|powershell)(?:\.exe)?)(?=[\s\"',)]|$)[^\n;|&)}]*",
    re.IGNORECASE | re.MULTILINE,
)
# Code that is not in the script, or that it makes while it runs.
# https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_scripts (dot sourcing)
_FOREIGN: Final = re.compile(
    r"(?:\bInvoke-Expression|(?<![\w-])iex)\b(?![^\S\n]+(?:-Command[^\S\n]+)?(?:'[^'\n]*'|\"[^\"$\n]*\")[^\S\n]*(?:$|[;}|]))[^\n;|]*"
    r"|\[scriptblock\]::Create\([^\n]*|\.InvokeScript\([^\n]*|-EncodedCommand\b"
    r"|\bAdd-Type\b[^\n]{0,300}-(?:Path|AssemblyName)\b[^\n]{0,300}\.dll|\[(?:System\.)?Reflection\.Assembly\]::Load\w*\([^\n]*"
    r"|(?:^|[;{(][^\S\n]*|[^\S\n])[.&][^\S\n]+[\"']?[^\s;\"'{]*\.ps1\b|\b(?:Import-Module|ipmo)[^\S\n]+(?:-Name[^\S\n]+)?[\"']?[^\s;\"']*(?:[\\/][^\s;\"']*|\.psm1|\.dll)",
    re.IGNORECASE | re.MULTILINE,
)
_CALLED: Final = re.compile(r"(?:^|[;{(=|])[^\S\n]*&[^\S\n]*\$(?P<name>\w+)", re.MULTILINE)  # `& $command`
# Capitals that modules of Windows and of others use.
_NOT_AWS_TEXT: Final = (
    "WMI CIM PS VM AD GP GPO DNS DHCP IIS SMB NFS TPM UEFI WSUS SQL XML CSV ACL ADDS RD WS WB WU CM CI BC DA HNS NTFS MSDSM SCVM VI SP"
)
_NOT_AWS: Final = frozenset(_NOT_AWS_TEXT.split())
_LONGER: Final = frozenset({"PS", "AD", "VM", "DNS", "DHCP", "SMB", "IIS", "SCVM"})  # more capitals follow some of these
_MOST_CALLED: Final = 32  # variables whose values are looked for
_MOST_WRITTEN: Final = 80  # characters of one use


def aws_uses(script: str) -> list[tuple[int, str]]:
    """What in a script uses AWS or may, as it is written, each with its line, counted from 1."""
    found: dict[tuple[int, str], None] = {}
    code = _without_comments(script)
    called = list(dict.fromkeys(each["name"] for each in _CALLED.finditer(code)))
    unclear = {name for name in called[:_MOST_CALLED] if not _is_written_out(code, name)} | set(called[_MOST_CALLED:])
    uses = [(match.start(), match[0]) for pattern in (_MODULE, _AWS_WORD, _ANY_CASE, _FOREIGN) for match in pattern.finditer(code)]
    uses += [(match.start(), match[0]) for match in _CMDLET.finditer(code) if not _is_windows(match["prefix"])]
    uses += [(match.start("program"), code[match.start("program") : match.end()]) for match in _PROGRAM.finditer(code)]
    uses += [(match.start(), match[0]) for match in _CALLED.finditer(code) if match["name"] in unclear]
    starts = [0, *(match.end() for match in re.finditer("\n", code))]
    for place, use in sorted(uses):
        begin = place + len(use) - len(use.lstrip("\n"))
        words = " ".join(use.split()).strip(";&|({=\"' ")[:_MOST_WRITTEN]
        if words:
            found[bisect_right(starts, begin), words] = None
    return list(found)


def _is_written_out(code: str, name: str) -> bool:
    """Whether all that a variable is set to is a block of the script or a plain text."""
    values = re.findall(rf"(?i)\${name}[^\S\n]*=[^\S\n]*(?:(\{{|'[^'\n]*'[^\S\n]*(?:$|[;\n}}])|\"[^\"$\n]*\"[^\S\n]*(?:$|[;\n}}])))?", code)
    return bool(values) and all(values)


def _is_windows(prefix: str) -> bool:
    return prefix in _NOT_AWS or any(prefix.startswith(own) for own in _LONGER)


def _without_comments(script: str) -> str:
    """The script without its comments, in the same lines."""
    return "".join(_pieces("\n".join(script.splitlines())))


_MARK: Final = re.compile(r"<#|@['\"]\n|['\"]|#|`")


def _pieces(script: str) -> Iterator[str]:
    at = 0
    while (mark := _MARK.search(script, at)) is not None:
        start, word = mark.start(), mark[0]
        yield script[at:start]
        end, keep = _ending(script, start, word)
        yield script[start:end] if keep else "\n" * script.count("\n", start, end)
        at = end
    yield script[at:]


def _ending(script: str, start: int, word: str) -> tuple[int, bool]:
    """Where a comment or text that begins here ends, and whether it is a part of the code."""
    if word == "`":
        return start + 2, True
    if word == "<#":
        return _after(script, "#>", start + 2), False
    if word == "#":
        is_comment = start == 0 or script[start - 1] in " \t\n;{}()|&=," or script[start - 1].isspace()
        end = script.find("\n", start)
        end = len(script) if end < 0 else end
        return (end, script[start : start + 9].lower() == "#requires") if is_comment else (start + 1, True)
    if word.startswith("@"):
        return _after(script, f"\n{word[1]}@", start + 2), True
    end = start + 1
    while end < len(script) and script[end] != word:
        end += 2 if word == '"' and script[end] == "`" else 1
    return end + 1, True


def _after(script: str, mark: str, start: int) -> int:
    """Where the next of these ends."""
    found = script.find(mark, start)
    return len(script) if found < 0 else found + len(mark)
