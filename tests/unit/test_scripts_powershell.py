"""PowerShell that uses AWS is reported at its line; other PowerShell is not."""

from __future__ import annotations

import time

import pytest

from automation_role.derive.derivation import derive
from automation_role.derive.scripts.powershell import aws_uses
from automation_role.runbook.model import Runbook


@pytest.mark.parametrize(
    "line",
    [
        "$i = Get-EC2Instance -InstanceId $id",
        "get-ec2instance -InstanceId $id",
        "Write-S3Object -BucketName b -File f",
        "  Stop-RDSDBInstance -DBInstanceIdentifier x | Out-Null",
        "New-SSMAssociation",
        "Set-AWSCredential -ProfileName p",
        "Import-Module AWS.Tools.EC2",
        "import-module awspowershell.netcore",
        "#Requires -Modules @{ModuleName='AWS.Tools.Common'}",
        "aws s3 cp a b",
        "$x = $(aws.exe ec2 describe-instances)",
        "$c = New-Object [Amazon.EC2.AmazonEC2Client]",
        "Invoke-RestMethod http://169.254.169.254/latest/meta-data/iam/security-credentials/",
        'Invoke-WebRequest "http://169.254.170.2$env:AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"',
        "$k = $env:AWS_SECRET_ACCESS_KEY",
        "$p = @{ InstanceId = 'i-1' }; Stop-EC2Instance @p",
        "& 'Get-S3Object' -BucketName b",
        "Set-Alias sx Stop-EC2Instance",
        "AWS.Tools.EC2\\Stop-EC2Instance i-1",
        "ipmo AWSPowerShell",
        "Write-Host 'a # b'; Get-S3Bucket",
        "Write-Host <# why #> x; Get-S3Bucket",
        'Invoke-Expression "Stop-EC2Instance -InstanceId i-1"',
        "Invoke-Expression $env:CMD",
        "iex (New-Object Net.WebClient).DownloadString('http://x')",
        "[scriptblock]::Create($x).Invoke()",
        "$ExecutionContext.InvokeCommand.InvokeScript($x)",
        "pwsh -EncodedCommand AAAA",
        ". .\\other.ps1",
        '. "$PSScriptRoot/lib.ps1"',
        "Import-Module ./lib.psm1",
        'Add-Type -Path "/tmp/x.dll"',
        "[Reflection.Assembly]::LoadFrom($path)",
        "New-Object Amazon.S3.AmazonS3Client",
        '$cmd = "Stop-" + "EC2Instance"; & $cmd',
        "& $x.Command",
        '& "/usr/local/bin/aws" s3 ls',
        "$r = aws sts get-caller-identity",
        'cmd /c "aws s3 ls"',
        "Start-Process -FilePath 'aws' -ArgumentList 's3','ls'",
        '[System.Diagnostics.Process]::Start("aws", "s3 ls")',
        "ls | bash -c 'x'",
        "if ($x) { terraform apply }",
        "python script.py",
    ],
)
def test_aws_is_seen(line: str) -> None:
    assert {number for number, _ in aws_uses(f"param($x)\n\n{line}\n")} == {3}


@pytest.mark.parametrize(
    "line",
    [
        "Get-CimInstance Win32_Service",
        "Get-WmiObject -Class Win32_Bios",
        "Get-ADUser -Filter *",
        "New-PSSession -ComputerName x",
        "Get-RDSession",
        "Test-WSMan",
        "Get-DnsServerZone",
        "# Get-EC2Instance is not called",
        "$env:Path -replace 'a','b'",
        "Get-DeviceList",
        "Get-VIServer",
        "Get-SCVMHost",
        "Test-Path C:\\aws",
        "Write-Output 'aws is what we use'",
        "Invoke-Expression 'Get-Date'",
        "$work = { Get-Date }; & $work",
        "& { Get-Date }",
        "<# Get-EC2Instance #>",
        "$url = 'https://example.com/'.Length # Get-EC2Instance",
        "Import-Module ActiveDirectory",
        "Invoke-WebRequest https://example.com/x.msi -OutFile x.msi",
    ],
)
def test_windows_own_is_not(line: str) -> None:
    assert aws_uses(line) == []


def test_the_finding_has_the_line_of_the_file() -> None:
    text = """schemaVersion: '0.3'
mainSteps:
  - name: run
    action: aws:executeScript
    inputs:
      Runtime: PowerShell 7.4
      Script: |-
        $x = 1
        Get-S3Bucket
"""
    (finding,) = derive([Runbook.from_text(text, name="book")]).findings
    assert (finding.id, finding.step, finding.line) == ("powershellScript", "run", 9)


def test_the_finding_lists_the_cmdlets_with_their_lines() -> None:
    script = "$i = Get-EC2Instance -InstanceId $x\nStop-EC2Instance -InstanceId $x | Out-Null\nStart-Sleep 5\nGet-EC2Instance; aws sts get-caller-identity"
    inputs = {"Runtime": "PowerShell 7.4", "Script": script}
    step = {"name": "run", "action": "aws:executeScript", "inputs": inputs}
    (finding,) = derive([Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="book")]).findings
    assert "(Get-EC2Instance in line 1, 4; Stop-EC2Instance in line 2; aws sts get-caller-identity in line 4)" in finding.message


@pytest.mark.parametrize("part", ["Add-Type -Path ", "Import-Module ", "<#\n", "#\n", "& $a", '= "', "@'\n", "iex ", "\n"])
def test_reading_takes_as_long_as_the_script_is(part: str) -> None:
    before = time.process_time()
    aws_uses(part * (65_536 // len(part)))
    assert time.process_time() - before < 2
