"""Where runbooks and roles live: files, CloudFormation templates, CDK assemblies, Terraform plans, accounts.

In: paths and what is in them. Out: the runbooks, the roles, and what starts the runbooks, each with the file, line and name it has there.
"""
