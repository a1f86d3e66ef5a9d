"""PowerShell scripts: what in them uses AWS. The name of a cmdlet does not say which API calls it makes, so they are not read further.

Source: https://docs.aws.amazon.com/powershell/latest/userguide/pstools-discovery-aliases.html
"""

from __future__ import annotations

import re
from typing import Final

_VERBS: Final = (
    r"(?<![\w$.-])(?:Add|Approve|Clear|Close|Complete|Confirm|Copy|Convert|Deny|Disable|Dismount|Edit|Enable|Find|Get|Grant|Import|Initialize|Invoke|"
    r"Join|Merge|Mount|Move|New|Publish|Push|Read|Receive|Register|Remove|Request|Reset|Restart|Restore|Resume|Revoke|Search|Select|Send|Set|Split|"
    r"Start|Stop|Submit|Suspend|Test|Undo|Unlock|Unpublish|Unregister|Update|Use|Write)-"
)
# Cmdlets with the prefixes of services (`Get-EC2Instance`), which are capitals and digits; `Get-CimInstance` is not AWS's.
_CMDLET: Final = re.compile(_VERBS + r"(?P<prefix>[A-Z][A-Z0-9]{1,7})(?=[A-Z][a-z])[A-Za-z]+")
# PowerShell takes any case: the services used most, in whichever.
_ANY_CASE: Final = re.compile(
    _VERBS + r"(?:EC2|S3|SSM|IAM|STS|SNS|SQS|CWL|CFN|ELB2?|KMS|ECS|EKS|ECR|DDB|EFS|FSX|R53)[a-z]{4,}\b", re.IGNORECASE
)
_MODULE: Final = re.compile(
    r"(?:\b(?:Install-Module|Import-Module|Install-AWSToolsModule|using\s+module)|#Requires\s+-Modules?)\b[^\n]*\bAWS[\w.]*", re.IGNORECASE
)
_AWS_WORD: Final = re.compile(
    r"\b(?:Set|Get|Initialize|Clear|New|Use)-(?:AWS\w+|STS\w+)|\[Amazon\.\w+|169\.254\.169\.254|fd00:ec2::254|AWS4-HMAC-SHA256|(?:^|[;&|(]\s*)aws(?:\.exe)?\s+[a-z0-9-]+\s+[a-z-]+",
    re.IGNORECASE | re.MULTILINE,
)
# Capitals that Windows' own modules use.
_NOT_AWS: Final = frozenset(
    {
        *(
            "WMI",
            "CIM",
            "PS",
            "VM",
            "AD",
            "GP",
            "GPO",
            "DNS",
            "DHCP",
            "IIS",
            "SMB",
            "NFS",
            "TPM",
            "UEFI",
            "WSUS",
            "SQL",
            "XML",
            "CSV",
            "ACL",
            "ADDS",
        ),
        *("RD", "WS", "WB", "WU", "CM", "CI", "BC", "DA", "HNS", "NTFS", "MSDSM"),
    }
)


def aws_uses(script: str) -> list[tuple[int, str]]:
    """What in a script uses AWS, as it is written, each with its line, counted from 1."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(script.splitlines(), start=1):
        code = line.split("#", 1)[0] if not line.lstrip().lower().startswith("#requires") else line
        uses = [match for pattern in (_MODULE, _AWS_WORD, _ANY_CASE) for match in pattern.finditer(code)]
        uses += [match for match in _CMDLET.finditer(code) if not _is_windows(match["prefix"])]
        words = [" ".join(match[0].split()).lstrip(";&|( ") for match in sorted(uses, key=lambda match: match.start())]
        found += [(number, word) for word in dict.fromkeys(words)]
    return found


def _is_windows(prefix: str) -> bool:
    return any(prefix.startswith(own) and (prefix == own or own in {"PS", "AD", "VM", "DNS", "DHCP", "SMB", "IIS"}) for own in _NOT_AWS)
