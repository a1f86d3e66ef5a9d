"""PowerShell scripts: whether they use AWS. Which API calls a cmdlet makes cannot be told from its name, so they are not read further.

Source: https://docs.aws.amazon.com/powershell/latest/userguide/pstools-discovery-aliases.html
"""

from __future__ import annotations

import re
from typing import Final

# Verbs of cmdlets with the prefixes of services (`Get-EC2Instance`), which are capitals and digits; `Get-CimInstance`, `Get-WMIObject` are not AWS's.
_CMDLET: Final = re.compile(
    r"(?<![\w$.-])(?:Add|Approve|Clear|Close|Complete|Confirm|Copy|Convert|Deny|Disable|Dismount|Edit|Enable|Find|Get|Grant|Import|Initialize|Invoke|"
    r"Join|Merge|Mount|Move|New|Publish|Push|Read|Receive|Register|Remove|Request|Reset|Restart|Restore|Resume|Revoke|Search|Select|Send|Set|Split|"
    r"Start|Stop|Submit|Suspend|Test|Undo|Unlock|Unpublish|Unregister|Update|Use|Write)-(?P<prefix>[A-Z][A-Z0-9]{1,7})(?=[A-Z][a-z])[A-Za-z]+",
    re.IGNORECASE & 0,
)
_MODULE: Final = re.compile(
    r"\b(?:Install-Module|Import-Module|Install-AWSToolsModule|using\s+module|#Requires\s+-Modules?)\b[^\n]*\bAWS[\w.]*", re.IGNORECASE
)
_AWS_WORD: Final = re.compile(
    r"\b(?:Set|Get|Initialize|Clear|New|Use)-(?:AWS\w+|STS\w+)|\[Amazon\.\w+|(?:^|[;&|(]\s*)aws(?:\.exe)?\s+[a-z0-9-]+\s+[a-z-]+",
    re.IGNORECASE | re.MULTILINE,
)
# Capitals that Windows' own modules use.
_NOT_AWS: Final = frozenset(
    {"WMI", "CIM", "PS", "VM", "AD", "GPO", "DNS", "DHCP", "IIS", "SMB", "NFS", "TPM", "UEFI", "WSUS", "SQL", "XML", "CSV", "ACL", "ADDS"}
)


def aws_line(script: str) -> int | None:
    """The first line, counted from 1, that uses AWS; `None` when none does."""
    for number, line in enumerate(script.splitlines(), start=1):
        code = line.split("#", 1)[0] if not line.lstrip().lower().startswith("#requires") else line
        if _MODULE.search(code) or _AWS_WORD.search(code):
            return number
        for found in _CMDLET.finditer(code):
            prefix = found["prefix"]
            if not any(
                prefix.startswith(own) and (prefix == own or own in {"PS", "AD", "VM", "DNS", "DHCP", "SMB", "IIS"}) for own in _NOT_AWS
            ):
                return number
    return None
