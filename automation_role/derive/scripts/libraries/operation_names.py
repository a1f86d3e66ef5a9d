"""Which names of methods look like API operations, whatever the service: by the verbs that botocore's operations begin with."""

from __future__ import annotations

from typing import Final

# First words of all names of several words in botocore 1.43.
_VERBS_TEXT: Final = """
    abort accept acknowledge acquire activate add admin advertise agentic allocate allow amend analyze apply approve archive assign
    associate assume attach authorize backtrack batch begin build bulk bundle calculate cancel carrier change channel chat check
    checkout checkpoint claim classify clear clone close commit compare complete compose configure confirm connect contains continue
    converse convert copy count create deactivate deauthorize decline decode decrease decrypt define delete deliver deny deploy
    deprecate deprovision deregister derive describe detach detect disable disallow disassociate discard disconnect discover dismiss
    dispose dissociate distribute domain download drain enable encrypt end enter estimate evaluate evict exchange execute exit expire
    export extend failover filter finalize flush forecast forget forgot generate get global grant group head import increase index infer
    ingest initialize initiate insert insight install introspect invalidate invite invoke is issue join label launch leave list lock
    logout lookup manage mark merge meter migrate modify monitor move notify open opt optimize override pause peer phone poll populate
    post predict prepare preview process promote provide provision publish purchase purge push put query re rebalance reboot rebuild
    recall receive recognize record redact redeem redrive refresh regenerate register reimport reject release reload remove rename
    render renew reorder replace replicate report request resend reserve reset resize resolve respond restart restore resume resync
    retire retrieve retry return reverse revoke rollback rotate run sample save scan schedule search select send set setup share shrink
    shutdown sign signal simulate skip snap split start stop submit subscribe suspend swap switchover sync synchronize synthesize tag
    take terminate test transact transfer translate unarchive unassign undeploy undeprecate ungroup unlabel unlink unlock unmonitor
    unpeer unregister unshare unsubscribe untag update upgrade upload validate verify view vote withdraw write
"""
# All names of one word.
_WORDS_TEXT: Final = """
    autocomplete chat converse decapsulate decrypt disable enable encapsulate encrypt evaluate geocode invoke logout predict probe
    promote publish query rerank rescore retrieve sample scan search select sign subscribe suggest tag unsubscribe untag verify
"""
_VERBS: Final = frozenset(_VERBS_TEXT.split())
_WORDS: Final = frozenset(_WORDS_TEXT.split())


def like_an_operation(name: str) -> bool:
    """Whether a client of some service may have a method of this name."""
    verb, _, rest = name.partition("_")
    return verb in _VERBS if rest else name in _WORDS
