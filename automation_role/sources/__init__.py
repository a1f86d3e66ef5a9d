"""Finds runbooks and roles where they are: files, CloudFormation templates, CDK assemblies, Terraform plans, accounts.

In: paths. Out: the runbooks, the roles, and what starts the runbooks, each with its file, line and name there.
"""
