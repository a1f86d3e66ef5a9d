"""The constructs, in the only room that imports aws_cdk.

In: runbooks, and what a CDK app passes. Out: roles, documents, triggers and grants in a template.
"""
