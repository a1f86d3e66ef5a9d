"""Third-party packages: which do nothing with AWS by themselves, and which do."""

from __future__ import annotations

import sys
from typing import Final

# Packages that do nothing with AWS by themselves, in addition to Python's own: boto3's dependencies, and what scripts install most.
_HARMLESS_TEXT: Final = """
    boto3 botocore s3transfer jmespath dateutil urllib3 six requests certifi idna chardet charset_normalizer yaml simplejson ujson
    orjson pytz tzdata numpy pandas psycopg2 pymysql mysql pymssql pyodbc redis paramiko cryptography Crypto OpenSSL jinja2 markdown
    tabulate prettytable netaddr dns ldap3 bs4 lxml openpyxl xlsxwriter xmltodict jsonschema jsonpath_ng packaging semver setuptools pip
    pkg_resources attr attrs pydantic typing_extensions mypy_extensions tenacity backoff retry retrying cachetools rich click colorama
    tqdm winrm pexpect psutil httpx aiohttp kubernetes google azure slack_sdk jwt elasticsearch pymongo matplotlib croniter humanize
    deepdiff toml tomli dotenv mypy_boto3 types_boto3 cfnresponse aws_lambda_powertools.logging aws_lambda_powertools.utilities.typing
"""
# Python's own libraries that scripts' Python (3.10 and 3.11) has and a later one no longer: the same script needs the same on every Python.
# https://docs.python.org/3/whatsnew/3.12.html#removed, https://docs.python.org/3/whatsnew/3.13.html#removed-modules-and-apis
_REMOVED_TEXT: Final = """
aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev pipes smtpd sndhdr
spwd sunau telnetlib uu xdrlib
"""
_REMOVED: Final = frozenset(_REMOVED_TEXT.split())
HARMLESS: Final = frozenset(_HARMLESS_TEXT.split()) | sys.stdlib_module_names | _REMOVED
HARMLESS_BEGINNINGS: Final = ("mypy_boto3_", "types_boto3_")  # one package a service
# Packages that call AWS by themselves, or sign requests to it.
SDKS: Final = frozenset(
    {
        *("aioboto3", "aiobotocore", "awscli", "awswrangler", "s3fs", "sagemaker", "pyathena", "redshift_connector", "aws_requests_auth"),
        *("requests_aws4auth", "aws_lambda_powertools", "aws_encryption_sdk", "smart_open", "opensearchpy", "boto", "awscrt", "awsiot"),
        *("aws_secretsmanager_caching", "ec2_metadata", "s3path", "cloudpathlib", "pynamodb", "dynamodb_json", "crhelper"),
    }
)
# Libraries that open `s3://…` by themselves, with the role's credentials; so do methods of data frames.
OPENING_URLS: Final = ("pandas.", "numpy.", "openpyxl.")
METHODS_OPENING_URLS: Final = ("to_", "read_")
