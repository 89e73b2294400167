"""`python -m services.device` is `jiaowu-device`."""

from services.device.cli import main

main()
