"""`python -m launcher`: what ./jiaowu becomes when the environment is ready."""

from chassis.base import loading

loading.begin()

from launcher.cli import main  # noqa: E402

loading.done()
main()
