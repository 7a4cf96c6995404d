#!/usr/bin/env python3
"""Paper meter-reading forms in, verified readings out: `./ocr_cli.py --help`."""

from intake.cli import main

if __name__ == "__main__":
    main()
