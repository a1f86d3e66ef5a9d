"""AutomationPolicyValidation: every Automation document and role of an app, checked at synthesis as `automation-role check` does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import aws_cdk
import jsii

from .._version import __version__
from ..check.files import can_be_assumed, subject
from ..check.pairs import JoinedReport, check_joined
from ..check.report import RISKS, Certainty
from ..check.risks import risks
from ..check.subjects import Subject
from ..derive.derivation import derive
from ..errors import AutomationRoleError, Problem, did_you_mean
from ..sources.collect import Collector
from ..sources.files import MANIFEST, is_assembly
from ..sources.model import Situation
from ..template.lines import Lines
from ..values.place import Place
from .arguments import checked

# rule -> what it means; the risks of `check` are rules of their own.
RULES: Final[Mapping[str, str]] = {
    "missingPermission": "a runbook needs what the role that it runs as does not allow",
    "invalidRunbook": "a document is not a valid runbook, or a policy beside it cannot be read",
    **RISKS,
}
# Older versions of CDK have the same interface under another name.
_NEW: Final = hasattr(aws_cdk, "IPolicyValidationPlugin")
_PLUGIN: Any = aws_cdk.IPolicyValidationPlugin if _NEW else aws_cdk.IPolicyValidationPluginBeta1
_FIX: Final = "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html"


@jsii.implements(_PLUGIN)
class AutomationPolicyValidation:
    """Check every Automation document and every role that Automation can assume, in a whole app, when it is synthesized.

    Joins the documents of all stacks with the roles that they run as, hand-written `CfnDocument` and `CfnRole` included, and checks what
    each runbook needs against its role's policies, with the engine of `automation-role check`. A violation fails `cdk synth`.

        Validations.of(app).add_plugins(AutomationPolicyValidation())

    or, in versions of CDK without `Validations`, `App(policy_validation_beta1=[AutomationPolicyValidation()])`.

    What is known only at deployment is not a violation: a runbook whose role is not in the app, a policy that cannot be read, a permission
    that depends on a parameter's value.

    Args:
        accept: rules that are fine in this app: `missingPermission`, `invalidRunbook`, and the risks of `check`, such as
            `passRoleAnyRole`. Left out: none.

    Raises:
        AutomationRoleError: a rule is not valid.

    Source: https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
    """

    @checked()
    def __init__(self, *, accept: Sequence[str] = ()) -> None:
        for rule in accept:
            if rule not in RULES:
                raise AutomationRoleError(f"accept has {rule!r} → {', '.join(RULES)}{did_you_mean(rule, RULES)}")
        self._accepted = frozenset(accept)

    @property
    def name(self) -> str:
        """What CDK's report calls it."""
        return "automation-role"

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The rules that it checks."""
        return list(RULES)

    def validate(self, context: Any) -> Any:
        """Called by CDK with the paths of the templates.

        Args:
            context: `template_paths`.

        Returns:
            CDK's report: whether everything fits, and the violations.
        """
        found = list(self._violations(list(context.template_paths)))
        report: Any = aws_cdk.PolicyValidationPluginReport if _NEW else aws_cdk.PolicyValidationPluginReportBeta1
        return report(success=not found, violations=found, plugin_version=__version__)

    def _violations(self, paths: Sequence[str]) -> Iterator[Any]:
        problems: list[Problem] = []
        situation = Situation()
        collector = Collector(situation=situation, roles=True)
        (collected,) = collector.collect([_sources(paths)])
        problems += collector.problems
        if not problems:
            try:
                derivation = derive(collected.runbooks, role_known=True)
                yield from self._missing(check_joined(collected, derivation, Place(), situation))
                yield from self._risky([subject(role, Place(), situation) for role in collected.roles([])])
            except AutomationRoleError as error:
                problems.append(_problem(str(error), paths))
        for problem in problems:
            if "invalidRunbook" not in self._accepted:
                where = "" if problem.line is None else f"line {problem.line}: "
                yield _violation("invalidRunbook", f"{where}{problem.message}", problem.source, _resource_of(problem))

    def _missing(self, report: JoinedReport) -> Iterator[Any]:
        if "missingPermission" in self._accepted:
            return
        for role, one in zip(report.report.roles, report.subjects, strict=True):
            for lack in role.missing:
                if lack.certainty is Certainty.FAILS:
                    origin = lack.origins[0]
                    step = f"step {origin.step!r} of runbook {origin.runbook!r} (line {origin.line})"
                    message = f"{step} needs {lack.action} on {', '.join(lack.resources)}: {lack.reason}"
                    yield _violation("missingPermission", message, one.source, _logical_id(one))

    def _risky(self, subjects: Sequence[Subject]) -> Iterator[Any]:
        for one in filter(can_be_assumed, subjects):
            for risk in risks(one):
                if risk.id not in self._accepted:
                    yield _violation(risk.id, risk.message, one.source, _logical_id(one))


def _sources(paths: Sequence[str]) -> list[str]:
    """The assembly that the templates are in: CDK names no templates of nested stacks. Older versions may not have written it yet."""
    root = min((Path(path).parent for path in paths), key=lambda folder: len(folder.parts), default=None)
    if root is not None and is_assembly(str(root)) and all(Path(path).is_relative_to(root) for path in paths):
        return [str(root / MANIFEST)]
    return [path for path in paths if json.loads(Path(path).read_text(encoding="utf-8")).get("Resources")]


# How an error names a policy: by its resource, and its name in it.
_POLICY: Final = re.compile(r"policy '(?P<resource>[^'/]+)")


def _resource_of(problem: Problem) -> str:
    """The resource that a problem is about: that of its policy, or that which begins last before its line; empty: unknown."""
    if (named := _POLICY.match(problem.message)) is not None:
        return named["resource"]
    if problem.line is None:
        return ""
    of = Lines.read(Path(problem.source).read_text(encoding="utf-8")).of
    before = [(line, path[1]) for path, line in of.items() if len(path) == _RESOURCE and path[0] == "Resources" and line <= problem.line]
    return str(max(before, default=(0, ""))[1])


_RESOURCE: Final = 2  # keys in the path of a resource


def _problem(message: str, paths: Sequence[str]) -> Problem:
    """An error with the template that it begins with."""
    folder = Path(paths[0]).parent
    templates = (str(path) for path in (*paths, *sorted(folder.rglob("*.template.json"))))
    source = next((path for path in templates if message.startswith(f"{path}: ")), paths[0])
    return Problem(source=source, line=None, message=message.removeprefix(f"{source}: "))


def _logical_id(role: Subject) -> str:
    """The role's logical ID in its own template."""
    return role.identity.label.rpartition(".")[2]


def _violation(rule: str, message: str, template: str, logical_id: str) -> Any:
    """A violation at a resource, which CDK names by its construct path."""
    resource: Any = aws_cdk.PolicyViolatingResource if _NEW else aws_cdk.PolicyViolatingResourceBeta1
    violation: Any = aws_cdk.PolicyViolation if _NEW else aws_cdk.PolicyViolationBeta1
    return violation(
        rule_name=rule,
        description=message,
        fix=_FIX,
        violating_resources=[resource(resource_logical_id=logical_id, template_path=template, locations=[logical_id])],
    )
