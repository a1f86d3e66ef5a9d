from __future__ import annotations

from importlib.util import find_spec

# On the oldest versions (tools/test_floor.py) there are no emulators and no CDK CLI, and sizes are of the newest.
collect_ignore = [] if find_spec("moto") else ["test_deployed.py", "test_live.py", "test_sample.py", "test_scale.py"]
