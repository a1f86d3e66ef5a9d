"""A template synthesized by an app of its own, inside the app that deploys it."""

from __future__ import annotations

import inspect
import json
import re
import tempfile
from collections.abc import Callable
from typing import Any, Final

from aws_cdk import Annotations, App, BootstraplessSynthesizer, CfnParameter, Stack
from constructs import Construct

from ...errors import AutomationRoleError
from ..surroundings import CUSTOMIZE_ROLES

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html: a template in the request itself
TEMPLATE_QUOTA: Final = 51_200
PARAMETER: Final = "AdministrationAccount"
"""The template's one parameter."""

# CDK's own validation of an app costs seconds, in versions that have it.
_UNVALIDATED: Final[dict[str, Any]] = {
    name: False for name in ("builtin_cloud_formation_validation",) if name in inspect.signature(App.__init__).parameters
}
_STACK: Final = "Execution"


class NestedApp:
    """The template of an app of its own: isolated from the surrounding app, except for what is reported about it."""

    def __init__(self, scope: Construct, where: str, build: Callable[[Stack, str], None]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            app = App(outdir=folder, post_cli_context=_context(scope), **_UNVALIDATED)
            stack = Stack(app, _STACK, synthesizer=BootstraplessSynthesizer(), analytics_reporting=False)
            parameter = CfnParameter(
                stack, PARAMETER, description="The account whose automations reach into this one", allowed_pattern="[0-9]{12}"
            )
            try:
                build(stack, parameter.value_as_string)
            except AutomationRoleError as error:
                raise AutomationRoleError(_outer(where, str(error))) from None
            try:
                artifact = app.synth().get_stack_by_name(_STACK)
            except RuntimeError as error:
                raise AutomationRoleError(_unusable(where, error)) from None
            if artifact.assets:
                raise AutomationRoleError(
                    f"{where}: the stack set's template has {len(artifact.assets)} assets → none; pass plain policies"
                )
            self.template = json.dumps(artifact.template, separators=(",", ":"), ensure_ascii=False)
            self._messages = [(message.id, str(message.level), _outer(where, str(message.entry.data))) for message in artifact.messages]
        size = len(self.template.encode())
        if size > TEMPLATE_QUOTA:
            raise AutomationRoleError(
                f"{where}: the stack set's template has {size:,} bytes → at most {TEMPLATE_QUOTA:,}; "
                f"roll out fewer runbooks together, or without documents"
            )

    def repeat_messages(self, outer: Construct) -> None:
        """Repeat what was reported about the inner role on the roll-out, at constructs with the same ids, where warnings can be acknowledged."""
        for path, level, text in self._messages:
            at = outer
            for name in path.strip("/").split("/")[1:]:
                child = at.node.try_find_child(name)
                at = child if isinstance(child, Construct) else Construct(at, name)
            message = _ACKNOWLEDGED.fullmatch(text)
            if "ERROR" in level:
                Annotations.of(at).add_error(text)
            elif "INFO" in level:
                Annotations.of(at).add_info(text)
            elif message is not None:
                Annotations.of(at).add_warning_v2(message["id"], message["text"])
            else:
                Annotations.of(at).add_warning(text)


# How CDK writes the id of a warning into its text.
_ACKNOWLEDGED: Final = re.compile(r"(?P<text>.*) \[ack: (?P<id>[^\]]+)\]", re.DOTALL)


def _context(scope: Construct) -> dict[str, Any]:
    """The feature flags and the permissions boundary of the surrounding app.

    Nothing else of its context counts, so that the template has the same bytes from `cdk synth`, a test, or another command.

    The CDK CLI passes its options in the environment, which an inner app would read again.
    """
    around = scope.node.get_all_context() or {}
    flags = {name: value for name, value in around.items() if name.startswith("@aws-cdk/") and name != CUSTOMIZE_ROLES}
    return {**flags, "aws:cdk:enable-path-metadata": False, "aws:cdk:enable-asset-metadata": False}


def _outer(where: str, message: str) -> str:
    return message.replace(f"{_STACK}/", f"{where}/")


def _unusable(where: str, error: RuntimeError) -> str:
    said = " ".join(str(error).split())
    if (at := said.find(f"] {_STACK}/")) >= 0:  # one of our own validations, such as an exceeded quota
        return _outer(where, said[at + 2 :])
    return f"{where}: the stack set's template is not self-contained ({said[:300]}) → values known at synthesis; do not bind resources of this app"
