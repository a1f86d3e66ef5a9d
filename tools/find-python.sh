#!/bin/sh
# Print the first Python on this machine that can run the project: 3.11 or newer, able to make a virtual environment.
# One line on stderr and exit 1 when there is none. $PYTHON, if set, is the only one that is tried.
found=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
  version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$candidate"
    exit 0
  fi
  found="$found, $candidate is $version"
done
echo "automation-role: no usable Python${found} → 3.11 or newer with its venv module is needed; install one, or name it: make PYTHON=/path/to/python3.11" >&2
exit 1
