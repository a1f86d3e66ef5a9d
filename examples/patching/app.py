#!/usr/bin/env python3
"""Instances that are patched at night, one approval each, and buckets that AWS Config finds without versioning and puts right."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from automation_role import AutomationRemediation, AutomationRole, AutomationRunbook, AutomationScheduleTarget, Runbook, Targets

RUNBOOKS = Path(__file__).parent / "runbooks"


class Patching(cdk.Stack):
    """Two runbooks, a role for each, and what starts them."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, synthesizer=cdk.BootstraplessSynthesizer())
        patch = Runbook.from_file(RUNBOOKS / "patch-instance.yaml")
        version = Runbook.from_file(RUNBOOKS / "version-bucket.yaml")
        patching = AutomationRole(self, "PatchingRole", runbooks=[patch])
        versioning = AutomationRole(self, "VersioningRole", runbooks=[version])
        patch_document = AutomationRunbook(self, "PatchInstance", patch)
        version_document = AutomationRunbook(self, "VersionBucket", version)

        # The people who are asked, and may answer.
        on_call = iam.Role(self, "OnCall", assumed_by=iam.AccountRootPrincipal(), description="Approve what is patched tonight")
        patching.grant_operate(on_call)

        # At 22:00, every instance with the tag Patch=nightly; five at a time, no more once two have failed.
        scheduler.Schedule(
            self,
            "Nightly",
            schedule=scheduler.ScheduleExpression.cron(hour="22", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN),
            target=AutomationScheduleTarget(
                patch_document,
                role=patching,
                parameters={"Approvers": [on_call.role_arn]},
                targets=Targets.tag("Patch", "nightly"),
                target_parameter="InstanceId",
                max_concurrency="5",
                max_errors="2",
            ),
        )

        # Whenever a bucket is found without versioning.
        AutomationRemediation(
            self,
            "VersionBuckets",
            rule=config.ManagedRule(self, "Versioned", identifier=config.ManagedRuleIdentifiers.S3_BUCKET_VERSIONING_ENABLED),
            runbook=version_document,
            role=versioning,
            resource_parameter="BucketName",
            automatic=True,
            maximum_automatic_attempts=3,
            retry_interval=cdk.Duration.minutes(10),
        )


def main() -> None:
    """Synthesize, as the CDK CLI asks for it."""
    app = cdk.App()
    Patching(app, "Patching")
    app.synth()


if __name__ == "__main__":
    main()
