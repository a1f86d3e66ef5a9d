"""Types that type checkers read as intended."""

from __future__ import annotations

from typing import TypeAlias

from aws_cdk import aws_iam as iam

AnyRole: TypeAlias = iam.IRole | iam.Role
"""A role: in CDK's Python, `iam.Role` names the parameters of its grants otherwise than `iam.IRole`, so to pyright it is none."""
