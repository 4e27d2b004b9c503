#!/usr/bin/env python3
"""Django's own entry; the same as the `datlanh` command."""

from datlanh.config.cli import main

if __name__ == "__main__":
    main()
