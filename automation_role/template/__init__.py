"""Reads CloudFormation templates: text, intrinsic functions, identities and resource policies.

In: a template. Out: its roles, users and groups with the policies that apply to them, and the values of its references.

Where to look:
    `load`, `text`, `yaml_loader`, `lines`: text -> data with lines
    `resolver`: the values of a template; `intrinsics`: THE table of `Fn::` functions; `attributes`: what `Fn::GetAtt` returns;
        `stacks`: exports, and the parameters of nested stacks
    `identities`, `resource_policies`: who may do what; `snapshots`: for snapshot tests
"""
