"""``python -m keyaki`` is the ``keyaki`` command."""

import sys

from keyaki.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
