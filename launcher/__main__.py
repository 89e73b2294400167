"""`python -m launcher`: what ./jiaowu becomes when the environment is ready."""

from launcher.cli import main

main()
