"""How the facts of AWS-owned runbooks are made: see `tools/build_aws_runbooks.py`."""
