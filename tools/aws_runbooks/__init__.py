"""The parts of `tools/build_aws_runbooks.py`, which builds the facts about AWS-owned runbooks."""
